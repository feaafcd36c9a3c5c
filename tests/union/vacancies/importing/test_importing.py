"""Importing: every record on its own, the same file twice, and what followers hear of it."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import ActorKind
from fediunion.social.posts.models import Post
from fediunion.union.vacancies.exports.formats import FORMATS, Export
from fediunion.union.vacancies.exports.gathering import gather
from fediunion.union.vacancies.importing.running import import_file
from fediunion.union.vacancies.importing.taking import Wishes
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.search.asking import read_query
from fediunion.union.vacancies.search.index import search_vacancies
from fediunion.union.vacancies.service import end_vacancy
from fediunion.union.vacancies.service.employers import confirm_employer, find_employer
from tests.union.vacancies.conftest import Halls, vacancies
from tests.union.vacancies.importing.conftest import Desk
from tests.union.vacancies.samples import SAMPLES, posting
from tests.union.vacancies.test_life import told


def statuses(outcomes: Any) -> list[str]:
    return [each.status for each in outcomes]


async def count(desk: Desk, table: type) -> int:
    def counted(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    return await desk.union.world.db.read(counted)


async def test_the_sample_file_is_published_whole_and_a_second_time_nothing_happens(desk: Desk) -> None:
    first = await desk.imports(SAMPLES)
    assert statuses(first) == ["published"] * 10
    assert [each.row for each in first] == list(range(1, 11))
    assert first[0].identifier == "26-HUMANITARIAN AFFAIRS OFFICER-RCO-001187-R-NAIROBI (X)"
    before = await count(desk, Vacancy), await count(desk, Post)
    assert before == (10, 9)
    desk.clock.advance(days=2)
    again = await desk.imports(SAMPLES)
    assert statuses(again) == ["unchanged"] * 10
    assert (await count(desk, Vacancy), await count(desk, Post)) == before


async def test_what_closed_within_a_month_is_shown_as_closed_and_sent_to_nobody(desk: Desk) -> None:
    (outcome,) = await desk.imports(posting("V-04"))
    assert (outcome.status, outcome.reason[:22]) == ("published", "It has closed already:")
    (vacancy,) = await vacancies(desk.union)
    assert (vacancy.state, vacancy.post_id, vacancy.ended_at) == (
        VacancyState.CLOSED,
        None,
        vacancy.closes_at,
    )
    result = await search_vacancies(desk.union.world, read_query([("state", "closed")]))
    assert result.total == 1
    desk.clock.advance(days=23)
    await desk.union.work()
    (vacancy,) = await vacancies(desk.union)
    assert vacancy.state == VacancyState.REMOVED


@pytest.mark.parametrize(
    ("publishes", "closes"), [(False, "2026-11-23T23:59:00+05:45"), (True, "2026-10-31T23:59:00Z")]
)
async def test_a_closing_date_in_the_past_is_refused(desk: Desk, publishes: bool, closes: str) -> None:
    (outcome,) = await desk.imports(posting("V-04", validThrough=closes), publishes=publishes)
    assert (outcome.status, outcome.reason) == (
        "refused",
        "line 1: validThrough: The closing date has passed.",
    )
    assert await count(desk, Vacancy) == 0


async def test_a_record_that_cannot_be_used_is_refused_alone_with_line_fields_and_reasons(desk: Desk) -> None:
    bad = posting("V-02", title=None, validThrough="soon", baseSalary={"currency": "ZZZ", "value": 5})
    lines = "\n".join(json.dumps(each) for each in (posting("V-01"), bad, posting("V-03")))
    outcomes = await desk.imports(lines.encode())
    assert statuses(outcomes) == ["published", "refused", "published"]
    assert outcomes[1].line == 2
    assert {field for field, _ in outcomes[1].faults} == {"title", "validThrough", "baseSalary"}
    assert outcomes[1].reason.startswith("line 2: validThrough: “soon” is not a closing date")


async def test_a_table_is_refused_by_the_names_of_its_columns(desk: Desk) -> None:
    text = "title,employer,url,closes,country\nNurse,Relief,https://a.example/1,2027-13-01,Atlantis\n"
    (outcome,) = await desk.imports(text.encode())
    assert {field for field, _ in outcome.faults} == {"closes", "country"}


async def test_without_publishing_it_is_a_draft_and_is_published_by_the_next_time(desk: Desk) -> None:
    assert statuses(await desk.imports(posting("V-01"), publishes=False)) == ["draft"]
    assert statuses(await desk.imports(posting("V-01"), publishes=False)) == ["unchanged"]
    changed = posting("V-01", title="Senior Officer")
    assert statuses(await desk.imports(changed, publishes=False)) == ["updated"]
    assert await count(desk, Post) == 0
    assert statuses(await desk.imports(changed)) == ["published"]
    assert statuses(await desk.imports(changed)) == ["unchanged"]


async def test_a_record_without_a_posting_date_is_unchanged_on_another_day(desk: Desk) -> None:
    await desk.imports(posting("V-01", datePosted=None))
    desk.clock.advance(days=3)
    assert statuses(await desk.imports(posting("V-01", datePosted=None))) == ["unchanged"]


async def test_followers_are_told_once_of_a_change_and_of_a_later_date(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    board = await halls.ictysu.actor("jobs")

    async def imports(**changed: object) -> list[str]:
        content = json.dumps(posting("V-01", **changed)).encode()
        wishes = Wishes(by="operator", publishes=True, confirms=True)
        found: list[str] = [
            each.status async for each in import_file(halls.ictysu.world, content, board.id, wishes)
        ]
        await halls.settle()
        return found

    assert await imports() == ["published"]
    later = {"validThrough": "2027-01-15T23:59:00+03:00"}
    assert [await imports(**later), await imports(**later)] == [["updated"], ["unchanged"]]
    assert [len(told(reader, kind)) for kind in ("Create", "Update")] == [1, 1]
    assert "15 January 2027" in told(reader, "Update")[0]["object"]["content"]
    (vacancy,) = await vacancies(halls.ictysu)
    assert vacancy.state == VacancyState.EXTENDED
    await halls.pass_until("2027-01-16T00:00:00Z")
    assert await imports(**later) == ["unchanged"]
    assert await imports(validThrough="2027-01-31T23:59:00+03:00") == ["updated"]
    (vacancy,) = await vacancies(halls.ictysu)
    assert (vacancy.state, vacancy.ended_at) == (VacancyState.EXTENDED, None)
    assert "[Closed]" not in told(reader, "Update")[-1]["object"]["content"]
    await halls.pass_until("2027-02-01T00:00:00Z")
    (vacancy,) = await vacancies(halls.ictysu)
    assert vacancy.state == VacancyState.CLOSED


async def test_what_was_withdrawn_here_stays_withdrawn(desk: Desk) -> None:
    await desk.imports(posting("V-01"))
    (vacancy,) = await vacancies(desk.union)

    def withdraw(session: Session) -> None:
        end_vacancy(session, session.get_one(Vacancy, vacancy.id), VacancyState.WITHDRAWN, by="editor")

    await desk.union.world.db.write(withdraw)
    assert statuses(await desk.imports(posting("V-01"))) == ["unchanged"]
    (outcome,) = await desk.imports(posting("V-01", title="Other"))
    assert (outcome.status, outcome.reason) == (
        "refused",
        "line 1: It has ended here, and is not changed any more.",
    )


async def test_an_import_stopped_in_the_middle_goes_on_where_it_was(desk: Desk) -> None:
    content = json.dumps(SAMPLES["vacancies"][:3]).encode()
    wishes = Wishes(by="operator", publishes=True, confirms=True)
    started = import_file(desk.union.world, content, desk.board.id, wishes)
    assert (await anext(started)).status == "published"
    await started.aclose()
    assert await count(desk, Vacancy) == 1
    assert statuses(await desk.imports(content)) == ["unchanged", "published", "published"]


async def test_each_board_has_its_own(desk: Desk) -> None:
    other = await desk.union.member("nairobi", kind=ActorKind.BOARD)
    await desk.imports(posting("V-01"))
    assert statuses(await desk.imports(posting("V-01"), board=other)) == ["published"]


async def test_C04_a_record_that_contradicts_an_earlier_one_is_refused(desk: Desk) -> None:
    same = {"identifier": None, "url": "https://careers.rco.example/jobs"}
    content = [posting("V-01", **same), posting("V-01", **same), posting("V-01", title="Clerk", **same)]
    outcomes = await desk.imports(content)
    assert statuses(outcomes) == ["published", "unchanged", "refused"]
    assert "An earlier row" in outcomes[2].reason
    (vacancy,) = await vacancies(desk.union)
    assert vacancy.title == "Humanitarian Affairs Officer"


@pytest.mark.parametrize("closes", ["2027-06-30", "2026-11-30"], ids=["open", "closed"])
async def test_words_of_a_fraud_are_refused_and_leave_nothing(desk: Desk, closes: str) -> None:
    (outcome,) = await desk.imports(posting("V-SCAM", validThrough=closes))
    assert (outcome.status, outcome.faults[0][0]) == ("refused", "description")
    assert await count(desk, Vacancy) == 0


async def test_only_who_may_confirms_the_employers_of_a_file(desk: Desk) -> None:
    (outcome,) = await desk.imports(posting("V-01"), confirms=False)
    assert "not on the employer's own site" in outcome.reason
    (vacancy,) = await vacancies(desk.union)
    assert (vacancy.source_status, vacancy.post_id) == ("unverified", None)


async def test_what_an_officer_said_of_an_employer_stands(desk: Desk) -> None:
    def confirm(session: Session) -> None:
        confirm_employer(session, "Relief Coordination Office", ["rco.test"], by="@ana")

    await desk.union.world.db.write(confirm)
    (outcome,) = await desk.imports(posting("V-01"))
    assert "not on the employer's own site" in outcome.reason
    known = await desk.union.world.db.read(find_employer, "Relief Coordination Office")
    assert known is not None
    assert known.domains == ["rco.test"]


async def test_every_search_of_the_samples_finds_what_it_should_in_what_was_imported(desk: Desk) -> None:
    await desk.imports(SAMPLES)
    names = {each["title"]: each["fu:sampleId"] for each in SAMPLES["vacancies"]}
    shown = {each.id: names[each.title] for each in await vacancies(desk.union)}
    for expected in SAMPLES["searchExpectations"]:
        pairs = [tuple(pair.split("=", 1)) for pair in expected["q"].split("&")]
        result = await search_vacancies(desk.union.world, read_query(pairs))
        assert sorted(shown[each] for each in result.ids) == expected["expect"], expected["q"]


@pytest.mark.parametrize("kind", ["json", "csv", "jsonld"])
async def test_what_is_exported_and_imported_again_changes_nothing(desk: Desk, kind: str) -> None:
    await desk.imports(SAMPLES)
    found = await gather(desk.union.world, read_query([("state", "all")]))
    export = Export(
        vacancies=found, home="", address="", title="", description="", language="en", now=desk.clock.now()
    )
    assert statuses(await desk.imports(FORMATS[kind][1](export))) == ["unchanged"] * 10
