"""Unions that may share vacancies with the one in Nairobi, and what they send it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.union.affiliation.models import TrustedPeer
from fediunion.union.vacancies.models import VacancySource
from tests.fakes.stranger import StrangeActor, Stranger
from tests.union.vacancies.conftest import Halls
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
