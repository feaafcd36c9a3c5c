"""/campaigns/{slug}: one call, for people, for search engines, for programs and for other servers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import orjson
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.media_types import is_activity_type, is_json_type
from fediunion.config import FederationMode, MailMode
from fediunion.kit.errors import NotFound
from fediunion.kit.html import plain_name
from fediunion.kit.sentences import Sentence
from fediunion.social.posts.endpoints import show_post
from fediunion.union.campaigns.drawing.progress import points_of, progress_drawing
from fediunion.union.campaigns.models import CallState
from fediunion.union.campaigns.pages.exported import call_json, petition_ld
from fediunion.union.campaigns.pages.gathered import Gathered, gather
from fediunion.union.campaigns.pages.ladder import letter_targets, rungs_of
from fediunion.union.campaigns.pages.listing import OPEN_TO_SCRIPTS, PATH
from fediunion.union.campaigns.pages.readers import call_in_path, reader_of
from fediunion.union.campaigns.pages.shown import MODES
from fediunion.union.campaigns.queries import ANYBODY, find_call_by_slug, lead_of
from fediunion.union.campaigns.signing.rules import modes_of
from fediunion.union.campaigns.wording import page_url
from fediunion.web.pages.public.heads import Head
from fediunion.web.reading import reading
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.structured import LONGEST_DESCRIPTION, json_ld
from fediunion.web.visits import Visit

_NOTHING: Final = Sentence("There is no such call.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class _Found:
    gathered: Gathered
    may_direct: bool
    may_hide: bool


async def show_call(visit: Visit) -> Response:
    """GET /campaigns/{slug}: the page; terms and counts as JSON; for other servers the Question."""
    accepted = visit.request.headers.get("accept", "").split(",")
    if any(is_activity_type(part) for part in accepted):
        return await _question(visit)
    if "text/html" not in visit.request.headers.get("accept", "") and any(map(is_json_type, accepted)):
        return await show_json(visit)
    return await call_page(visit)


async def show_json(visit: Visit) -> Response:
    """GET /campaigns/{slug}/call.json: terms and counts of a call that anybody may see (row V08)."""

    def load(session: Session) -> Gathered:
        call = find_call_by_slug(session, visit.request.path_params["slug"])
        if call is None or not ANYBODY.may_see(call):
            raise NotFound(_NOTHING)
        return gather(session, call, None)

    found = await visit.world.db.read(load)
    body = call_json(found.it, visit.settings.base_url) | {"byUnion": dict(found.by_union)}
    return Response(orjson.dumps(body), headers=OPEN_TO_SCRIPTS, media_type="application/json")


async def call_page(
    visit: Visit,
    *,
    typed: Mapping[str, str] = _NONE,
    problems: Mapping[str, str] = _NONE,
    status: int = 0,
) -> Response:
    """Return the page of the call in the address; with what was typed, and what is wrong with it."""
    found = await visit.world.db.read(_load, visit)
    all_of_it = found.gathered
    it, settings = all_of_it.it, visit.settings
    if it.is_draft:
        return RedirectResponse(f"/admin/campaigns/{it.call.slug}", 303)
    federates = settings.federation.mode is not FederationMode.OFF
    told_to_all = it.call.audience == Audience.PUBLIC and federates and not it.call.hidden
    with reading(visit.reader):
        progress = all_of_it.progress(visit.reader.now.date())
        drawing, points = progress_drawing(progress), points_of(progress)
        rungs = rungs_of(all_of_it)
    return page(
        visit,
        "campaigns/call.html",
        status=status or (422 if problems else 200),
        active="campaigns",
        about=_head(visit, all_of_it),
        it=it,
        found=all_of_it,
        mine=all_of_it.mine,
        rungs=rungs,
        targets=letter_targets(all_of_it, settings),
        drawing=drawing,
        points=points,
        modes=[(mode, *words) for mode, words in MODES.items() if mode in modes_of(it.call)],
        interest=_interest(all_of_it),
        by_mail=settings.mail.mode is not MailMode.OFF and it.call.local,
        uri=it.call.uri if told_to_all and visit.visitor is None and it.call.local else "",
        post_path=f"/posts/{it.call.post_id}" if visit.visitor is not None and it.call.post_id else "",
        direct_path=f"/admin/campaigns/{it.call.slug}" if found.may_direct else "",
        may_hide=found.may_hide,
        share=page_url(it.call.slug, settings.base_url),
        typed=typed,
        problems=problems,
    )


async def _question(visit: Visit) -> Response:
    """Return the Question of a call of ours; of another's, where it is."""

    def whose(session: Session) -> tuple[str, str]:
        call = find_call_by_slug(session, visit.request.path_params["slug"])
        if call is None or call.state == CallState.DRAFT:
            raise NotFound(_NOTHING)
        if call.local:
            # The Question says itself who may read it.
            return lead_of(session, call).username, ""
        if not ANYBODY.may_see(call) or call.uri is None:
            raise NotFound(_NOTHING)
        return "", call.uri

    username, elsewhere = await visit.world.db.read(whose)
    if elsewhere:
        return RedirectResponse(elsewhere, 302, {"vary": "Accept"})
    visit.request.scope["path_params"]["name"] = username
    return await show_post(visit.request)


def _load(session: Session, visit: Visit) -> _Found:
    call = call_in_path(session, visit)
    actor_id = None if visit.visitor is None else visit.visitor.actor_id
    reader = reader_of(session, visit.visitor)
    hides = reader.is_moderator and not call.local
    return _Found(gather(session, call, actor_id), reader.may_direct(call), hides)


def _interest(found: Gathered) -> int:
    """Return how many favourites and boosts the post has, as far as they are known: no signatures."""
    post = found.post
    if post is None:
        return 0
    return post.favourites + post.boosts


def _head(visit: Visit, found: Gathered) -> Head:
    """Return what machines read: a title alone where the call is not for everybody (V11)."""
    it, base_url = found.it, visit.settings.base_url
    call = it.call
    indexed = call.audience == Audience.PUBLIC and not call.hidden
    own = page_url(call.slug, base_url)
    return Head(
        address=own if call.local or not indexed else call.url,
        title=call.title,
        kind="article",
        description=plain_name(call.demand, LONGEST_DESCRIPTION) if indexed else "",
        indexed=indexed,
        activity=own if indexed and call.post_id is not None else "",
        data=json_ld(petition_ld(it, base_url)) if indexed and call.local else "",
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{PATH}/{{slug}}/call.json", show_json, to=Who.ANYBODY),
    shown(f"{PATH}/{{slug}}", show_call, to=Who.ANYBODY),
)
