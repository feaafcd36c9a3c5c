"""Watching: what is new becomes a draft, what changed is updated, what is gone is flagged, not closed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.service import change_notice, end_vacancy
from fediunion.union.vacancies.service.rows import notice_of
from fediunion.union.vacancies.watching.looking import MAX_BYTES, MOST_PAGES_AT_ONCE, look
from fediunion.union.vacancies.watching.service import enqueue_due, fault_of, list_items, missing_vacancies
from tests.fakes.union import settle
from tests.union.vacancies.conftest import vacancies
from tests.union.vacancies.samples import posting
from tests.union.vacancies.watching.conftest import HOME, HOST, Watch, page_with

HTML = "text/html; charset=utf-8"


def feed(*paths: str, stamp: str = "30 Nov 2026") -> bytes:
    items = "".join(
        f"<item><title>{path}</title><link>{HOME}{path}</link><pubDate>{stamp}</pubDate></item>"
        for path in paths
    )
    return f"<rss version='2.0'><channel><title>Jobs</title>{items}</channel></rss>".encode()


async def missing(watch: Watch, page_id: int) -> list[str]:
    def found(session: Session) -> list[str]:
        return [vacancy.title for _, vacancy in missing_vacancies(session, [page_id])]

    return await watch.union.world.db.read(found)


async def test_what_a_page_shows_becomes_a_draft_and_changes_with_it(watch: Watch) -> None:
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    page = await watch.begin("/jobs")
    assert (await watch.look(page)).startswith("New: 1, published: 0,")
    (draft,) = await vacancies(watch.union)
    assert (draft.state, draft.post_id) == (VacancyState.DRAFT, None)
    assert "as before: 1" in await watch.look(page)
    watch.site.serve("/jobs", page_with(posting("V-01", title="Senior Officer")), content_type=HTML)
    assert "changed: 1" in await watch.look(page)
    (draft,) = await vacancies(watch.union)
    assert (draft.state, draft.title) == (VacancyState.DRAFT, "Senior Officer")


async def test_only_what_is_on_the_employers_own_site_is_published(watch: Watch) -> None:
    watch.site.serve("/jobs", page_with(posting("V-01"), posting("V-02")), content_type=HTML)
    await watch.confirm(HOST)
    await watch.confirm("jobs.irt.example", employer="International Residual Tribunal")
    page = await watch.begin("/jobs", publishes=True)
    assert (await watch.look(page)).startswith("New: 2, published: 1,")
    states = {each.title: each.state for each in await vacancies(watch.union)}
    # The second names an official address, but it is another site that says so.
    assert states == {
        "Humanitarian Affairs Officer": VacancyState.OPEN,
        "Legal Officer (Residual Functions)": VacancyState.DRAFT,
    }


async def test_a_page_confirms_no_employer_by_its_own_word(watch: Watch) -> None:
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    page = await watch.begin("/jobs", publishes=True)
    await watch.look(page)
    (draft,) = await vacancies(watch.union)
    assert (draft.state, draft.source_status) == (VacancyState.DRAFT, "unverified")


async def test_what_vanished_is_flagged_and_not_closed_and_may_come_back(watch: Watch) -> None:
    await watch.confirm(HOST)
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    page = await watch.begin("/jobs", publishes=True)
    await watch.look(page)
    watch.site.serve("/jobs", b"<p>No jobs today", content_type=HTML)
    assert "shown no more: 1" in await watch.look(page)
    assert await missing(watch, page) == ["Humanitarian Affairs Officer"]
    (vacancy,) = await vacancies(watch.union)
    assert vacancy.state == VacancyState.OPEN
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    await watch.look(page)
    assert await missing(watch, page) == []


async def test_a_later_date_on_the_page_extends_and_one_that_has_passed_is_refused(watch: Watch) -> None:
    await watch.confirm(HOST)
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    page = await watch.begin("/jobs", publishes=True)
    await watch.look(page)
    later = posting("V-01", validThrough="2027-02-01T23:59:00+03:00")
    watch.site.serve("/jobs", page_with(later, posting("V-04")), content_type=HTML)
    outcome = await watch.look(page)
    assert "changed: 1" in outcome
    assert "refused: 1" in outcome
    (vacancy,) = await vacancies(watch.union)
    assert vacancy.state == VacancyState.EXTENDED
    items = await watch.union.world.db.read(list_items, page)
    faults = [fault_of(each) for each in items if each.fault]
    assert faults == ["The closing date has passed."]


async def test_what_editors_changed_or_threw_away_stays_so_while_the_page_is_as_it_was(watch: Watch) -> None:
    other = posting("V-02", url=f"{HOME}/2")
    watch.site.serve("/jobs", page_with(posting("V-01"), other), content_type=HTML)
    page = await watch.begin("/jobs")
    await watch.look(page)
    first, second = await vacancies(watch.union)

    def edit(session: Session) -> None:
        from dataclasses import replace

        own = session.get_one(Vacancy, first.id)
        change_notice(session, own, replace(notice_of(own), title="Our words"), by="editor")
        end_vacancy(session, session.get_one(Vacancy, second.id), VacancyState.WITHDRAWN, by="editor")

    await watch.union.world.db.write(edit)
    assert "as before: 2" in await watch.look(page)
    assert [each.title for each in await vacancies(watch.union)] == ["Our words"]


async def test_a_page_that_did_not_change_is_asked_for_by_its_version(watch: Watch) -> None:
    headers = {"etag": '"v1"', "last-modified": "Mon, 30 Nov 2026 00:00:00 GMT"}
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML, headers=headers)
    page = await watch.begin("/jobs")
    await watch.look(page)
    watch.site.serve("/jobs", b"", status=304)
    assert await watch.look(page) == "Nothing has changed there since it was read."
    sent = watch.asked("/jobs")[-1].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"v1"', headers["last-modified"])
    assert await missing(watch, page) == []
    assert (await watch.page(page)).failures == 0
    await watch.look(page)
    assert watch.asked("/jobs")[-1].headers["If-None-Match"] == '"v1"'


async def test_a_failing_page_is_asked_later_each_time_and_when_it_says(watch: Watch) -> None:
    watch.site.serve("/jobs", status=500)
    page = await watch.begin("/jobs", every=15)
    waits = []
    for _ in range(9):
        assert "could not be read" in await watch.look(page)
        row = await watch.page(page)
        waits.append(row.next_look_at - watch.clock.now())
    assert waits[0] >= timedelta(minutes=30)
    assert waits[3] >= timedelta(minutes=240)
    assert waits[-1] == timedelta(days=1)
    watch.site.serve("/jobs", status=503, headers={"retry-after": "86400"})
    await watch.look(page)
    assert (await watch.page(page)).next_look_at - watch.clock.now() == timedelta(days=1)
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    await watch.look(page)
    row = await watch.page(page)
    assert row.failures == 0
    assert timedelta(minutes=15) <= row.next_look_at - watch.clock.now() < timedelta(minutes=17)


async def test_it_is_looked_at_by_the_schedule_and_not_before_its_time(watch: Watch) -> None:
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    page = await watch.begin("/jobs", every=60)
    await look(watch.union.world, page)
    await look(watch.union.world, page)
    assert len(watch.asked("/jobs")) == 1
    watch.clock.advance(hours=2)
    await look(watch.union.world, page)
    assert len(watch.asked("/jobs")) == 2


async def test_of_a_feed_the_page_of_each_item_is_read_once_until_it_changes(watch: Watch) -> None:
    watch.site.serve("/feed", feed("/1", "/2"), content_type="application/rss+xml")
    watch.site.serve("/1", page_with(posting("V-01", url=f"{HOME}/1")), content_type=HTML)
    watch.site.serve("/2", b"<p>Closed", content_type=HTML)
    page = await watch.begin("/feed", kind="feed")
    outcome = await watch.look(page)
    assert outcome.startswith("New: 1,")
    assert "refused: 1" in outcome
    await watch.look(page)
    assert [len(watch.asked(path)) for path in ("/1", "/2")] == [1, 1]
    watch.site.serve("/1", page_with(posting("V-01", url=f"{HOME}/1", title="Other")), content_type=HTML)
    watch.site.serve("/feed", feed("/1", "/2", stamp="1 Dec 2026"), content_type="application/rss+xml")
    assert "changed: 1" in await watch.look(page)
    (draft,) = await vacancies(watch.union)
    assert draft.title == "Other"


async def test_what_a_feed_lists_no_more_is_asked_of_its_own_page(watch: Watch) -> None:
    watch.site.serve("/feed", feed("/1", "/2"), content_type="application/rss+xml")
    for path, sample in (("/1", "V-01"), ("/2", "V-02")):
        watch.site.serve(path, page_with(posting(sample, url=HOME + path)), content_type=HTML)
    page = await watch.begin("/feed", kind="feed")
    await watch.look(page)
    watch.site.serve("/feed", feed(), content_type="application/rss+xml")
    watch.clock.advance(days=1)
    del watch.site.answers["/2"]
    assert "shown no more: 1" in await watch.look(page)
    assert await missing(watch, page) == ["Legal Officer (Residual Functions)"]


async def test_no_more_than_so_many_pages_of_a_feed_are_fetched_in_one_look(watch: Watch) -> None:
    paths = [f"/{number}" for number in range(MOST_PAGES_AT_ONCE + 5)]
    watch.site.serve("/feed", feed(*paths), content_type="application/rss+xml")
    page = await watch.begin("/feed", kind="feed")
    await watch.look(page)
    assert len(watch.pages_asked()) == 1 + MOST_PAGES_AT_ONCE
    await watch.look(page)
    assert all(len(watch.asked(path)) >= 1 for path in paths)


async def test_a_feed_of_ours_is_read_without_any_other_page(watch: Watch) -> None:
    item = {"url": f"{HOME}/1", "title": "x", "_job_posting": {"posting": posting("V-01")}}
    document = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    watch.site.serve("/feed", document, content_type="application/feed+json")
    page = await watch.begin("/feed", kind="feed")
    assert (await watch.look(page)).startswith("New: 1,")
    assert len(watch.pages_asked()) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"validThrough": {"a": []}, "title": ["x"] * 50},
        {"hiringOrganization": [[[]]], "jobLocation": 5, "baseSalary": "much"},
        {"validThrough": "2999-01-01"},
        {"validThrough": None},
        {"url": "javascript:alert(1)"},
    ],
    ids=["types", "more-types", "far", "never", "script"],
)
async def test_hostile_postings_are_refused_with_a_reason(watch: Watch, changed: dict[str, Any]) -> None:
    watch.site.serve("/jobs", page_with(posting("V-01", **changed)), content_type=HTML)
    page = await watch.begin("/jobs", publishes=True)
    assert "refused: 1" in await watch.look(page)
    assert await vacancies(watch.union) == []
    (item,) = await watch.union.world.db.read(list_items, page)
    assert item.fault


async def test_F27_a_page_beyond_the_limit_is_not_read(watch: Watch) -> None:
    watch.site.serve("/jobs", b" " * (MAX_BYTES + 1), content_type=HTML)
    assert "could not be read" in await watch.look(await watch.begin("/jobs"))


async def test_F06_a_page_that_leads_round_in_circles_is_given_up(watch: Watch) -> None:
    watch.site.redirect("/jobs", f"{HOME}/jobs")
    assert "could not be read" in await watch.look(await watch.begin("/jobs"))
    assert len(watch.pages_asked()) == 4


@pytest.mark.parametrize(
    ("path", "kind", "every", "field"),
    [("/jobs", "web", 60, "kind"), ("/jobs", "page", 14, "every"), (":99999/", "page", 60, "url")],
    ids=["kind", "often", "address"],
)
async def test_what_cannot_be_watched_is_refused(
    watch: Watch, path: str, kind: str, every: int, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await watch.begin(path, kind=kind, every=every)
    assert refused.value.field == field


async def test_only_boards_watch(watch: Watch) -> None:
    watch.board = await watch.union.member("ana")
    with pytest.raises(NotAllowed):
        await watch.begin("/jobs")


async def test_to_watch_a_page_again_changes_its_settings(watch: Watch) -> None:
    first = await watch.begin("/jobs")
    assert await watch.begin("/jobs", publishes=True, every=120) == first
    row = await watch.page(first)
    assert (row.publishes, row.every_minutes) == (True, 120)


async def test_what_is_watched_is_looked_at_in_the_background(watch: Watch) -> None:
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    await watch.begin("/jobs", every=60)
    await settle(watch.union)
    assert len(await vacancies(watch.union)) == 1
    watch.clock.advance(hours=2)
    await watch.union.world.db.write(enqueue_due)
    await settle(watch.union)
    assert len(watch.asked("/jobs")) == 2
