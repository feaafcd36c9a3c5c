"""Unions that may share vacancies and abuse it: what they can do to their own notices, they cannot to others'."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.union.affiliation.models import TrustedPeer
from fediunion.union.vacancies.models import Vacancy, VacancySource, VacancyState
from fediunion.union.vacancies.service.employers import confirm_employer, find_employer
from tests.fakes.stranger import StrangeActor, Stranger
from tests.union.vacancies.conftest import Halls, publish, vacancies
from tests.union.vacancies.samples import notice, posting

INBOX = "https://nairobisu.example/inbox"
EMPLOYER = str(posting("V-01")["hiringOrganization"]["name"])
OFFICIAL = tuple(notice("V-01").verified_domains)


async def board_of(halls: Halls, host: str, *, network: bool = True) -> StrangeActor:
    """Return the board of a union whose vacancies the union in Nairobi takes."""
    server = await Stranger(halls.internet, host, clock=halls.clock).start()
    union = f"https://{host}/users/union"

    def trust(session: Session) -> None:
        row = TrustedPeer(host=host, union_uri=union, hops=1, vacancies=True, calls=True, network=network)
        session.add(row)

    await halls.nairobi.world.db.write(trust)
    return server.add_actor("jobs", type="Service")


def own(host: str, **changed: Any) -> dict[str, Any]:
    """Return a JobPosting of the sample's job whose page is on `host`, which it says is the employer's."""
    organization = posting("V-01")["hiringOrganization"] | {"fu:verifiedDomains": [host]}
    address = f"https://{host}/apply"
    return posting("V-01", url=address, **({"hiringOrganization": organization} | changed))


async def tell(
    halls: Halls, board: StrangeActor, member: dict[str, Any], by: StrangeActor | None = None, **more: Any
) -> dict[str, Any]:
    """Return the note that a board sent of a vacancy, once Nairobi made of it what it does."""
    note = board.note(f"<strong>{member.get('title')}</strong>", vacancy=member, **more)
    answer = await (by or board).post(INBOX, board.create(note))
    assert answer.status == 202
    await halls.settle()
    return note


async def tell_again(
    halls: Halls, board: StrangeActor, note: dict[str, Any], member: dict[str, Any] | None, **more: Any
) -> None:
    """Let a board change its note, a second after whatever came before."""
    halls.clock.advance(seconds=1)
    changed = note | {"updated": halls.clock.now().isoformat().replace("+00:00", "Z")} | more
    if member is None:
        del changed["vacancy"]
    else:
        changed["vacancy"] = member
    board.server.serve(note["id"], {"@context": "https://www.w3.org/ns/activitystreams", **changed})
    update = board.activity("Update", changed, to=changed["to"], cc=changed["cc"])
    assert (await board.post(INBOX, update)).status == 202
    await halls.settle()


async def sources(halls: Halls) -> dict[str, int]:
    """Return the host of each notice that Nairobi knows, with the vacancy that it is of."""

    def found(session: Session) -> dict[str, int]:
        rows = session.scalars(select(VacancySource).order_by(VacancySource.id))
        return {row.uri.split("/")[2]: row.vacancy_id for row in rows}

    return await halls.nairobi.world.db.read(found)


async def ask(halls: Halls, read: Callable[[Session], Any]) -> Any:
    """Return what Nairobi's database says."""
    return await halls.nairobi.world.db.read(read)


async def test_A05_another_unions_vacancy_is_not_put_off_by_who_vouches_for_its_own_page(halls: Halls) -> None:
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


@pytest.mark.parametrize(
    "order", ["update-create", "delete-create", "create-delete-update", "update-old", "create-create"]
)
async def test_A39_order_and_repetition_change_nothing(halls: Halls, order: str) -> None:
    good = await board_of(halls, "good.example")
    note = good.note("x", vacancy=posting("V-01"), updated="2026-12-01T09:00:00Z")
    new = note | {"updated": "2026-12-01T08:59:00Z", "vacancy": posting("V-01", title="Older")}
    acts = {
        "create": good.create(note),
        "update": good.activity("Update", note, to=note["to"], cc=note["cc"]),
        "old": good.activity("Update", new, to=note["to"], cc=note["cc"]),
        "delete": good.activity("Delete", {"id": note["id"], "type": "Tombstone"}, to=note["to"]),
    }
    for name in order.split("-"):
        halls.clock.advance(seconds=5)
        sent = dict(acts[name])
        sent["id"] = f"{sent['id']}/{halls.clock.now():%s}"
        assert (await good.post(INBOX, sent)).status == 202
        await halls.settle()
    found = [each for each in await vacancies(halls.nairobi) if each.state in ("open", "extended")]
    assert [each.title for each in found] == ([] if "delete" in order else [notice("V-01").title])


ODD: dict[str, dict[str, Any]] = {
    "far-future": {"validThrough": "9999-12-31T23:59:59-14:00"},
    "far-future-day": {"validThrough": "9999-12-31"},
    "beyond-all-clocks": {
        "validThrough": "9999-12-31T23:59:00Z",
        "fu:closingZone": "Pacific/Kiritimati",
        "jobLocation": None,
    },
    "year-one": {"validThrough": "0001-01-01T00:00:00+14:00"},
    "gap": {"validThrough": "2027-03-28T02:30:00", "fu:closingZone": "Europe/Paris"},
    "negative-pay": {"baseSalary": {"currency": "USD", "value": {"value": -5}}},
    "huge-pay": {"baseSalary": {"currency": "USD", "value": {"value": 1e300}}},
    "exponent": {"baseSalary": {"currency": "USD", "value": {"value": "1e999999"}}},
    "multiplier": {"fu:postAdjustmentMultiplier": "1e999999999"},
    "places": {"jobLocation": [{"address": {"addressLocality": f"C{n}"}} for n in range(10_000)]},
    "long-text": {"description": "<p>" + "x " * 400_000},
    "markup": {"description": "<div>" * 90_000},
    "deep": {"benefits": [[[[[[[[[[[[[[[[[[[[["x"]]]]]]]]]]]]]]]]]]]]]},
    "zone-path": {"validThrough": "2027-01-01", "fu:closingZone": "../../../etc/passwd"},
    "script-url": {"url": "javascript:alert(1)"},
    "twin-url": {"url": "https://\u0441areers.example/x"},
    "language": {"inLanguage": "x" * 500, "fu:languageRequirements": [{"language": {"a": 1}}, 5, "xx-"]},
    "posted": {"datePosted": "9999-12-31"},
    "lists": {"title": ["A", ["B"]], "identifier": [{"value": ["Q"]}], "employmentType": [1, 2]},
    "types": {"description": 5, "totalJobOpenings": -1, "fu:rnrWeeks": 1e9, "jobStartDate": []},
    "text-directions": {"title": "Nurse\u202e\u200b\u2066 fdp.exe"},
}


@pytest.mark.parametrize("changed", ODD.values(), ids=ODD.keys())
async def test_P15_an_odd_notice_of_a_peer_is_stored_or_refused_and_breaks_nothing(
    halls: Halls, changed: dict[str, Any]
) -> None:
    from fediunion.inbox.models import InboxActivity

    board = await board_of(halls, "odd.example")
    await tell(halls, board, posting("V-01", **changed))
    outcomes = await ask(halls, lambda session: list(session.scalars(select(InboxActivity.outcome))))
    assert outcomes
    assert all(each and not each.startswith(("failed", "error")) for each in outcomes)
    for each in await vacancies(halls.nairobi):
        assert not set(each.title) & set("\u202e\u200b\u2066")
        assert each.source_url.startswith("https://")
        assert len(str(each.posting)) < 120_000
        assert each.closes_at < datetime(9999, 1, 1, tzinfo=UTC)
    await halls.settle()


async def test_two_spellings_of_the_member_are_read_as_one(halls: Halls) -> None:
    board = await board_of(halls, "odd.example")
    other = own("odd.example")
    spelled: dict[str, Any] = {"fu:vacancy": other, "https://w3id.org/fediunion/ns#vacancy": other}
    await tell(halls, board, posting("V-01"), **spelled)
    (one,) = await vacancies(halls.nairobi)
    assert one.source_url == notice("V-01").source_url


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
