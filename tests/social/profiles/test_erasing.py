"""A member erases the account: who is told, who has confirmed, and that nothing of her stays (J10)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.db import Base
from fediunion.kit.errors import NotFound
from fediunion.members.models import Member
from fediunion.members.service import create_member, set_reach
from fediunion.outbox.models import OutboxActivity
from fediunion.social.filters.service import KeywordWish, create_filter
from fediunion.social.follows.restrictions import mute
from fediunion.social.lists.service import create_list
from fediunion.social.profiles.erasing import Erasure, erase_account, forget, get_erasure, servers_that_know
from fediunion.social.profiles.models import ErasureReceipt
from fediunion.social.profiles.service import ProfileChanges, update_profile
from fediunion.social.tags.service import follow_tag
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, new_keys, settle

CANARY = "kestrel9137"
PEERS = ("clerks.test", "guards.test", "cooks.test", "stranger.test")


Open = Callable[..., Awaitable[list[TestUnion]]]


@pytest.fixture
def internet() -> FakeInternet:
    return FakeInternet()


@pytest.fixture
async def unions(databases: Databases, clock: FakeClock, internet: FakeInternet) -> AsyncIterator[Open]:
    """What opens unions; the first has the public member ana, whose address is a canary as well."""
    started: list[TestUnion] = []

    async def open_all(*others: str) -> list[TestUnion]:
        for domain in ("nurses.test", *others):
            union = await TestUnion.start(internet, domain, databases.with_tables(), clock)
            started.append(union)
        home = started[0]

        def join(session: Session) -> None:
            keys = new_keys(home.world.settings)
            made = create_member(session, username="ana", email=f"{CANARY}@mail.example", keys=keys)
            session.flush()
            set_reach(session, made, Reach.PUBLIC)

        await home.world.db.write(join)
        return started

    yield open_all
    for union in started:
        await union.close()


async def as_ana(home: TestUnion, work: Any) -> Any:
    """Return `work(session, actor)` of ana."""
    ana = await home.actor("ana")
    return await home.world.db.write(lambda session: work(session, session.get_one(Actor, ana.id)))


async def erase(home: TestUnion) -> str:
    ana = await home.actor("ana")

    def unit(session: Session) -> str:
        member = session.scalars(select(Member).where(Member.actor_id == ana.id)).one()
        return erase_account(session, member.id)

    return await home.world.db.write(unit)


async def receipt(home: TestUnion, secret: str) -> Erasure:
    return await home.world.db.read(get_erasure, secret)


async def test_J10_deletes_go_to_the_servers_that_hold_something_and_the_receipt_says_who_confirmed(
    unions: Open, clock: FakeClock, internet: FakeInternet
) -> None:
    home, clerks, guards, cooks, stranger = opened = await unions(*PEERS)
    for union in (clerks, guards, cooks):
        await union.member("ben")
        await union.follow("ben", "ana@nurses.test")
    await stranger.member("eve")
    await settle(*opened)
    for number in range(12):
        await home.post("ana", f"Number {number}")
    await settle(*opened)
    known = await as_ana(home, servers_that_know)
    assert known == ["clerks.test", "cooks.test", "guards.test"]
    internet.leave("cooks.test")
    secret = await erase(home)
    before = await receipt(home, secret)
    assert [(each.host, each.confirmed) for each in before.servers] == [
        ("clerks.test", False),
        ("cooks.test", False),
        ("guards.test", False),
    ]
    await settle(home, clerks, guards, stranger)
    after = {each.host: each for each in (await receipt(home, secret)).servers}
    assert {host: each.confirmed for host, each in after.items()} == {
        "clerks.test": True,
        "guards.test": True,
        "cooks.test": False,
    }
    assert after["cooks.test"].tried_again_at is not None
    assert not after["cooks.test"].given_up
    for union in (clerks, guards):
        assert await union.home("ben") == []
    clock.advance(hours=24 * 91)
    await forget(home.world, {})
    with pytest.raises(NotFound):
        await receipt(home, secret)


async def test_J10_no_table_holds_what_she_said_of_herself_after_a_day(
    unions: Open, clock: FakeClock
) -> None:
    home, clerks = await unions("clerks.test")
    await clerks.member("ben")
    await clerks.follow("ben", "ana@nurses.test")
    await settle(home, clerks)

    def plant(session: Session, ana: Actor) -> None:
        changes = ProfileChanges(
            display_name=CANARY,
            summary=CANARY,
            fields=[(CANARY, CANARY)],
            avatar_description=CANARY,
            header_description=CANARY,
            attribution_domains=[f"{CANARY}.example"],
        )
        update_profile(session, ana, changes)
        create_list(session, ana, title=CANARY)
        follow_tag(session, ana, CANARY)
        words = [KeywordWish(keyword=CANARY)]
        create_filter(session, ana, title=CANARY, contexts=["home"], keywords=words)
        mute(session, ana, session.scalars(select(Actor).where(Actor.local, Actor.username == "union")).one())

    await as_ana(home, plant)
    await home.post("ana", f"{CANARY} #{CANARY}", content_warning=CANARY)
    await settle(home, clerks)
    assert await tables_with(home, CANARY) != []
    await erase(home)
    await settle(home, clerks)
    for _ in range(3):
        clock.advance(hours=9)
        await settle(home, clerks)
    assert await tables_with(home, CANARY) == []


async def tables_with(union: TestUnion, text: str) -> list[str]:
    """Return the columns of all tables in which a text stands somewhere."""

    def unit(session: Session) -> list[str]:
        found = []
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if text in _read(value)]
        return sorted(set(found))

    return await union.world.db.read(unit)


def _read(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


async def test_who_was_known_to_nobody_is_erased_without_a_word(unions: Open) -> None:
    (home,) = await unions()
    secret = await erase(home)
    await home.work()
    assert (await receipt(home, secret)).servers == []

    def told(session: Session) -> list[str]:
        return list(session.scalars(select(OutboxActivity.activity_type)))

    assert "Delete" not in await home.world.db.read(told)


async def test_without_the_secret_there_is_no_receipt(unions: Open) -> None:
    (home,) = await unions()
    await erase(home)
    for secret in ("", "x", "é" * 300):
        with pytest.raises(NotFound):
            await receipt(home, secret)


async def test_the_receipt_keeps_a_hash_of_the_secret_only(unions: Open) -> None:
    (home,) = await unions()
    secret = await erase(home)
    assert await tables_with(home, secret) == []
    assert await home.world.db.read(lambda s: len(s.scalars(select(ErasureReceipt)).all())) == 1
