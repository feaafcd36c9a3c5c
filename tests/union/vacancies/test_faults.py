"""What happens at once, twice, in between, or to whom it is not allowed any more: vacancies survive it."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.queries import find_local_actor
from fediunion.actors.service import rotate_keys
from fediunion.kit.errors import NotAllowed
from fediunion.outbox.jobs import keep_short
from fediunion.outbox.models import OutboxActivity
from fediunion.union.vacancies.jobs import tell_peer
from fediunion.union.vacancies.models import (
    SearchAnnouncement,
    SubscriptionMatch,
    Vacancy,
    VacancySource,
    VacancyState,
)
from fediunion.union.vacancies.service import change_notice, close_due, end_vacancy
from fediunion.union.vacancies.service.past import reopen_with
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor
from tests.fakes.union import TestUnion, new_keys
from tests.union.vacancies.conftest import Halls, change, publish, vacancies
from tests.union.vacancies.samples import notice

CLOSING = "2027-01-08T20:59:00Z"


def told(reader: StrangeActor) -> list[str]:
    """Return the kinds of what a reader got, in order."""
    return [each.activity["type"] for each in reader.server.received]


async def updates(union: TestUnion) -> int:
    """Return how many Updates of vacancies a union published."""

    def count(session: Session) -> int:
        of_posts = OutboxActivity.object_uri.like("%/posts/%")
        found = select(func.count()).where(OutboxActivity.activity_type == "Update", of_posts)
        return session.scalar(found) or 0

    return await union.world.db.read(count)


async def attempt(union: TestUnion, *work: Any) -> None:
    """Let a union do something that comes too late maybe."""
    with suppress(NotAllowed):
        await union.world.db.write(*work)


def of(vacancy: Vacancy, do: Any, *more: Any) -> Any:
    """Return a unit of work that does something with a vacancy of ours."""
    return lambda session: do(session, session.get_one(Vacancy, vacancy.id), *more, by="tests")


async def test_I8_closed_by_two_processes_and_an_editor_at_once_it_is_told_once(halls: Halls) -> None:
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    moment = datetime.fromisoformat(CLOSING)
    halls.clock.advance((moment - halls.clock.now()).total_seconds())
    await asyncio.gather(
        *(attempt(halls.ictysu, close_due) for _ in range(3)),
        *(attempt(halls.ictysu, close_due, vacancy.id) for _ in range(3)),
        *(attempt(halls.ictysu, of(vacancy, end_vacancy, VacancyState.WITHDRAWN)) for _ in range(3)),
    )
    assert await updates(halls.ictysu) == 1
    await halls.settle()
    assert await updates(halls.ictysu) == 1


async def test_I8_what_is_put_off_at_the_moment_of_its_closing_says_what_it_is(halls: Halls) -> None:
    later = replace(notice("V-01"), closes_at=datetime.fromisoformat("2027-02-01T12:00:00+00:00"))
    other = replace(notice("V-01"), title="Other title")
    for number, wanted in enumerate((later, other)):
        vacancy = await publish(halls.ictysu, replace(notice("V-01"), number=f"N-{number}"))
        await halls.settle()
        moment = datetime.fromisoformat(CLOSING)
        if halls.clock.now() < moment:
            halls.clock.advance((moment - halls.clock.now()).total_seconds() - 1)
        changed = replace(wanted, number=f"N-{number}")
        await asyncio.gather(
            attempt(halls.ictysu, of(vacancy, end_vacancy, VacancyState.CLOSED)),
            attempt(halls.ictysu, of(vacancy, change_notice, changed)),
            attempt(halls.ictysu, of(vacancy, end_vacancy, VacancyState.FILLED)),
        )
        found = {each.id: each for each in await vacancies(halls.ictysu)}[vacancy.id]

        def content(session: Session, post_id: int | None = found.post_id) -> str:
            from fediunion.social.posts.models import Post

            return session.get_one(Post, post_id).content

        text = await halls.ictysu.world.db.read(content)
        marks = {"closed": "[Closed]", "filled": "[Filled]"}
        assert found.state in marks
        assert marks[found.state] in text


async def test_I8_closed_opened_again_and_closed_is_told_once_each(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await halls.pass_until(CLOSING)
    later = replace(notice("V-01"), closes_at=datetime.fromisoformat("2027-02-01T12:00:00+00:00"))
    await change(halls.ictysu, vacancy, reopen_with, later, by="tests")
    await halls.settle()
    await halls.pass_until("2027-01-20T00:00:00Z")
    assert told(reader) == ["Create", "Update", "Update"]
    await halls.pass_until("2027-02-01T12:00:00Z")
    await halls.pass_until("2027-02-07T21:00:00Z")
    assert told(reader) == ["Create", "Update", "Update", "Update"]
    await halls.pass_until("2027-03-03T12:00:00Z")
    assert told(reader) == ["Create", "Update", "Update", "Update", "Delete"]


async def test_I8_withdrawn_before_it_was_sent_it_is_sent_as_withdrawn_to_the_same(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await change(halls.ictysu, vacancy, end_vacancy, VacancyState.WITHDRAWN, by="tests")
    await halls.settle()
    assert told(reader) == ["Create", "Update"]


@pytest.mark.parametrize("fault", ["suspended", "keys-rotated"])
async def test_I8_a_board_that_is_suspended_or_has_new_keys_still_closes(halls: Halls, fault: str) -> None:
    reader = await halls.follower("mastodon.example")
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()

    def do(session: Session) -> None:
        board = find_local_actor(session, "jobs")
        assert board is not None
        if fault == "suspended":
            from fediunion.db import now_of

            board.suspended_at = now_of(session)
        else:
            rotate_keys(session, board, new_keys(halls.ictysu.world.settings), keep_old=False)

    await halls.ictysu.world.db.write(do)
    await halls.settle()
    reader.server.received.clear()
    await halls.pass_until("2027-02-07T20:59:00Z")
    (left,) = await vacancies(halls.ictysu)
    assert left.state == VacancyState.REMOVED
    assert told(reader) == ["Update", "Delete"]


async def test_telling_a_new_peer_again_after_a_crash_sends_nothing_twice(halls: Halls) -> None:
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    before = [(each.id, each.state) for each in await vacancies(halls.nairobi)]
    assert len(before) == 1
    about = select(func.count()).where(
        OutboxActivity.activity_type == "Update",
        OutboxActivity.object_uri == f"https://ictysu.example/actors/jobs/posts/{vacancy.slug}",
    )
    for telling, sent in (("first", 2), ("first", 2), ("second", 3)):
        await tell_peer(halls.ictysu.world, {"host": "nairobisu.example", "telling": telling})
        await halls.settle()
        assert await halls.ictysu.world.db.read(lambda session: session.scalar(about)) == sent
    assert [(each.id, each.state) for each in await vacancies(halls.nairobi)] == before


async def test_thirty_days_after_the_end_no_word_is_left_of_it(halls: Halls) -> None:
    """Its number, employer and title stay as what was counted."""
    from fediunion.db.migrate import all_tables
    from fediunion.union.vacancies.saved.remembering import remember_search

    name = await halls.ictysu.world.db.write(remember_search, "country=KE")
    await halls.ictysu.actor(str(name))
    marked = replace(notice("V-01"), description_html="<p>xyzzymark duties</p>", title="Xyzzymark officer")
    vacancy = await publish(halls.ictysu, marked)
    await change(halls.ictysu, vacancy, change_notice, replace(marked, duration="xyzzymark"), by="tests")
    await halls.settle()
    await halls.pass_until("2027-02-08T00:00:00Z")
    for _ in range(5):
        halls.clock.advance(days=10)
        await keep_short(halls.ictysu.world, {})
        await halls.settle()

    def left(session: Session) -> list[str]:
        found = []
        for table in all_tables().tables.values():
            for row in session.execute(select(table)).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if "zzymark" in str(value)]
        return sorted(set(found))

    assert await halls.ictysu.world.db.read(left) == []

    def count(session: Session) -> list[int]:
        tables = (VacancySource, SearchAnnouncement, SubscriptionMatch)
        return [session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]

    assert await halls.ictysu.world.db.read(count) == [0, 0, 0]
