"""/admin/campaigns/{slug}/resolutions: who supports a call of ours, and if our union supports another's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.models import CallState, CampaignCall, Resolution
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, done, own_call, path_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import get_call_by_slug
from fediunion.union.campaigns.resolutions.adopting import adopt_resolution, may_adopt, revoke_resolution
from fediunion.union.campaigns.resolutions.queries import (
    find_resolution_by,
    get_resolution,
    list_resolutions,
)
from fediunion.union.campaigns.resolutions.service import (
    add_resolution,
    asks_for_resolutions,
    remove_resolution,
)
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.render import page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit

_PATH: Final = f"{CAMPAIGNS}/{{slug}}/resolutions"
_ADDED: Final = Sentence("The resolution is on the page of the call.")
_REMOVED: Final = Sentence("The resolution is taken off the page of the call.")
_ADOPTED: Final = Sentence("Your union supports the call, and the union that leads it is told.")
_REVOKED: Final = Sentence("Your union supports the call no more.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class _Resolutions:
    """Who supports a call of ours; of another union's, `ours` is what our own union sent."""

    call: CampaignCall
    rows: Sequence[Resolution]
    takes_more: bool
    ours: Resolution | None


async def show_resolutions(visit: Visit) -> Response:
    """GET …/resolutions: which organisations support the call, and a form for one more, or for ours."""
    return await _page(visit)


async def add(visit: Visit, form: Form) -> Response:
    """POST …/resolutions: writes down that an organisation supports the call."""

    def work(session: Session, officer: Officer) -> None:
        add_resolution(
            session,
            own_call(session, visit),
            form.get("organisation", ""),
            by=officer.handle,
            adopted_on=form.get("on", ""),
            text=form.get("text", ""),
            url=form.get("url", ""),
        )

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status, typed=form)

    return await done(visit, work, _ADDED, back=path_of(visit, "/resolutions"), again=again)


async def remove(visit: Visit, form: Form) -> Response:
    """POST …/resolutions/{id}/remove: takes one out again."""
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        call = own_call(session, visit)
        remove_resolution(session, call, get_resolution(session, call, number), by=officer.handle)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status)

    return await done(visit, work, _REMOVED, back=path_of(visit, "/resolutions"), again=again)


async def adopt(visit: Visit, form: Form) -> Response:
    """POST …/resolutions/adopt: lets our union support another union's call."""

    def work(session: Session, officer: Officer) -> None:
        call = get_call_by_slug(session, visit.request.path_params["slug"])
        adopt_resolution(session, call, by=officer.handle, text=form.get("text", ""), url=form.get("url", ""))

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status, typed=form)

    return await done(visit, work, _ADOPTED, back=path_of(visit, "/resolutions"), again=again)


async def revoke(visit: Visit, form: Form) -> Response:
    """POST …/resolutions/revoke: takes our union's support back."""

    def work(session: Session, officer: Officer) -> None:
        call = get_call_by_slug(session, visit.request.path_params["slug"])
        revoke_resolution(session, call, by=officer.handle)

    async def again(problems: Mapping[str, str], status: int) -> Response:
        return await _page(visit, problems, status)

    return await done(visit, work, _REVOKED, back=path_of(visit, "/resolutions"), again=again)


async def _page(
    visit: Visit, problems: Mapping[str, str] = _NONE, status: int = 200, *, typed: Mapping[str, str] = _NONE
) -> Response:
    found = await read_as(visit, Role.ADMIN, lambda session, _: _load(session, visit))
    return page(
        visit,
        "campaigns/officers/resolutions.html",
        status=status,
        active="campaigns-admin",
        it=ShownCall(call=found.call),
        found=found,
        own_path=path_of(visit),
        typed=typed,
        problems=problems,
    )


def _load(session: Session, visit: Visit) -> _Resolutions:
    call = get_call_by_slug(session, visit.request.path_params["slug"])
    is_open = call.state == CallState.OPEN
    return _Resolutions(
        call=call,
        rows=list_resolutions(session, call) if call.local else (),
        takes_more=is_open and asks_for_resolutions(call) if call.local else may_adopt(session, call),
        ours=None if call.local else find_resolution_by(session, call, our_union(session)),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_PATH, show_resolutions, to=Who.ADMIN),
    sent(_PATH, add, to=Who.ADMIN),
    sent(f"{_PATH}/{{id:int}}/remove", remove, to=Who.ADMIN),
    sent(f"{_PATH}/adopt", adopt, to=Who.ADMIN),
    sent(f"{_PATH}/revoke", revoke, to=Who.ADMIN),
)
