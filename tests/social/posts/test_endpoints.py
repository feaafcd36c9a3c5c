"""Rows V01, V03-V05, V14, V35, V36: what each viewer gets of each post, as the cross product of both."""

import itertools
from typing import Any

import orjson
import pytest
from multidict import CIMultiDict
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.transport import RawResponse
from fediunion.actors.models import ActorKind, Reach
from fediunion.kit.urls import parse_remote_url
from fediunion.social.follows.restrictions import block
from fediunion.social.posts.models import Post
from fediunion.social.posts.service import interactions
from fediunion.social.posts.service.publishing import withdraw_post
from tests.fakes.signing import Forging, signed_headers
from tests.fakes.stranger import StrangeActor
from tests.social.posts.scene import BASE, Scene, ours

POSTS = ("public", "unlisted", "followers", "direct", "local", "network", "deleted", "deleted-private")
VIEWERS = ("unsigned", "stranger", "neighbour", "follower", "addressed", "blocked")
SEEN = {
    "public": {"stranger", "neighbour", "follower", "addressed"},
    "unlisted": {"stranger", "neighbour", "follower", "addressed"},
    "followers": {"follower"},
    "direct": {"addressed"},
}
PARTS = ("", "/activity", "/replies", "/replies?page=true", "/likes", "/shares")


async def fetch(scene: Scene, url: str, actor: StrangeActor | None) -> RawResponse:
    """GET `url`, signed by `actor` where one is given."""
    headers: dict[str, str] = {"accept": "application/activity+json"}
    if actor is not None:
        signed = signed_headers(
            Forging(method="GET"),
            url=url,
            body=b"",
            key=actor.rsa,
            key_id=actor.key_id,
            now=scene.clock.now(),
        )
        headers |= dict(signed)
    return await scene.internet.send(
        "GET", parse_remote_url(url), CIMultiDict(headers), None, max_bytes=1 << 20, deadline_seconds=600
    )


def json_of(response: RawResponse) -> Any:
    """The answer as JSON."""
    return orjson.loads(response.body)


def _withdraw(session: Session, post_id: int) -> None:
    withdraw_post(session, ours(session, "ana"), session.get_one(Post, post_id))


def _pin(session: Session, post_id: int) -> None:
    interactions.pin(session, ours(session, "ana"), session.get_one(Post, post_id))


async def _viewers(scene: Scene) -> dict[str, StrangeActor | None]:
    named = {name: scene.good.add_actor(name) for name in VIEWERS[2:]}
    for actor in named.values():
        await scene.known(actor)
    await scene.followed_by("ana", named["follower"])
    await scene.followed_by("ana", named["blocked"])
    blocked = await scene.known(named["blocked"])
    await scene.write(lambda session: block(session, ours(session, "ana"), blocked))
    return {"unsigned": None, "stranger": scene.mallory, **named}


async def _posts(scene: Scene) -> dict[str, Post]:
    posts = {}
    for name in POSTS:
        audience = {"deleted": "public", "deleted-private": "followers"}.get(name, name)
        text = "@addressed@good.example hello" if name == "direct" else "hello"
        posts[name] = await scene.union.post("ana", text, audience=Audience(audience))
        if name.startswith("deleted"):
            gone = posts[name]
            await scene.write(_withdraw, gone.id)
    return posts


@pytest.mark.slow
async def test_V01_V04_each_post_and_collection_is_there_for_its_audience_alone(scene: Scene) -> None:
    viewers, posts = await _viewers(scene), await _posts(scene)
    for name, viewer, part in itertools.product(POSTS, VIEWERS, PARTS):
        answer = await fetch(scene, posts[name].uri + part, viewers[viewer])
        if viewer in SEEN.get(name, ()):
            expected = 200
        elif name in ("public", "unlisted") and viewer == "unsigned":
            expected = 401
        elif name == "deleted" and part in ("", "/activity"):
            expected = 410
        else:
            expected = 404
        assert answer.status == expected, (name, viewer, part)
        if expected != 200:
            assert b"hello" not in answer.body


@pytest.mark.slow
async def test_V23_what_one_may_not_know_is_answered_as_what_does_not_exist(scene: Scene) -> None:
    posts = await _posts(scene)
    nothing = await fetch(scene, f"{BASE}/actors/ana/posts/{'a' * 22}", scene.mallory)
    for name in ("followers", "direct", "local", "network", "deleted-private"):
        answer = await fetch(scene, posts[name].uri, scene.mallory)
        assert (answer.status, answer.body) == (nothing.status, nothing.body)


