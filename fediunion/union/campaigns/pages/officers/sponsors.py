"""/admin/campaigns/{slug}/sponsors: the unions that carry a call of ours, and those that were asked to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.errors import FediUnionError, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.affiliation.proposing import find_union
from fediunion.union.campaigns.models import CallState, CampaignCall, CoSponsor, SponsorState
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, done, own_call, path_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.sponsors.queries import get_sponsorship, list_sponsors
from fediunion.union.campaigns.sponsors.service import end_co_sponsorship, offer_co_sponsorship
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.render import page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_PATH: Final = f"{CAMPAIGNS}/{{slug}}/sponsors"
_OFFERED: Final = Sentence("The union is asked. It carries the call once it has agreed.")
_ENDED: Final = Sentence("The other union is told that this has ended.")
_NO_UNION: Final = Sentence("No union answers at this address.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
STATES: Final[Mapping[str, tuple[Sentence, str]]] = {
    SponsorState.OFFERED: (Sentence("asked"), ""),
    SponsorState.ACCEPTED: (Sentence("carries it"), "ok"),
    SponsorState.DECLINED: (Sentence("declined"), "no"),
    SponsorState.ENDED: (Sentence("ended"), ""),
}


@dataclass(frozen=True)
class Row:
    """A co-sponsorship, with what its union is called."""

    sponsorship: CoSponsor
    name: str

    @property
    def standing(self) -> tuple[Sentence, str]:
        """Where it stands, with the tone that it is shown in."""
        return STATES[self.sponsorship.state]

    @property
    def can_end(self) -> bool:
        """Whether there is something to end."""
        return self.sponsorship.state in (SponsorState.OFFERED, SponsorState.ACCEPTED)


async def show_sponsors(visit: Visit) -> Response:
    """GET …/sponsors: who carries the call, who was asked, and how each stands."""
    return await _page(visit)


async def offer(visit: Visit, form: Form) -> Response:
    """POST …/sponsors: asks a union to carry the call."""
    address = form.get("union", "").strip()[:300]
    await read_as(visit, Role.ADMIN, lambda session, _: own_call(session, visit).id)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status, typed=address)

    try:
        union = await find_union(visit.world, address)
    except FediUnionError:
        return await again({"union": _NO_UNION}, 422)

    def work(session: Session, officer: Officer) -> None:
        found = session.get_one(Actor, union.id)
        offer_co_sponsorship(session, own_call(session, visit), found, by=officer.handle)

    return await done(visit, work, _OFFERED, back=path_of(visit, "/sponsors"), again=again)


async def end(visit: Visit, form: Form) -> Response:
    """POST …/sponsors/{id}/end: takes an offer back, or ends what is in force."""
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        call, row = own_call(session, visit), get_sponsorship(session, number)
        if row.call_uri != call.uri:
            raise NotFound(Sentence("There is no such co-sponsorship."))
        end_co_sponsorship(session, row, by=officer.handle)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status)

    return await done(visit, work, _ENDED, back=path_of(visit, "/sponsors"), again=again)


async def _page(
    visit: Visit, problems: Mapping[str, str] = _NONE, status: int = 200, *, typed: str = ""
) -> Response:
    call, rows = await read_as(visit, Role.ADMIN, lambda session, _: _load(session, visit))
    return page(
        visit,
        "campaigns/officers/sponsors.html",
        status=status,
        active="campaigns-admin",
        it=ShownCall(call=call),
        is_open=call.state == CallState.OPEN,
        rows=rows,
        own_path=path_of(visit),
        typed=typed,
        problems=problems,
    )


def _load(session: Session, visit: Visit) -> tuple[CampaignCall, Sequence[Row]]:
    call = own_call(session, visit)
    found = list_sponsors(session, call) if call.uri is not None else ()
    uris = [each.union_uri for each in found]
    known = (
        {each.uri: each for each in session.scalars(select(Actor).where(Actor.uri.in_(uris)))} if uris else {}
    )
    return call, [Row(each, _name(known.get(each.union_uri), each)) for each in found]


def _name(actor: Actor | None, row: CoSponsor) -> str:
    return row.host if actor is None else actor.display_name or actor.username


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_PATH, show_sponsors, to=Who.ADMIN),
    sent(_PATH, offer, to=Who.ADMIN),
    sent(f"{_PATH}/{{id:int}}/end", end, to=Who.ADMIN),
)
