"""Delivering: what a peer receives, in which order, and what is written down."""

import asyncio

from fediunion.activitypub.digests import sha256_digest_header
from fediunion.outbox.models import DeliveryState
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers, answers_after, by_path, in_turn, takes_only
from tests.outbox.sending_union import SendingUnion


async def test_a_published_activity_reaches_every_inbox_once(union: SendingUnion, peers: Peers) -> None:
    inboxes = [peers.inbox(f"p{number}") for number in range(12)]
    uri = await union.publish("one", inboxes)
    assert await union.settle() == 12
    assert sorted(request.label for request in peers.requests) == sorted(f"p{n}" for n in range(12))
    assert {request.activity["id"] for request in peers.requests} == {uri}
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}
    assert await union.settle() == 0


async def test_the_body_is_rendered_once_and_signed_for_each_server(
    union: SendingUnion, peers: Peers
) -> None:
    await union.publish("one", [peers.inbox("a"), peers.inbox("b")], public=True)
    await union.settle()
    first, second = peers.requests
    assert first.body == second.body
    assert first.headers["digest"] == sha256_digest_header(first.body)
    assert first.headers["content-type"] == "application/activity+json"
    assert first.headers["signature"] != second.headers["signature"]
    assert f'keyId="{union.author.uri}#main-key"' in first.headers["signature"]


async def test_V32_a_delivery_carries_nothing_about_a_member_but_the_signature(
    union: SendingUnion, peers: Peers
) -> None:
    await union.publish("one", [peers.inbox("a")])
    await union.settle()
    (request,) = peers.requests
    assert set(request.headers) == {
        *("host", "date", "digest", "content-type", "content-length", "signature"),
        *("user-agent", "accept-encoding"),
    }
    assert request.headers["user-agent"] == "tests"


async def test_an_actors_activities_reach_an_inbox_in_order(union: SendingUnion, peers: Peers) -> None:
    uris = [await union.publish(f"post-{number}", [peers.inbox("a")]) for number in range(12)]
    await union.settle()
    assert peers.ids("a") == uris
    assert peers.most_at_once["a"] == 1


async def test_a_failed_create_holds_its_delete_back_but_nobody_else(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", in_turn(answers(500), answers(202)))
    other = await union.add_actor("other")
    create = await union.publish("post", [peers.inbox("a")])
    delete = await union.publish("gone", [peers.inbox("a")], type="Delete", about="post")
    another = await union.publish("else", [peers.inbox("a")], author=other)
    await union.settle()
    assert peers.ids("a") == [create, another]
    clock.advance(hours=1)
    await union.settle()
    assert peers.ids("a") == [create, another, create, delete]
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}


async def test_a_broken_inbox_does_not_hold_up_another_of_the_same_server(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("a", by_path({"/broken": answers(500)}, answers(202)))
    await union.publish("one", [peers.inbox("a", "/broken"), peers.inbox("a", "/well")])
    await union.settle()
    states = await union.states()
    assert states[peers.inbox("a", "/well")] == DeliveryState.DELIVERED
    assert states[peers.inbox("a", "/broken")] == DeliveryState.PENDING


async def test_a_server_gets_two_requests_at_once_at_most(union: SendingUnion, peers: Peers) -> None:
    enough = asyncio.Event()
    peers.behave("a", answers_after(enough))
    await union.publish("one", [peers.inbox("a", f"/inbox/{number}") for number in range(8)])
    settling = asyncio.create_task(union.settle())
    await peers.wait_for(2)
    # If more were to come at once, they would.
    await asyncio.sleep(0.05)
    enough.set()
    await settling
    assert peers.most_at_once["a"] == 2
    assert len(peers.requests) == 8


async def test_a_refused_signature_is_tried_once_more_in_the_other_scheme_which_is_remembered(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("a", takes_only("rfc9421"))
    await union.publish("one", [peers.inbox("a")])
    assert await union.settle() == 1
    assert [request.scheme for request in peers.requests] == ["cavage", "rfc9421"]
    await union.publish("two", [peers.inbox("a")])
    await union.settle()
    assert [request.scheme for request in peers.requests][2:] == ["rfc9421"]
    assert (await union.instance(peers.host("a"))).signature_scheme == "rfc9421"


async def test_L16_a_refusal_of_both_schemes_is_retried_later_and_never_counted_as_delivered(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", in_turn(answers(401), answers(403), answers(202)))
    await union.publish("one", [peers.inbox("a")])
    await union.settle()
    delivery = await union.delivery(peers.inbox("a"))
    assert (delivery.state, delivery.last_status, delivery.attempts) == (DeliveryState.PENDING, 403, 1)
    clock.advance(minutes=5)
    await union.settle()
    assert (await union.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED


async def test_a_redirect_on_the_same_host_is_followed_and_signed_anew(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("a", by_path({"/inbox": answers(308, {"Location": "/new"})}, answers(202)))
    await union.publish("one", [peers.inbox("a")])
    await union.settle()
    old, new = peers.requests
    assert new.path == "/new"
    assert old.headers["signature"] != new.headers["signature"]
    assert (await union.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED


async def test_L16_a_redirect_to_another_host_is_not_followed_and_not_delivered(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("a", answers(307, {"Location": peers.inbox("evil")}))
    await union.publish("one", [peers.inbox("a")])
    await union.settle()
    assert peers.to("evil") == []
    assert (await union.delivery(peers.inbox("a"))).state == DeliveryState.PENDING


async def test_followers_only_deliveries_carry_the_digest_of_the_followers_there(
    union: SendingUnion, peers: Peers
) -> None:
    inbox = peers.inbox("a")
    union.followers = []
    await union.publish("private", [inbox], expand=["followers"])
    await union.publish("public", [inbox], expand=["followers"], public=True)
    await union.settle()
    private, public = peers.requests
    header = private.headers["collection-synchronization"]
    assert header.startswith(f'collectionId="{union.author.uri}/followers", url="{union.author.uri}/')
    assert len(header.rpartition('digest="')[2].rstrip('"')) == 64
    assert "collection-synchronization" not in public.headers


async def test_the_running_worker_hears_of_new_deliveries(union: SendingUnion, peers: Peers) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(union.deliverer.run_forever(stop))
    await asyncio.sleep(0.1)
    await union.publish("one", [peers.inbox("a"), peers.inbox("b")])
    await union.fan_out()
    await peers.wait_for(2)
    stop.set()
    await running
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}
    assert (await union.instance(peers.host("a"))).lease_token is None


async def test_what_was_under_way_when_the_worker_stopped_is_written_down(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("a", answers(202, after=0.3))
    await union.publish("one", [peers.inbox("a")])
    await union.fan_out()
    stop = asyncio.Event()
    running = asyncio.create_task(union.deliverer.run_forever(stop))
    await peers.wait_for(1)
    stop.set()
    await running
    assert (await union.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED
