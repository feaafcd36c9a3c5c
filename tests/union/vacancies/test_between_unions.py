"""Vacancies that come from elsewhere: from whom they are taken, merged, hidden, forgotten."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.kit.json import JsonObject
from fediunion.outbox.publish import Recipients
from fediunion.outbox.publish import publish as send
from fediunion.social.posts.documents import update_document
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.union.affiliation.service import offers
from fediunion.union.vacancies.documents import posting_document
from fediunion.union.vacancies.models import VacancyState
from fediunion.union.vacancies.posting import posting_of
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import settle
from tests.union.vacancies.conftest import Halls, publish, vacancies
from tests.union.vacancies.samples import notice, posting


async def test_a_vacancy_appears_in_the_hall_of_an_affiliated_union_though_nobody_follows_its_board(
    halls: Halls,
) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    ours = await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    (theirs,) = await vacancies(halls.nairobi)
    assert (theirs.title, theirs.state, theirs.local) == (ours.title, VacancyState.OPEN, False)
    assert (theirs.closes_at, theirs.closes_zone) == (ours.closes_at, ours.closes_zone)
    assert theirs.source_status == "verified"
    await halls.pass_until("2027-01-08T20:59:00Z")
    (theirs,) = await vacancies(halls.nairobi)
    assert theirs.state == VacancyState.CLOSED
    await halls.pass_until("2027-02-07T20:59:00Z")
    (theirs,) = await vacancies(halls.nairobi)
    assert theirs.state == VacancyState.REMOVED


async def test_what_was_open_before_the_relation_is_told_when_it_begins(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    halls.clock.advance(days=3)
    reader.server.received.clear()
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await halls.settle()
    (theirs,) = await vacancies(halls.nairobi)
    assert theirs.state == VacancyState.OPEN
    assert reader.server.received == []
    await halls.pass_until("2027-01-08T20:59:00Z")
    (theirs,) = await vacancies(halls.nairobi)
    assert theirs.state == VacancyState.CLOSED


async def test_from_a_union_without_a_relation_a_vacancy_is_a_post(halls: Halls) -> None:
    await halls.nairobi.member("ana")
    await halls.nairobi.follow("ana", "jobs@ictysu.example")
    await halls.settle()
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    assert await vacancies(halls.nairobi) == []
    (text,) = await halls.nairobi.home("ana")
    assert "Humanitarian Affairs Officer" in text


async def test_what_a_union_told_is_forgotten_when_the_relation_ends(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    await bonds.decide(halls.nairobi, "ictysu.example", offers.end_affiliation)
    await halls.settle()
    (theirs,) = await vacancies(halls.nairobi)
    assert theirs.state == VacancyState.REMOVED


async def test_what_was_forgotten_is_told_again_when_the_relation_is_resumed(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    for decision, state in (
        (offers.suspend_affiliation, VacancyState.REMOVED),
        (offers.resume_affiliation, VacancyState.OPEN),
    ):
        halls.clock.advance(minutes=1)
        await bonds.decide(halls.nairobi, "ictysu.example", decision)
        await halls.settle()
        assert (await vacancies(halls.nairobi))[-1].state == state


async def test_a_vacancy_known_as_a_post_is_one_when_its_union_may_share_vacancies(halls: Halls) -> None:
    await halls.nairobi.member("ana")
    await halls.nairobi.follow("ana", "jobs@ictysu.example")
    await halls.settle()
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    assert await vacancies(halls.nairobi) == []
    halls.clock.advance(minutes=1)
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await halls.settle()
    (theirs,) = await vacancies(halls.nairobi)
    assert (theirs.title, theirs.state) == ("Humanitarian Affairs Officer", VacancyState.OPEN)


async def test_a_vacancy_that_comes_before_the_relation_is_in_force_here_is_looked_at_again(
    halls: Halls,
) -> None:
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await halls.settle()

    def tell_early(session: Session) -> None:
        board, post = get_actor(session, vacancy.board_id), find_post(session, vacancy.post_id or 0)
        assert post is not None
        update = update_document(render(session, author_view(session, post)), board)
        send(session, board, update, Recipients(inboxes=("https://nairobisu.example/inbox",)), public=True)

    await halls.ictysu.world.db.write(tell_early)
    await halls.settle()
    assert await vacancies(halls.nairobi) == []
    await bonds.offer(halls.ictysu, "nairobisu.example")
    await halls.settle()
    await bonds.decide(halls.nairobi, "ictysu.example", offers.accept_offer)
    await settle(halls.nairobi)
    (theirs,) = await vacancies(halls.nairobi)
    assert theirs.title == vacancy.title


async def test_two_notices_of_one_job_are_one_vacancy_and_the_later_verified_date_wins(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example", "jobs@nairobisu.example")
    await publish(halls.nairobi, notice("V-08"))
    await halls.settle()
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await publish(halls.ictysu, notice("V-08b", url="https://vacancies.gtsu.example/jpo/014"))
    await halls.settle()
    (merged,) = await vacancies(halls.nairobi)
    assert merged.local
    assert merged.state == VacancyState.EXTENDED
    assert merged.closes_at == notice("V-08b").closes_at
    updates = [each.activity for each in reader.server.received if each.activity["type"] == "Update"]
    assert len(updates) == 1
    assert "20 December 2026" in updates[0]["object"]["content"]


async def test_an_earlier_or_an_unverified_date_changes_nothing(halls: Halls) -> None:
    await publish(halls.nairobi, notice("V-08b"))
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await publish(halls.ictysu, notice("V-08"))
    await halls.settle()
    (merged,) = await vacancies(halls.nairobi)
    assert (merged.state, merged.closes_at) == (VacancyState.OPEN, notice("V-08b").closes_at)


async def test_J3_a_fake_vacancy_is_kept_hidden_with_both_reasons(halls: Halls) -> None:
    hostile = await Stranger(halls.internet, "freejobs.example", clock=halls.clock).start()
    jobs = hostile.add_actor("jobs", type="Service")
    note = _note(jobs, posting("V-SCAM"))
    answer = await jobs.post("https://ictysu.example/inbox", jobs.create(note))
    assert answer.status == 202
    await halls.settle()
    (kept,) = await vacancies(halls.ictysu)
    assert (kept.hidden, kept.source_status) == (True, "unverified")
    assert kept.flags == ["fee-scam", "source-domain"]


async def test_J3_a_flood_of_fakes_from_one_server_is_bounded(
    halls: Halls, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fediunion.union.vacancies.service import remote

    monkeypatch.setattr(remote, "MOST_SUSPECTS_OF_A_HOST", 3)
    hostile = await Stranger(halls.internet, "freejobs.example", clock=halls.clock).start()
    jobs = hostile.add_actor("jobs", type="Service")
    for number in range(5):
        identifier = {"@type": "PropertyValue", "value": str(number)}
        note = _note(jobs, posting("V-SCAM", identifier=identifier))
        await jobs.post("https://ictysu.example/inbox", jobs.create(note))
    await halls.settle()
    assert len(await vacancies(halls.ictysu)) == 3


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"validThrough": None}, "no closing date"),
        ({"validThrough": "soon"}, "no date"),
        ({"validThrough": "2020-01-01T00:00:00Z"}, "in the past"),
        ({"baseSalary": {"currency": "XXQ", "value": 5}}, "no currency"),
        ({"jobLocation": {"address": {"addressCountry": "QZ"}}}, "no country"),
        ({"fu:closingZone": "Mars/Olympus", "validThrough": "2027-01-01"}, "no zone"),
        ({"title": {"a": 1}}, "no title"),
        ({"hiringOrganization": 7}, "no employer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_a_peer_sends_wrong_is_refused_with_a_counted_reason(
    halls: Halls, changed: dict[str, Any], what: str
) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    peer = await _board_at_peer(halls)
    note = _note(peer, posting("V-01", **changed))
    answer = await peer.post("https://nairobisu.example/inbox", peer.create(note))
    assert answer.status == 202
    await halls.settle()
    assert await vacancies(halls.nairobi) == []
    outcome = await halls.nairobi.world.db.read(_last_outcome)
    assert outcome.startswith(("refused:", "done, in part refused:")), (what, outcome)


def _last_outcome(session: Any) -> str:
    from sqlalchemy import select

    from fediunion.inbox.models import InboxActivity

    newest = select(InboxActivity.outcome).where(InboxActivity.activity_type == "Create")
    outcome: str = session.scalars(newest.order_by(InboxActivity.id.desc()).limit(1)).one()
    return outcome


async def _board_at_peer(halls: Halls) -> StrangeActor:
    """Return an actor of a stranger whose server our union trusts as the other union's."""
    from fediunion.union.affiliation.models import TrustedPeer

    server = await Stranger(halls.internet, "peer.example", clock=halls.clock).start()
    board = server.add_actor("jobs", type="Service")

    def trust(session: Any) -> None:
        row = session.query(TrustedPeer).first()
        assert row is not None
        row.host = "peer.example"

    await halls.nairobi.world.db.write(trust)
    return board


def _note(board: StrangeActor, member: JsonObject) -> JsonObject:
    return board.note(f"<strong>{member.get('title')}</strong>", vacancy=member)


def test_the_wire_form_reads_back_as_the_same_notice() -> None:
    from fediunion.union.vacancies.posting import plain_terms
    from fediunion.union.vacancies.reading import read_wire_notice

    for sample in ("V-01", "V-02", "V-03", "V-05", "V-06", "V-09", "V-10"):
        told = notice(sample)
        wire = posting_document(told, VacancyState.OPEN, id="https://union.example/x#posting")
        assert read_wire_notice(plain_terms(wire), page="", published=None) == told
        assert posting_of(told)["@type"] == "JobPosting"
