"""Asking other servers for threads and outboxes, within the limits of rows F31 to F33."""

from typing import Any

import pytest

from fediunion.kit.errors import Gone, Refused
from fediunion.social.posts.backfilling import fetch_latest
from fediunion.social.posts.fetching import MAX_ITEMS, MAX_PAGES, fetch_post
from fediunion.social.posts.jobs.threads import want_thread
from fediunion.social.posts.models import Post
from fediunion.social.posts.threads import MAX_FETCHES, MAX_FOREIGN_REPLIES, fetch_replies
from tests.fakes.stranger import Json, Stranger
from tests.social.posts.scene import Scene


async def _thread(scene: Scene, length: int) -> list[Json]:
    notes: list[Json] = [scene.bob.note("0")]
    for number in range(1, length):
        notes.append(scene.bob.note(str(number), inReplyTo=notes[-1]["id"]))
    return notes


async def test_F31_a_long_chain_of_replies_costs_few_fetches_at_once(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    notes = await _thread(scene, 60)
    before = len(scene.good.fetches())
    await scene.receive(scene.bob.create(notes[-1]))
    assert 0 < len(scene.good.fetches()) - before <= MAX_FETCHES
    for _ in range(10):
        scene.clock.advance(minutes=10)
        await scene.settle()
    assert len(scene.good.fetches()) - before <= 5 * MAX_FETCHES
    assert await scene.post(notes[0]["id"]) is not None


async def test_an_ancestor_hangs_itself_over_the_reply(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    notes = await _thread(scene, 3)
    await scene.receive(scene.bob.create(notes[-1]))
    stored = [await scene.stored(note["id"]) for note in notes]
    assert [post.in_reply_to_id for post in stored] == [None, stored[0].id, stored[1].id]
    assert {post.thread_id for post in stored} == {stored[0].id}


def _collection(url: str, items: list[Any], **more: object) -> Json:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": url,
        "type": "CollectionPage",
        "items": items,
        **more,
    }


async def _with_replies(scene: Scene, items: list[Any], **more: object) -> Post:
    await scene.follow("ana", scene.bob)
    url = f"{scene.bob.uri}/replies"
    scene.good.serve(url, _collection(url, items, **more))
    note = scene.bob.note("Root", replies=url)
    await scene.receive(scene.bob.create(note))
    return await scene.stored(note["id"])


async def test_replies_of_the_thread_are_fetched_and_others_are_not(scene: Scene) -> None:
    root = await _with_replies(scene, [])
    reply, other = scene.mallory.note("Reply", inReplyTo=root.uri), scene.mallory.note("Advertising")
    url = f"{scene.bob.uri}/replies"
    scene.good.serve(url, _collection(url, [reply["id"], other["id"]]))
    assert await fetch_replies(scene.union.world, root) == 1
    assert await scene.post(other["id"]) is None


async def test_F33_embedded_items_are_asked_for_at_their_own_server(scene: Scene) -> None:
    root = await _with_replies(scene, [])
    real = scene.mallory.note("What was said", inReplyTo=root.uri)
    url = f"{scene.bob.uri}/replies"
    scene.good.serve(url, _collection(url, [{**real, "content": "<p>Forged</p>"}]))
    await fetch_replies(scene.union.world, root)
    assert (await scene.stored(real["id"])).content == "<p>What was said</p>"


async def test_F32_pages_without_end_and_pages_elsewhere_are_not_followed(scene: Scene) -> None:
    root = await _with_replies(scene, [], next=f"{scene.bob.uri}/replies?page=1")
    for number in range(1, 40):
        url = f"{scene.bob.uri}/replies?page={number}"
        page = _collection(
            url, [f"{scene.bob.uri}/gone/{number}"], next=f"{scene.bob.uri}/replies?page={number + 1}"
        )
        scene.good.serve(url, page)
    await fetch_replies(scene.union.world, root)
    assert len([url for url in scene.good.fetches() if "page=" in url]) <= MAX_PAGES
    url = f"{scene.bob.uri}/replies"
    scene.good.serve(url, _collection(url, [], next=f"{scene.mallory.uri}/more"))
    await fetch_replies(scene.union.world, root)
    assert scene.evil.fetches(f"{scene.mallory.uri}/more") == []


async def test_F31_a_list_of_replies_cannot_send_us_to_a_third_server_at_will(scene: Scene) -> None:
    victims = [f"https://evil.example/posts/{number}" for number in range(MAX_ITEMS)]
    root = await _with_replies(scene, victims)
    before = len(scene.evil.fetches())
    await fetch_replies(scene.union.world, root)
    assert len(scene.evil.fetches()) - before == MAX_FOREIGN_REPLIES


async def test_F36_names_below_one_domain_are_asked_as_one_server_for_replies(scene: Scene) -> None:
    hosts = [f"s{number}.wild.example" for number in range(MAX_FOREIGN_REPLIES + 5)]
    servers = [await Stranger(scene.internet, host, clock=scene.clock).start() for host in hosts]
    root = await _with_replies(scene, [f"https://{host}/posts/1" for host in hosts])
    await fetch_replies(scene.union.world, root)
    assert sum(len(server.fetches()) for server in servers) == MAX_FOREIGN_REPLIES


async def test_a_thread_is_asked_for_once_in_a_quarter_of_an_hour(scene: Scene) -> None:
    root = await _with_replies(scene, [])
    for _ in range(3):
        await scene.write(lambda session: want_thread(session, session.get_one(Post, root.id)))
        await scene.settle()
    assert len(scene.good.fetches(f"{scene.bob.uri}/replies")) == 1


async def test_the_first_follow_brings_the_latest_public_posts(scene: Scene) -> None:
    public, private = scene.bob.note("Public"), scene.bob.note("Private", to=[scene.bob.followers])
    forged = {**scene.bob.note("Forged"), "attributedTo": scene.mallory.uri}
    bare = scene.bob.create(scene.bob.note("By its id"))
    entries = [scene.bob.create(note) for note in (public, private, forged)]
    outbox = f"{scene.bob.uri}/outbox"
    scene.good.serve(outbox, _collection(outbox, [*entries, bare["id"], scene.mallory.create(public)]))
    await scene.union.follow("ana", "bob@good.example")
    (follow,) = await scene.sent("Follow")
    await scene.receive(scene.bob.activity("Accept", follow))
    assert await scene.post(public["id"]) is not None
    assert await scene.post(bare["object"]["id"]) is not None
    assert await scene.count(Post) == 2
    bob = await scene.known(scene.bob)
    assert await fetch_latest(scene.union.world, bob, at_most=20) == 0


async def test_an_entry_that_its_server_does_not_answer_for_is_asked_for_again(scene: Scene) -> None:
    first, second = (scene.bob.create(scene.bob.note(text)) for text in ("First", "Second"))
    outbox = f"{scene.bob.uri}/outbox"
    scene.good.serve(outbox, _collection(outbox, [second["id"], first["id"]]))
    scene.good.withdraw(second["id"], status=503)
    await scene.union.follow("ana", "bob@good.example")
    (follow,) = await scene.sent("Follow")
    await scene.receive(scene.bob.activity("Accept", follow))
    assert await scene.post(first["object"]["id"]) is not None
    assert await scene.post(second["object"]["id"]) is None
    scene.good.serve(second["id"], second)
    scene.clock.advance(hours=1)
    await scene.settle()
    assert await scene.post(second["object"]["id"]) is not None


async def test_an_entry_that_its_server_refuses_is_not_asked_for_again(scene: Scene) -> None:
    refused = scene.bob.create(scene.bob.note("Not for you"))
    outbox = f"{scene.bob.uri}/outbox"
    scene.good.serve(outbox, _collection(outbox, [refused["id"]]))
    scene.good.withdraw(refused["id"], status=403)
    assert await fetch_latest(scene.union.world, await scene.known(scene.bob), at_most=20) == 0


async def test_F33_an_outbox_cannot_put_words_into_the_mouth_of_others(scene: Scene) -> None:
    forged = {**scene.mallory.note("I resign"), "attributedTo": scene.bob.uri}
    outbox = f"{scene.mallory.uri}/outbox"
    scene.evil.serve(outbox, _collection(outbox, [scene.mallory.activity("Create", forged)]))
    mallory = await scene.known(scene.mallory)
    assert await fetch_latest(scene.union.world, mallory, at_most=20) == 0
    assert await scene.count(Post) == 0


async def test_what_was_deleted_and_what_is_ours_is_not_asked_for(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Short")
    await scene.receive(scene.bob.create(note))
    await scene.receive(scene.bob.activity("Delete", note["id"]))
    with pytest.raises(Gone):
        await fetch_post(scene.union.world, note["id"])
    with pytest.raises(Refused):
        await fetch_post(scene.union.world, "https://union.test/actors/ana/posts/nothing")
