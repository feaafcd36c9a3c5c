"""Unions that may share vacancies and abuse it: they can change their own notices, and no others."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.service.employers import confirm_employer, find_employer
from tests.fakes.stranger import Stranger
from tests.union.vacancies.conftest import Halls, publish, vacancies
from tests.union.vacancies.peers import (
    EMPLOYER,
    INBOX,
    OFFICIAL,
    ask,
    board_of,
    own,
    sources,
    tell,
    tell_again,
)
from tests.union.vacancies.samples import notice, posting


async def test_A05_anothers_vacancy_is_not_put_off_by_who_vouches_for_its_own_page(
    halls: Halls,
) -> None:
    good, evil = await board_of(halls, "good.example"), await board_of(halls, "evil.example")
    await tell(halls, good, posting("V-01"))
    await tell(halls, evil, own("evil.example", validThrough="2029-01-01T00:00:00Z"))
    (one,) = await vacancies(halls.nairobi)
    assert (one.closes_at, one.state) == (notice("V-01").closes_at, VacancyState.OPEN)
    assert one.source_url == notice("V-01").source_url
    await halls.pass_until("2027-01-08T20:59:00Z")
    (one,) = await vacancies(halls.nairobi)
    assert one.state == VacancyState.CLOSED


async def test_A05_our_own_vacancy_is_not_put_off_by_who_vouches_for_its_own_page(halls: Halls) -> None:
    evil = await board_of(halls, "evil.example")
    reader = await halls.follower("mastodon.example", "jobs@nairobisu.example")
    await publish(halls.nairobi, notice("V-01"), official=True)
    await halls.settle()
    reader.server.received.clear()
    await tell(halls, evil, own("evil.example", validThrough="2027-06-01T00:00:00Z"))
    (one,) = await vacancies(halls.nairobi)
    assert (one.local, one.closes_at) == (True, notice("V-01").closes_at)
    assert reader.server.received == []


async def test_A05_who_ends_its_notice_ends_no_other(halls: Halls) -> None:
    good, evil = await board_of(halls, "good.example"), await board_of(halls, "evil.example")
    await tell(halls, good, posting("V-01"))
    note = await tell(halls, evil, posting("V-01"))
    await tell_again(halls, evil, note, posting("V-01", **{"fu:status": "withdrawn"}))
    (one,) = await vacancies(halls.nairobi)
    assert one.state == VacancyState.OPEN


async def test_A05_a_notice_that_becomes_another_job_leaves_the_vacancy_that_it_joined(halls: Halls) -> None:
    good, evil = await board_of(halls, "good.example"), await board_of(halls, "evil.example")
    await tell(halls, good, posting("V-01"))
    note = await tell(halls, evil, posting("V-01"))
    assert len(set((await sources(halls)).values())) == 1
    other = posting("V-01", title="Other job", identifier={"@type": "PropertyValue", "value": "X-9"})
    await tell_again(halls, evil, note, other)
    assert len(set((await sources(halls)).values())) == 2
    first, second = await vacancies(halls.nairobi)
    assert (first.title, second.title) == (notice("V-01").title, "Other job")


async def test_A05_the_first_notice_of_a_job_takes_nobody_along_who_joined_it(halls: Halls) -> None:
    evil, good = await board_of(halls, "evil.example"), await board_of(halls, "good.example")
    note = await tell(halls, evil, own("evil.example"))
    await tell(halls, good, posting("V-01"))
    await tell_again(halls, evil, note, posting("V-SCAM", validThrough="2027-06-30T23:59:00Z"))
    found = {each.title: each for each in await vacancies(halls.nairobi)}
    real = found.pop(notice("V-01").title)
    (fake,) = found.values()
    assert (real.hidden, real.source_url, real.source_status) == (
        False,
        notice("V-01").source_url,
        "verified",
    )
    assert fake.hidden
    assert await sources(halls) == {"good.example": real.id, "evil.example": fake.id}


async def test_A05_with_the_first_notice_its_words_go(halls: Halls) -> None:
    evil, good = await board_of(halls, "evil.example"), await board_of(halls, "good.example")
    note = await tell(halls, evil, own("evil.example", title="Apply at once"))
    await tell(halls, good, posting("V-01"))
    delete = evil.activity("Delete", {"id": note["id"], "type": "Tombstone"}, to=note["to"])
    await evil.post(INBOX, delete)
    await halls.settle()
    (one,) = await vacancies(halls.nairobi)
    assert (one.title, one.source_url) == (notice("V-01").title, notice("V-01").source_url)
    assert one.post_id is not None


async def test_A01_only_the_board_itself_changes_or_deletes_its_notice(halls: Halls) -> None:
    good, evil = await board_of(halls, "good.example"), await board_of(halls, "evil.example")
    other = good.server.add_actor("other", type="Service")
    note = await tell(halls, good, posting("V-01"))
    for attacker in (other, evil):
        changed = note | {"updated": "2026-12-01T10:00:00Z", "vacancy": posting("V-01", title="Stolen")}
        await attacker.post(INBOX, attacker.activity("Update", changed, to=note["to"]))
        await attacker.post(INBOX, attacker.activity("Delete", note["id"], to=note["to"]))
        await attacker.post(INBOX, attacker.activity("Undo", note["id"], to=note["to"]))
    await halls.settle()
    (one,) = await vacancies(halls.nairobi)
    assert (one.title, one.state) == (notice("V-01").title, VacancyState.OPEN)


async def test_A09_a_vacancy_in_somebody_elses_name_is_nobodys(halls: Halls) -> None:
    good, evil = await board_of(halls, "good.example"), await board_of(halls, "evil.example")
    forged = evil.note("x", vacancy=own("evil.example"), attributedTo=good.uri)
    await evil.post(INBOX, evil.create(forged))
    elsewhere = evil.note("x", vacancy=own("evil.example"), id="https://good.example/users/jobs/statuses/77")
    await evil.post(INBOX, evil.create(elsewhere))
    await halls.settle()
    assert await vacancies(halls.nairobi) == []


async def test_A13_an_announce_brings_no_vacancy_that_its_board_does_not_serve(halls: Halls) -> None:
    good, evil = await board_of(halls, "good.example"), await board_of(halls, "evil.example")
    await halls.nairobi.member("ana")
    await halls.nairobi.follow("ana", "jobs@evil.example")
    await halls.settle()
    note = good.note("x", vacancy=posting("V-01"))
    forged = note | {"vacancy": own("evil.example", title="Forged")}
    await evil.post(INBOX, evil.activity("Announce", forged, to=note["to"]))
    await halls.settle()
    assert [each.title for each in await vacancies(halls.nairobi)] in ([], [notice("V-01").title])


async def test_one_peers_word_neither_verifies_our_notices_nor_takes_that_of_another(halls: Halls) -> None:
    good, evil = await board_of(halls, "good.example"), await board_of(halls, "evil.example")
    await tell(halls, good, posting("V-01"))
    await tell(
        halls,
        evil,
        own("evil.example", identifier={"@type": "PropertyValue", "value": "X-1"}, title="Other"),
    )
    ours = await publish(
        halls.nairobi, notice("V-01", url="https://evil.example/apply", identifier=None), official=False
    )
    assert (ours.source_status, ours.post_id) == ("unverified", None)


async def test_an_officers_word_stands_before_every_peers(halls: Halls) -> None:
    evil = await board_of(halls, "evil.example")

    def confirm(session: Session) -> None:
        confirm_employer(session, EMPLOYER, OFFICIAL, by="officer")

    await halls.nairobi.world.db.write(confirm)
    await tell(halls, evil, own("evil.example"))
    (one,) = await vacancies(halls.nairobi)
    assert one.source_status == "unverified"

    def domains(session: Session) -> list[Any]:
        employer = find_employer(session, EMPLOYER)
        assert employer is not None
        return employer.domains

    assert await ask(halls, domains) == list(OFFICIAL)


async def test_an_officers_word_corrects_what_a_peer_vouched_for_before(halls: Halls) -> None:
    from fediunion.union.vacancies.service.verifying import verify_employer

    evil, good = await board_of(halls, "evil.example"), await board_of(halls, "good.example")
    await tell(halls, evil, own("evil.example", identifier=None, title="Fake"))
    await tell(halls, good, posting("V-01", url=f"https://{OFFICIAL[0]}/x"))

    def confirm(session: Session) -> None:
        verify_employer(session, EMPLOYER, OFFICIAL, by="officer")

    await halls.nairobi.world.db.write(confirm)
    found = {each.title: each.source_status for each in await vacancies(halls.nairobi)}
    assert found == {"Fake": "unverified", notice("V-01").title: "verified"}


async def test_what_is_for_the_network_is_no_notice_of_a_public_vacancy(halls: Halls) -> None:
    good, close = await board_of(halls, "good.example"), await board_of(halls, "close.example")

    def share(session: Session) -> None:
        from fediunion.actors.models import Instance
        from fediunion.actors.service.remote import ensure_instance

        ensure_instance(session, "close.example")
        session.flush()
        row = session.scalars(select(Instance).where(Instance.host == "close.example")).one()
        row.network_uri = "https://close.example/users/union/network"

    await halls.nairobi.world.db.write(share)
    await tell(halls, good, posting("V-01"))
    network = ["https://close.example/users/union/network"]
    await tell(halls, close, posting("V-01", title="For the network"), to=network, cc=network)
    found = {each.title: each.audience for each in await vacancies(halls.nairobi)}
    assert found == {notice("V-01").title: "public", "For the network": "network"}


async def test_A06_a_vacancy_that_its_board_narrows_is_shown_to_fewer_and_never_to_more(halls: Halls) -> None:
    good = await board_of(halls, "good.example")
    note = await tell(halls, good, posting("V-01"))
    await tell_again(halls, good, note, posting("V-01"), to=[good.followers], cc=[good.followers])
    (one,) = await vacancies(halls.nairobi)
    assert one.audience == "followers"
    await tell_again(halls, good, note, posting("V-01"))
    (one,) = await vacancies(halls.nairobi)
    assert one.audience == "followers"


async def test_a_note_that_tells_of_its_vacancy_no_more_takes_it_back(halls: Halls) -> None:
    good = await board_of(halls, "good.example")
    note = await tell(halls, good, posting("V-01"))
    await tell_again(halls, good, note, None)
    (one,) = await vacancies(halls.nairobi)
    assert one.state == VacancyState.REMOVED


async def test_a_vacancy_that_closed_by_the_clock_is_open_again_when_its_board_puts_it_off(
    halls: Halls,
) -> None:
    good = await board_of(halls, "good.example")
    note = await tell(halls, good, posting("V-01"))
    await halls.pass_until("2027-01-08T20:59:00Z")
    later = posting("V-01", validThrough="2027-02-01T23:59:00+03:00")
    await tell_again(halls, good, note, later)
    (one,) = await vacancies(halls.nairobi)
    assert (one.state, one.ended_at) == (VacancyState.EXTENDED, None)
    await halls.pass_until("2027-02-01T20:59:00Z")
    (one,) = await vacancies(halls.nairobi)
    assert one.state == VacancyState.CLOSED
    await halls.pass_until("2027-02-10T00:00:00Z")
    (one,) = await vacancies(halls.nairobi)
    assert one.state == VacancyState.CLOSED


async def test_J3_a_hidden_notice_of_a_stranger_comes_out_by_no_change_of_words(halls: Halls) -> None:
    await halls.nairobi.member("ana")
    server = await Stranger(halls.internet, "freejobs.example", clock=halls.clock).start()
    jobs = server.add_actor("jobs", type="Service")
    await halls.nairobi.follow("ana", "jobs@freejobs.example")
    await halls.settle()
    note = await tell(halls, jobs, posting("V-SCAM", validThrough="2027-06-30T23:59:00Z"))
    await tell_again(halls, jobs, note, posting("V-01"))
    (one,) = await vacancies(halls.nairobi)
    assert one.hidden
    assert "fee-scam" in one.flags


async def test_J3_what_a_moderator_cleared_is_what_it_said_then(halls: Halls) -> None:
    from fediunion.union.vacancies.service.remote import clear_of_doubt

    evil = await board_of(halls, "evil.example")
    scam = posting("V-SCAM", validThrough="2027-06-30T23:59:00Z")
    note = await tell(halls, evil, scam)

    def clear(session: Session) -> None:
        clear_of_doubt(session, session.scalars(select(Vacancy)).one())

    await halls.nairobi.world.db.write(clear)
    later = scam | {"validThrough": "2027-07-30T23:59:00Z"}
    await tell_again(halls, evil, note, later)
    (one,) = await vacancies(halls.nairobi)
    assert not one.hidden
    worse = later | {"description": f"{scam['description']} Send it to our agent."}
    await tell_again(halls, evil, note, worse)
    (one,) = await vacancies(halls.nairobi)
    assert one.hidden


async def test_V11_no_subscriber_hears_of_a_vacancy_that_is_not_for_all_here(halls: Halls) -> None:
    from fediunion.members.models import Role
    from fediunion.members.service import create_member
    from fediunion.union.vacancies.models import SubscriptionMatch
    from fediunion.union.vacancies.saved.subscriptions import subscribe
    from tests.fakes.union import new_keys

    def join(session: Session) -> None:
        keys = new_keys(halls.nairobi.world.settings)
        ana = create_member(session, username="ana", email="ana@union.test", role=Role.MEMBER, keys=keys)
        session.flush()
        subscribe(session, ana.id, "country=KE")

    await halls.nairobi.world.db.write(join)
    good = await board_of(halls, "good.example")
    await tell(halls, good, posting("V-01"), to=[good.followers], cc=[good.followers])
    (one,) = await vacancies(halls.nairobi)
    assert one.audience == "followers"
    assert await ask(halls, lambda session: list(session.scalars(select(SubscriptionMatch)))) == []


async def test_F36_fakes_from_many_names_below_one_domain_are_bounded_together(
    halls: Halls, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fediunion.union.vacancies.service import remote

    monkeypatch.setattr(remote, "MOST_SUSPECTS_OF_A_HOST", 3)
    for number in range(5):
        server = await Stranger(halls.internet, f"n{number}.freejobs.example", clock=halls.clock).start()
        jobs = server.add_actor("jobs", type="Service")
        identifier = {"@type": "PropertyValue", "value": str(number)}
        await tell(halls, jobs, posting("V-SCAM", identifier=identifier, validThrough="2027-06-30T23:59:00Z"))
    assert len(await vacancies(halls.nairobi)) == 3
