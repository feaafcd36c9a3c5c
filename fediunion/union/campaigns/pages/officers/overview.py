"""/admin/campaigns: our calls, what others offer us to carry, and what waits for the team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.models import CampaignCall, CoSponsor, SponsorState
from fediunion.union.campaigns.pages.listing import rows_of
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, done
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import get_call_by_slug, list_own
from fediunion.union.campaigns.service.judging import hide_call
from fediunion.union.campaigns.sponsors import service as sponsors
from fediunion.union.campaigns.sponsors.queries import get_sponsorship, list_offers_to_us
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.render import page
from fediunion.web.routes import Who, may_open, sent, shown
from fediunion.web.visits import Visit

_ACCEPTED: Final = Sentence("Your union carries this call now. Members sign it here.")
_DECLINED: Final = Sentence("The offer is declined, and the other union is told.")
_ENDED: Final = Sentence("Your union carries this call no more.")
_HIDDEN: Final = Sentence("Only moderators see this call now.")
_SHOWN: Final = Sentence("The call is shown again.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Offer:
    """A call of another union that ours carries, or is asked to; `call` is None before it has come."""

    row: CoSponsor
    lead_name: str
    call: CampaignCall | None


@dataclass(frozen=True)
class _Overview:
    own: Sequence[tuple[ShownCall, int]]
    offers: Sequence[Offer]
    carried: Sequence[Offer]


async def show_overview(visit: Visit) -> Response:
    """GET /admin/campaigns: drafts and calls, offers to us, and those that we carry."""
    return await _page(visit)


async def answer_offer(visit: Visit, form: Form) -> Response:
    """POST /admin/campaigns/offers/{id}: accepts, declines or ends carrying another union's call."""
    number, act = id_in_path(visit), form.get("act", "")
    told = {"accept": _ACCEPTED, "decline": _DECLINED}.get(act, _ENDED)

    def work(session: Session, officer: Officer) -> None:
        row = get_sponsorship(session, number)
        if act == "accept":
            sponsors.accept_co_sponsorship(session, row, by=officer.handle)
        elif act == "decline":
            sponsors.decline_co_sponsorship(session, row, by=officer.handle)
        else:
            sponsors.end_co_sponsorship(session, row, by=officer.handle)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status)

    return await done(visit, work, told, back=CAMPAIGNS, again=again)


async def hide(visit: Visit, form: Form) -> Response:
    """POST /admin/campaigns/{slug}/hide: shows another union's call to moderators alone, or to all again."""
    hidden = form.get("hide") != "no"

    def work(session: Session, officer: Officer) -> None:
        call = get_call_by_slug(session, visit.request.path_params["slug"])
        hide_call(session, call, by=officer.handle, hidden=hidden)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status)

    back = f"/campaigns/{visit.request.path_params['slug']}"
    told = _HIDDEN if hidden else _SHOWN
    return await done(visit, work, told, back=back, again=again, least=Role.MODERATOR)


async def _page(visit: Visit, problems: Mapping[str, str] = _NONE, status: int = 200) -> Response:
    found = await read_as(visit, Role.MODERATOR, _load)
    return page(
        visit,
        "campaigns/officers/overview.html",
        status=status,
        active="campaigns-admin",
        found=found,
        may_direct=may_open(visit.member.role, Who.ADMIN),
        problems=problems,
    )


def _load(session: Session, _officer: Officer) -> _Overview:
    own = rows_of(session, list_own(session))
    offers = list_offers_to_us(session)
    carried = session.scalars(
        select(CoSponsor)
        .join(CampaignCall, CampaignCall.id == CoSponsor.call_id)
        .where(CoSponsor.state == SponsorState.ACCEPTED, CampaignCall.local.is_(False))
        .order_by(CoSponsor.id)
    ).all()
    return _Overview(
        [(each, solidarity.count_waiting(session, each.call)) for each in own],
        [_offer(session, each) for each in offers],
        [_offer(session, each) for each in carried],
    )


def _offer(session: Session, row: CoSponsor) -> Offer:
    lead = session.scalar(select(Actor).where(Actor.uri == row.lead_uri))
    name = row.lead_uri if lead is None else lead.display_name or lead.username
    call = session.get(CampaignCall, row.call_id) if row.call_id is not None else None
    return Offer(row, name, call)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(CAMPAIGNS, show_overview, to=Who.MODERATOR),
    sent(f"{CAMPAIGNS}/offers/{{id:int}}", answer_offer, to=Who.ADMIN),
    sent(f"{CAMPAIGNS}/{{slug}}/hide", hide, to=Who.MODERATOR),
)
