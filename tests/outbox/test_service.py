"""What operators see of deliveries, and what they can do with them."""

import pytest

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.kit.errors import Invalid
from fediunion.outbox.jobs import keep_short
from fediunion.outbox.models import DeliveryState
from fediunion.outbox.publish import Inbox, Recipients, publish, withdraw_from_network
from fediunion.outbox.queries import count_deliveries, list_deliveries, list_peers, oldest_due_seconds
from fediunion.outbox.service import drop_deliveries, retry_deliveries
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers, in_turn
from tests.outbox.sending_union import SendingUnion


async def test_deliveries_are_listed_as_the_interface_says(union: SendingUnion, peers: Peers) -> None:
    peers.behave("bad", answers(422))
    uri = await union.publish("one", [peers.inbox("bad"), peers.inbox("good")])
    await union.settle()
    read = union.world.db.read
    (dead,) = await read(lambda session: list_deliveries(session, state=DeliveryState.DEAD))
    assert dead == {
        "id": str((await union.delivery(peers.inbox("bad"))).id),
        "activity": uri,
        "inbox": peers.inbox("bad"),
        "host": peers.host("bad"),
        "state": "dead",
        "attempts": 1,
        "next_attempt_at": None,
        "last_error": "answered 422",
    }
    (good,) = await read(lambda session: list_deliveries(session, host=peers.host("good")))
    assert good["state"] == "delivered"
    assert (await read(count_deliveries))["dead"] == 1


async def test_peers_are_listed_as_the_interface_says(union: SendingUnion, peers: Peers) -> None:
    peers.behave("bad", answers(500))
    await union.world.db.write(set_domain_rule, "blocked.example", DomainAction.BLOCK)
    await union.publish("one", [peers.inbox("bad", f"/{n}") for n in range(6)] + [peers.inbox("good")])
    await union.settle()
    bad, blocked, good = await union.world.db.read(list_peers)
    assert (bad["host"], bad["state"], bad["pending"]) == (peers.host("bad"), "failing", 6)
    assert (bad["last_error"], bad["last_success_at"]) == ("answered 500", None)
    assert (blocked["host"], blocked["state"]) == ("blocked.example", "blocked")
    assert good == {
        "host": peers.host("good"),
        "software": None,
        "state": "ok",
        "last_success_at": "2026-03-02T09:00:00Z",
        "last_error": None,
        "pending": 0,
        "trust": [],
    }


