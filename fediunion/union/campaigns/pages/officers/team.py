"""/admin/campaigns/{slug}: a call as its team sees it, its numbers live, and the names for the target."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.members.models import Role
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.officers import Officer
from fediunion.union.campaigns.drawing.progress import points_of, progress_drawing
from fediunion.union.campaigns.models import CallState, CampaignCall, ContactConsent, Signature
from fediunion.union.campaigns.pages.gathered import Gathered, gather
from fediunion.union.campaigns.pages.officers.acting import CAMPAIGNS, own_call, path_of
from fediunion.union.campaigns.pages.officers.drafts import post_preview_of
from fediunion.union.campaigns.pages.officers.numbers import NumbersStream, numbers_of
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.union.campaigns.signing.exports import signatures_csv, signatures_json
from fediunion.web.live import Listener, LiveDesk, Place
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.previews import PostPreview
from fediunion.web.reading import reading
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, shown
from fediunion.web.visits import Visit

_CALL: Final = f"{CAMPAIGNS}/{{slug}}"


@dataclass(frozen=True)
class _Team:
    """A call for its team: by mode and by route how many signed here, how many asked to be told; no names."""

    found: Gathered
    numbers: Mapping[str, int]
    modes: Mapping[str, int]
    routes: Mapping[str, int]
    consents: int
    post_preview: PostPreview


async def show_team(visit: Visit) -> Response:
    """GET /admin/campaigns/{slug}: numbers, drawing, and the ways to everything that can be done."""
    team = await read_as(visit, Role.ADMIN, lambda session, _: _load(session, visit))
    with reading(visit.reader):
        progress = team.found.progress(visit.reader.now.astimezone(UTC).date())
        drawing, points = progress_drawing(progress), points_of(progress)
    return page(
        visit,
        "campaigns/officers/team.html",
        active="campaigns-admin",
        it=team.found.it,
        team=team,
        found=team.found,
        drawing=drawing,
        points=points,
        is_waiting=team.found.it.call.state == CallState.CLOSED and not team.found.it.call.outcome_status,
        own_path=path_of(visit),
    )


async def hear_numbers(visit: Visit) -> Response:
    """GET …/{slug}/live: the numbers of the call, as server-sent events, each time that they change."""
    call_id = await read_as(visit, Role.ADMIN, lambda session, _: own_call(session, visit).id)
    visit.world.part(LiveDesk).check_room(visit.member.actor_id)
    listener = Listener(visit.member.actor_id, visit.cookie, Place.NOWHERE, role=visit.member.role)
    return NumbersStream(visit.world, listener, call_id)


async def show_names(visit: Visit) -> Response:
    """GET …/{slug}/signatures.csv: who signed with a name, for the target; that it was fetched is logged."""
    return await _download(visit, signatures_csv, "csv", "text/csv; charset=utf-8")


async def show_names_as_json(visit: Visit) -> Response:
    """GET …/{slug}/signatures.json: the same, and the total, for programs."""

    def written(session: Session, call: CampaignCall) -> str:
        return orjson.dumps(signatures_json(session, call), option=orjson.OPT_INDENT_2).decode()

    return await _download(visit, written, "json", "application/json")


async def _download(
    visit: Visit, written: Callable[[Session, CampaignCall], str], ending: str, media_type: str
) -> Response:
    if elsewhere := require_step_up(visit, back=path_of(visit)):
        return elsewhere

    def work(session: Session, officer: Officer) -> str:
        call = own_call(session, visit)
        record_audit(session, by=officer.handle, action="call.export", subject=call.slug)
        return written(session, call)

    text = await write_as(visit, Role.ADMIN, work)
    today = visit.reader.now.date().isoformat()
    name = f"signatures-{visit.request.path_params['slug']}-{today}.{ending}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)


def _load(session: Session, visit: Visit) -> _Team:
    call = own_call(session, visit)
    here = (Signature.call_id == call.id, Signature.counted_here.is_(True))
    modes: dict[str, int] = dict(
        session.execute(select(Signature.mode, func.count()).where(*here).group_by(Signature.mode)).all()
    )
    routes: dict[str, int] = dict(
        session.execute(select(Signature.route, func.count()).where(*here).group_by(Signature.route)).all()
    )
    told = select(func.count()).where(ContactConsent.call_id == call.id)
    return _Team(
        gather(session, call, None),
        numbers_of(session, call.id),
        modes,
        routes,
        session.scalar(told) or 0,
        post_preview_of(session, call, terms_of(call)),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{_CALL}/live", hear_numbers, to=Who.ADMIN),
    shown(f"{_CALL}/signatures.csv", show_names, to=Who.ADMIN),
    shown(f"{_CALL}/signatures.json", show_names_as_json, to=Who.ADMIN),
    shown(_CALL, show_team, to=Who.ADMIN),
)