@pytest.mark.parametrize("kind", [ActorKind.UNION, ActorKind.MEMBER])
async def test_V36_without_signature_only_institutions_are_read(scene: Scene, kind: ActorKind) -> None:
    await scene.union.member("desk", kind=kind)
    post = await scene.union.post("desk", "Notice")
    paths = (
        post.uri,
        f"{post.uri}/replies",
        str(post.context_uri),
        f"{BASE}/actors/desk/collections/featured",
    )
    statuses = {(await fetch(scene, path, None)).status for path in paths}
    assert statuses == ({200} if kind is ActorKind.UNION else {401})


async def test_V04_replies_and_thread_show_each_viewer_what_it_may_see(scene: Scene) -> None:
    fan = scene.good.add_actor("fan")
    await scene.followed_by("ana", fan)
    post = await scene.union.post("ana", "Question")
    audiences = (Audience.PUBLIC, Audience.FOLLOWERS, Audience.LOCAL)
    replies = [await scene.union.post("ana", f"{a}", audience=a, in_reply_to=post.uri) for a in audiences]
    for viewer, seen in ((scene.mallory, replies[:1]), (fan, replies[:2])):
        total = json_of(await fetch(scene, f"{post.uri}/replies", viewer))["totalItems"]
        page = json_of(await fetch(scene, f"{post.uri}/replies?page=true", viewer))
        thread = json_of(await fetch(scene, f"{post.context_uri}?page=true", viewer))
        assert total == len(seen)
        assert page["items"] == [each.uri for each in seen]
        assert set(thread["orderedItems"]) == {post.uri, *(each.uri for each in seen)}
        size = json_of(await fetch(scene, str(post.context_uri), viewer))["totalItems"]
        assert size == len(seen) + 1
    note = json_of(await fetch(scene, post.uri, fan))
    assert note["replies"]["totalItems"] == 1


async def test_V05_pinned_posts_are_shown_to_their_audience(scene: Scene) -> None:
    fan = scene.good.add_actor("fan")
    await scene.followed_by("ana", fan)
    posts = [await scene.union.post("ana", a, audience=Audience(a)) for a in ("public", "followers")]
    for post in posts:
        await scene.write(_pin, post.id)
    featured = f"{BASE}/actors/ana/collections/featured"
    assert len(json_of(await fetch(scene, featured, scene.mallory))["orderedItems"]) == 1
    assert len(json_of(await fetch(scene, featured, fan))["orderedItems"]) == 2


async def test_I4_posts_of_whoever_hides_are_not_there_any_more(scene: Scene) -> None:
    post = await scene.union.post("cleo", "Once public")
    cleo = await scene.union.actor("cleo")

    def hide(session: Any) -> None:
        ours(session, "cleo").reach = Reach.HIDDEN

    await scene.write(hide)
    nothing = await fetch(scene, f"{BASE}/actors/nobody/posts/{post.slug}", scene.mallory)
    for path in (post.uri, f"{post.uri}/activity", f"{post.uri}/replies", f"{cleo.uri}/collections/featured"):
        answer = await fetch(scene, path, scene.mallory)
        assert (answer.status, b"cleo" in answer.body) == (nothing.status, False), path


async def test_a_name_in_the_path_that_is_not_the_authors_is_nothing(scene: Scene) -> None:
    post = await scene.union.post("ana", "Mine")
    assert (await fetch(scene, post.uri.replace("/ana/", "/cleo/"), scene.mallory)).status == 404


async def test_R05_what_all_may_read_is_made_once_and_anew_after_a_change(scene: Scene) -> None:
    post = await scene.union.post("ana", "Viral")
    first = await fetch(scene, post.uri, scene.mallory)
    assert (await fetch(scene, post.uri, scene.bob)).body == first.body
    assert (await fetch(scene, post.uri, None)).status == 401
    await scene.write(_withdraw, post.id)
    assert (await fetch(scene, post.uri, scene.bob)).status == 410


async def test_whoever_is_blocked_gets_no_answer_that_was_kept_for_others(scene: Scene) -> None:
    post = await scene.union.post("ana", "Viral")
    bob = await scene.known(scene.bob)
    assert (await fetch(scene, post.uri, scene.bob)).status == 200
    await scene.write(lambda session: block(session, ours(session, "ana"), bob))
    assert (await fetch(scene, post.uri, scene.mallory)).status == 200
    assert (await fetch(scene, post.uri, scene.bob)).status == 404
