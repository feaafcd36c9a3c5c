"""A vacancy of ours from its draft to its tombstone: who is told what, and how often."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.union.vacancies.models import VacancyState
from fediunion.union.vacancies.service import change_notice, end_vacancy
from fediunion.union.vacancies.service.rows import notice_of
from tests.fakes.stranger import StrangeActor
from tests.union.vacancies.conftest import Halls, change, publish, vacancies
from tests.union.vacancies.samples import notice


def told(reader: StrangeActor, kind: str) -> list[dict[str, Any]]:
    """Return what a stranger's server got of one kind of activity."""
    return [each.activity for each in reader.server.received if each.activity["type"] == kind]


async def test_J1_a_vacancy_reaches_mastodon_and_closes(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    (create,) = told(reader, "Create")
    note = create["object"]
    assert note["type"] == "Note"
    assert "name" not in note
    assert "summary" not in note
    assert "P-3" in note["content"]
    assert "Nairobi" in note["content"]
    assert "8 January 2027, 23:59" in note["content"]
    assert note["endTime"] == "2027-01-08T20:59:00Z"
    assert note["url"] == f"https://ictysu.example/vacancies/{vacancy.slug}"
    assert note["attachment"][0]["href"] == note["url"]
    closes = datetime.fromisoformat(note["vacancy"]["sc:validThrough"])
    assert closes == datetime.fromisoformat("2027-01-08T23:59:00+03:00")
    assert closes.utcoffset() == timedelta(hours=3)
    assert {tag["name"] for tag in note["tag"]} >= {"#UnionJobs", "#P3", "#Nairobi"}

    await halls.pass_until("2027-01-08T20:58:59Z")
    assert told(reader, "Update") == []
    await halls.pass_until("2027-01-08T20:59:00Z")
    (update,) = told(reader, "Update")
    assert _text(update["object"]).startswith("[Closed]")
    assert update["object"]["updated"] == "2027-01-08T20:59:00Z"
    assert update["object"]["vacancy"]["fu:status"] == "closed"

    await halls.pass_until("2027-02-07T20:58:59Z")
    assert told(reader, "Delete") == []
    await halls.pass_until("2027-02-07T20:59:00Z")
    (delete,) = told(reader, "Delete")
    assert delete["object"] == {"id": note["id"], "type": "Tombstone", "formerType": "Note"}
    assert len(told(reader, "Update")) == 1
    (left,) = await vacancies(halls.ictysu)
    assert (left.state, left.posting, left.words) == (VacancyState.REMOVED, {}, "")


async def test_the_words_of_a_post_are_in_the_language_of_the_notice(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    await publish(halls.ictysu, notice("V-05", inLanguage="fr", jobLocation=None))
    await halls.settle()
    (create,) = told(reader, "Create")
    assert "À domicile" in create["object"]["content"]
    assert "Candidatures jusqu’au" in create["object"]["content"]
    assert create["object"]["contentMap"].keys() == {"fr"}


async def test_I8_closing_tells_exactly_those_who_got_it(halls: Halls) -> None:
    early = await halls.follower("early.example")
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    late = await halls.follower("late.example")
    await halls.pass_until("2027-02-07T20:59:00Z")
    assert [len(told(early, kind)) for kind in ("Create", "Update", "Delete")] == [1, 1, 1]
    assert late.server.received == []


async def test_I8_who_was_down_at_first_is_told_all_of_it_in_order(halls: Halls) -> None:
    reader = await halls.follower("down.example")
    reader.server.answer = 503
    await publish(
        halls.ictysu, notice("V-01", validThrough="2026-12-01T15:00:00+03:00", datePosted="2026-11-30")
    )
    await halls.settle()
    reader.server.received.clear()
    reader.server.answer = 202
    for _ in range(12):
        halls.clock.advance(hours=1)
        await halls.settle()
    assert [each.activity["type"] for each in reader.server.received] == ["Create", "Update"]


async def test_a_later_closing_date_extends_and_the_earlier_one_closes_nothing(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    later = replace(notice("V-01"), closes_at=datetime.fromisoformat("2027-01-15T20:59:00+00:00"))
    await change(halls.ictysu, vacancy, change_notice, later, by="tests")
    await halls.pass_until("2027-01-10T00:00:00Z")
    (found,) = await vacancies(halls.ictysu)
    assert found.state == VacancyState.EXTENDED
    (update,) = told(reader, "Update")
    assert "15 January 2027" in update["object"]["content"]
    await halls.pass_until("2027-01-15T20:59:00Z")
    assert len(told(reader, "Update")) == 2


@pytest.mark.parametrize(("state", "mark"), [("filled", "[Filled]"), ("withdrawn", "[Withdrawn]")])
async def test_a_vacancy_can_end_before_its_time_and_only_once(halls: Halls, state: str, mark: str) -> None:
    reader = await halls.follower("mastodon.example")
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await change(halls.ictysu, vacancy, end_vacancy, VacancyState(state), by="tests")
    await halls.settle()
    (update,) = told(reader, "Update")
    assert _text(update["object"]).startswith(mark)
    with pytest.raises(NotAllowed):
        await change(halls.ictysu, vacancy, end_vacancy, VacancyState.CLOSED, by="tests")
    await halls.pass_until("2027-01-08T20:59:00Z")
    assert len(told(reader, "Update")) == 1


async def test_what_is_not_on_the_employers_own_site_is_open_here_and_sent_to_nobody(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    vacancy = await publish(halls.ictysu, notice("V-01"), official=False)
    await halls.settle()
    assert reader.server.received == []
    assert (vacancy.state, vacancy.source_status, vacancy.flags) == (
        VacancyState.OPEN,
        "unverified",
        ["source-domain"],
    )
    assert vacancy.post_id is None


async def test_what_was_told_as_verified_is_not_switched_to_an_address_that_is_not(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    vacancy = await publish(halls.ictysu, notice("V-01"))
    elsewhere = replace(notice_of(vacancy), source_url="https://careers-rco.evil.example/apply")
    with pytest.raises(Invalid, match="keep one") as refused:
        await change(halls.ictysu, vacancy, change_notice, elsewhere, by="editor")
    await halls.settle()
    assert (refused.value.field, told(reader, "Update")) == ("source_url", [])


async def test_J3_words_of_a_fraud_stop_publishing_and_are_named(halls: Halls) -> None:
    fraud = notice("V-SCAM", validThrough="2027-06-30T23:59:00Z")
    with pytest.raises(Invalid, match="visa processing fee") as refused:
        await publish(halls.ictysu, fraud)
    assert refused.value.reason == "fee-scam"
    assert await vacancies(halls.ictysu) == []


async def test_a_vacancy_that_closed_already_cannot_be_published(halls: Halls) -> None:
    with pytest.raises(Invalid, match="past") as refused:
        await publish(halls.ictysu, notice("V-04"))
    assert refused.value.field == "validThrough"


async def test_what_is_stored_says_the_same_again(halls: Halls) -> None:
    for sample in ("V-01", "V-02", "V-05", "V-06"):
        vacancy = await publish(halls.ictysu, notice(sample))
        assert notice_of(vacancy) == notice(sample)


async def test_the_post_of_a_vacancy_is_changed_through_the_vacancy_alone(halls: Halls) -> None:
    from fediunion.actors.models import Actor
    from fediunion.social.posts.models import Post
    from fediunion.social.posts.service.publishing import edit_post

    vacancy = await publish(halls.ictysu, notice("V-01"))

    def work(session: Any) -> None:
        post = session.get_one(Post, vacancy.post_id)
        board = session.get_one(Actor, post.author_id)
        edit_post(session, board, post, text="other", content_warning="", sensitive=False, language=None)

    with pytest.raises(NotAllowed):
        await halls.ictysu.world.db.write(work)


def _text(note: dict[str, Any]) -> str:
    from fediunion.kit.html import html_to_text

    return html_to_text(note["content"])
