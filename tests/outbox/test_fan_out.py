"""From recipients to inboxes: which, how many, and who gets nothing."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import Actor, DomainAction
from fediunion.outbox import fan_out
from fediunion.outbox.inboxes import choose_inboxes
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.outgoing import Outgoing
from fediunion.outbox.publish import Inbox, Recipients, publish, withdraw_from, withdraw_unsent
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers
from tests.outbox.sending_union import SendingUnion

ANN = Inbox("https://a.example/users/ann/inbox", "https://a.example/inbox")
BOB = Inbox("https://a.example/users/bob/inbox", "https://a.example/inbox")
CAT = Inbox("https://c.example/users/cat/inbox")


def _urls(*inboxes: Inbox, shared: bool = True, public: bool = True) -> list[str]:
    return sorted(target.url for target in choose_inboxes(inboxes, shared=shared, public=public))


def test_recipients_of_one_server_share_its_inbox() -> None:
    assert _urls(ANN, BOB, CAT) == ["https://a.example/inbox", CAT.url]


def test_without_leave_to_share_everybody_gets_their_own() -> None:
    assert _urls(ANN, BOB, shared=False) == [ANN.url, BOB.url]


def test_V24_a_private_activity_never_goes_to_a_shared_inbox_of_another_host() -> None:
    elsewhere = Inbox("https://a.example/users/ann/inbox", "https://sub.a.example/inbox")
    assert _urls(elsewhere, public=False) == [elsewhere.url]
    assert _urls(elsewhere, public=True) == ["https://sub.a.example/inbox"]


@pytest.mark.parametrize("shared_url", ["https://victim.example/inbox", "http://a.example/inbox", "no url"])
def test_a_server_cannot_name_anybody_elses_inbox_as_its_shared_one(shared_url: str) -> None:
    private = _urls(Inbox("https://a.example/users/ann/inbox", shared_url), public=False)
    assert private in (["https://a.example/users/ann/inbox"], [])
    assert "https://victim.example/inbox" not in _urls(Inbox(ANN.url, shared_url))


def test_one_inbox_in_two_spellings_is_one() -> None:
    twin = Inbox("HTTPS://A.Example:443/users/ann/inbox")
    assert _urls(Inbox(ANN.url), twin) == [ANN.url]


async def test_our_own_and_blocked_servers_get_no_delivery(union: SendingUnion) -> None:
    await union.world.db.write(set_domain_rule, "bad.example", DomainAction.BLOCK)
    inboxes = [
        "https://union.test/actors/author/inbox",
        "https://bad.example/inbox",
        "https://sub.bad.example/inbox",
        "https://good.example/inbox",
    ]
    await union.publish("one", inboxes)
    await union.fan_out()
    assert [each.inbox_url for each in await union.deliveries()] == ["https://good.example/inbox"]


async def test_our_own_deleted_and_suspended_recipients_get_no_delivery(union: SendingUnion) -> None:
    own = await union.add_actor("member")
    others = {name: _remote(name, union) for name in ("well", "gone", "suspended")}

    def unit(session: Session) -> None:
        session.add_all(others.values())
        others["gone"].deleted_at = others["suspended"].suspended_at = union.world.clock.now()
        ids = (own.id, *(each.id for each in others.values()))
        document: dict[str, object] = {"id": f"{union.author.uri}#1", "type": "Create"}
        publish(session, session.merge(union.author), document, Recipients(actor_ids=ids))

    await union.world.db.write(unit)
    await union.fan_out()
    assert [each.inbox_url for each in await union.deliveries()] == ["https://r.example/users/well/inbox"]


async def test_V24_a_follower_removed_before_the_fan_out_gets_nothing(union: SendingUnion) -> None:
    union.followers = [ANN, CAT]
    await union.publish("one", expand=["followers"])
    union.followers = [CAT]
    await union.fan_out()
    assert [each.inbox_url for each in await union.deliveries()] == [CAT.url]


async def test_L23_an_interrupted_fan_out_goes_on_without_gap_or_double(
    union: SendingUnion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "INBOXES_AT_ONCE", 7)
    wanted = {f"https://h{number}.example/inbox" for number in range(40)}
    uri = await union.publish("one", wanted)
    row = await union.activity(uri)
    for _ in range(3):
        # Three portions of a run that then died; the job is run again from the beginning.
        outgoing = [Outgoing(row.id, frozenset())]
        await union.world.db.write(fan_out._fan_out_portion, union.audiences, outgoing, "")
        await union.world.db.write(
            fan_out._fan_out_portion, union.audiences, outgoing, "https://h30.example/i"
        )
    assert 0 < len(await union.deliveries()) < 40
    await union.fan_out()
    found = [each.inbox_url for each in await union.deliveries()]
    assert len(found) == 40
    assert set(found) == wanted
    assert (await union.activity(uri)).fanned_out_at is not None


async def test_a_later_job_fans_out_what_its_author_published_before(union: SendingUnion) -> None:
    await union.publish("first", ["https://a.example/inbox"])
    second = await union.activity(await union.publish("second", ["https://a.example/inbox"]))
    handler = fan_out.fan_out_job(union.audiences)
    await handler.handle(union.world, [{"activity_id": second.id}])
    assert len(await union.deliveries()) == 2


async def test_jobs_claimed_together_fan_out_every_activity_once_in_few_units(
    union: SendingUnion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "INBOXES_AT_ONCE", 13)
    union.followers = [ANN, BOB, CAT]
    other = await union.add_actor("other")
    for number in range(24):
        author = other if number % 3 == 0 else union.author
        await union.publish(f"n{number}", expand=["followers"], author=author, public=True, shared=True)
    rows = await union.world.db.read(lambda session: list(session.scalars(select(OutboxActivity))))
    bodies: set[str] = set()
    units = [0]

    def counted(session: Session, *arguments: Any) -> fan_out.Progress:
        units[0] += 1
        return portion(session, *arguments)

    portion = fan_out._fan_out_portion
    monkeypatch.setattr(fan_out, "_fan_out_portion", counted)
    handler = fan_out.fan_out_job(union.audiences)
    await handler.handle(union.world, [{"activity_id": row.id} for row in reversed(rows)])
    assert units[0] == 4
    for row in rows:
        stored = await union.activity(row.uri)
        assert stored.fanned_out_at is not None
        assert '"proof":' in stored.body
        bodies.add(stored.body)
    assert len(bodies) == 24
    sent = [(each.activity_id, each.inbox_url) for each in await union.deliveries()]
    assert sorted(sent) == sorted(
        (row.id, url) for row in rows for url in ("https://a.example/inbox", CAT.url)
    )


async def test_V24_what_waits_for_a_server_is_withdrawn_when_its_last_follower_goes(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(500))
    union.followers = [Inbox(peers.inbox("a"))]
    await union.publish("tried", expand=["followers"])
    await union.settle()
    await union.publish("waiting", expand=["followers"])
    await union.publish("undo", [peers.inbox("a")], type="Undo")
    await union.fan_out()
    await union.world.db.write(withdraw_from, union.author.id, [peers.inbox("a")])
    peers.behave("a", answers(202))
    peers.requests.clear()
    clock.advance(hours=1)
    await union.settle()
    assert [request.activity["type"] for request in peers.requests] == ["Undo"]


async def test_a_server_blocked_meanwhile_gets_nothing_of_what_waited(
    union: SendingUnion, peers: Peers
) -> None:
    await union.publish("one", [peers.inbox("a"), peers.inbox("b")])
    await union.fan_out()
    await union.world.db.write(set_domain_rule, peers.host("a"), DomainAction.BLOCK)
    await union.settle()
    assert [request.label for request in peers.requests] == ["b"]
    assert (await union.delivery(peers.inbox("a"))).last_error == "the server is blocked"


async def test_L35_a_create_not_yet_sent_never_goes_out_after_its_delete(
    union: SendingUnion, peers: Peers
) -> None:
    post = union.post_uri("post")
    await union.publish("post", [peers.inbox("a")])
    await union.fan_out()
    await union.publish("late", [peers.inbox("b")], about="post")
    delete = await union.publish(
        "gone",
        type="Delete",
        about="post",
        expand=[f"holders:{post}"],
        before=lambda session: withdraw_unsent(session, post),
    )
    await union.settle()
    assert peers.requests == []
    assert (await union.activity(delete)).fanned_out_at is not None


async def test_L35_a_delete_reaches_everyone_the_create_may_have_reached(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("unsure", answers(500))
    post = union.post_uri("post")
    await union.publish("post", [peers.inbox("sure"), peers.inbox("unsure")])
    await union.settle()
    delete = await union.publish(
        "gone",
        type="Delete",
        about="post",
        expand=[f"holders:{post}"],
        before=lambda session: withdraw_unsent(session, post),
    )
    peers.behave("unsure", answers(202))
    await union.settle()
    assert peers.ids("sure")[-1] == delete
    assert peers.ids("unsure")[1:] == [delete]


async def test_an_activity_that_cannot_fan_out_keeps_back_only_what_is_about_the_same_thing(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    def broken(_session: Session, _author: Actor, _argument: str) -> list[Inbox]:
        raise RuntimeError("a mistake of ours")

    union.audiences["broken"] = broken
    bad = await union.publish("bad", expand=["broken"])
    edit = await union.publish("edit", [peers.inbox("a")], type="Update", about="bad")
    good = await union.publish("good", [peers.inbox("a")])
    await union.settle()
    assert peers.ids("a") == [good]
    union.audiences["broken"] = lambda *_: [Inbox(peers.inbox("a"))]
    clock.advance(hours=1)
    await union.settle()
    assert peers.ids("a") == [good, bad, edit]


def _remote(name: str, union: SendingUnion) -> Actor:
    uri = f"https://r.example/users/{name}"
    return Actor(
        uri=uri,
        local=False,
        kind="remote",
        wire_type="Person",
        username=name,
        username_key=name,
        host="r.example",
        handle_host="r.example",
        inbox_url=f"{uri}/inbox",
        created_at=union.world.clock.now(),
    )