async def test_a_dead_letter_can_be_tried_again_with_one_command(union: SendingUnion, peers: Peers) -> None:
    peers.behave("a", answers(400))
    await union.publish("one", [peers.inbox("a"), peers.inbox("b")])
    await union.settle()
    peers.behave("a", answers(202))
    dead = await union.delivery(peers.inbox("a"))
    assert await union.world.db.write(lambda session: retry_deliveries(session, ids=[dead.id])) == 1
    await union.settle()
    assert (await union.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED
    assert len(peers.to("b")) == 1, "what was delivered is not sent again"
    assert await union.world.db.write(lambda session: retry_deliveries(session, everything=True)) == 0


async def test_dropped_deliveries_are_never_sent_again(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(500))
    await union.publish("one", [peers.inbox("a")])
    await union.settle()
    await union.publish("two", [peers.inbox("a")])
    await union.fan_out()
    dropped = await union.world.db.write(lambda session: drop_deliveries(session, host=peers.host("a")))
    assert dropped == 2
    clock.advance(days=1)
    assert await union.settle() == 0
    assert await union.world.db.write(lambda session: retry_deliveries(session, everything=True)) == 0
    assert await union.world.db.read(list_deliveries) == []


async def test_a_host_covers_its_sub_domains_and_nothing_else(union: SendingUnion) -> None:
    hosts = ["a.example", "sub.a.example", "ba.example", "aXexample"]
    await union.publish("one", [f"https://{host}/inbox" for host in hosts])
    await union.fan_out()
    retried = await union.world.db.write(lambda session: retry_deliveries(session, host="A.example"))
    assert retried == 2


@pytest.mark.parametrize("chosen", [{}, {"ids": [1], "host": "a.example"}])
async def test_which_deliveries_are_meant_must_be_said_in_one_way(
    union: SendingUnion, chosen: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        await union.world.db.write(lambda session: retry_deliveries(session, **chosen))  # type: ignore[arg-type]  # chosen by the case


async def test_the_age_of_the_queue_counts_only_what_could_go(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    assert await union.world.db.read(oldest_due_seconds) == 0
    await union.publish("one", [peers.inbox("a")])
    await union.fan_out()
    clock.advance(90)
    assert await union.world.db.read(oldest_due_seconds) == 90
    await union.settle()
    assert await union.world.db.read(oldest_due_seconds) == 0


async def _update(union: SendingUnion, peers: Peers, slug: str) -> None:
    await union.publish(slug, [peers.inbox("a")], type="Update", about="profile")
    await union.settle()


@pytest.mark.parametrize("days", [1, 30], ids=["soon", "when-its-delivery-is-forgotten"])
async def test_a_dead_letter_is_not_sent_after_something_later_about_the_same_thing(
    union: SendingUnion, peers: Peers, clock: FakeClock, days: int
) -> None:
    peers.behave("a", in_turn(answers(400), answers(202)))
    await _update(union, peers, "first-name")
    await _update(union, peers, "second-name")
    clock.advance(days=days)
    await keep_short(union.world, {})
    await union.world.db.write(lambda session: retry_deliveries(session, everything=True))
    await union.settle()
    assert [uri.rpartition("/")[2] for uri in peers.ids("a")] == ["first-name", "second-name"]
    assert (await union.deliveries())[0].state == DeliveryState.WITHDRAWN


@pytest.mark.parametrize(
    ("later", "answer", "goes"),
    [("Undo", 202, False), ("Undo", 400, False), ("Like", 202, False), ("Like", 400, True)],
)
async def test_a_dead_letter_is_tried_again_unless_it_was_taken_back_or_said_again(
    union: SendingUnion, peers: Peers, later: str, answer: int, goes: bool
) -> None:
    peers.behave("a", in_turn(answers(400), answers(answer), answers(202)))
    like = await union.publish("like", [peers.inbox("a")], type="Like", about="post")
    await union.settle()
    about = f"{like}" if later == "Undo" else union.post_uri("post")
    document = {"id": f"{like}/later", "type": later, "actor": union.author.uri, "object": about}
    to = Recipients(inboxes=(peers.inbox("a"),))
    await union.world.db.write(lambda session: publish(session, session.merge(union.author), document, to))
    await union.settle()
    peers.requests.clear()
    await union.world.db.write(lambda session: retry_deliveries(session, everything=True))
    await union.settle()
    assert (like in peers.ids("a")) is goes


async def test_a_dead_post_is_tried_again_though_its_boost_arrived(union: SendingUnion, peers: Peers) -> None:
    peers.behave("a", in_turn(answers(400), answers(202)))
    post = await union.publish("post", [peers.inbox("a")])
    await union.settle()
    boost = await union.publish("boost", [peers.inbox("a")], type="Announce", about="post")
    await union.settle()
    await union.world.db.write(lambda session: retry_deliveries(session, everything=True))
    await union.settle()
    assert peers.ids("a") == [post, boost, post]


async def test_V24_a_dead_letter_for_the_network_is_not_tried_again_once_a_union_left_it(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("left", in_turn(answers(400), answers(202)))
    union.audiences["network"] = lambda *_: [Inbox(peers.inbox("left"))]
    await union.publish("secret", expand=["network"])
    await union.settle()
    await union.world.db.write(withdraw_from_network, [peers.host("left")])
    await union.world.db.write(lambda session: retry_deliveries(session, everything=True))
    await union.settle()
    assert len(peers.requests) == 1


async def test_V24_a_dead_letter_is_tried_again_for_those_who_still_follow(
    union: SendingUnion, peers: Peers
) -> None:
    for label in ("stays", "left"):
        peers.behave(label, in_turn(answers(400), answers(202)))
    union.followers = [Inbox(peers.inbox("stays")), Inbox(peers.inbox("left"))]
    await union.publish("secret", expand=["followers"])
    await union.settle()
    del union.followers[1]
    assert await union.world.db.write(lambda session: retry_deliveries(session, everything=True)) == 2
    await union.settle()
    assert (len(peers.to("stays")), len(peers.to("left"))) == (2, 1)
    assert await union.states() == {peers.inbox("stays"): "delivered", peers.inbox("left"): "withdrawn"}
