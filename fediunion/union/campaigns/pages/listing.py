"""/campaigns: the calls that are open, and how the others ended."""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.media_types import is_json_type
from fediunion.actors.models import Actor
from fediunion.kit.catalogues import translated
from fediunion.kit.feeds import RENDERERS, Feed
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.pages.exported import call_json, entry_of
from fediunion.union.campaigns.pages.readers import reader_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import ANYBODY, list_calls
from fediunion.web.pages.public.heads import Head
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

PATH: Final = "/campaigns"
OPEN_TO_SCRIPTS: Final = {
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    "vary": "Accept",
}
"""What lets pages of every site read an answer in which nothing is for one visitor alone."""

_TITLE: Final = Sentence("Campaign calls")
_FORMATS: Final = (
    ("atom", "Atom", "application/atom+xml"),
    ("rss", "RSS", "application/rss+xml"),
    ("jsonfeed", "JSON Feed", "application/feed+json"),
    ("json", "JSON", ""),
)
_MOST: Final = 100
_MOST_IN_A_FEED: Final = 50


async def show_calls(visit: Visit) -> Response:
    """GET /campaigns: open calls, and those that ended with their outcomes; as JSON for who prefers that."""
    accepted = visit.request.headers.get("accept", "")
    if "text/html" not in accepted and any(map(is_json_type, accepted.split(","))):
        return await _json(visit)
    opened, ended = await visit.world.db.read(_load, visit)
    return page(
        visit,
        "campaigns/list.html",
        active="campaigns",
        about=_head(visit),
        opened=opened,
        ended=ended,
        formats=[(label, f"{PATH}.{ending}", kind) for ending, label, kind in _FORMATS],
    )


async def show_export(visit: Visit) -> Response:
    """GET /campaigns.{atom,rss,jsonfeed,json}: the newest calls that anybody may see."""
    ending = visit.request.url.path.rpartition(".")[2]
    if ending == "json":
        return await _json(visit)
    calls = await visit.world.db.read(_load_public)
    base_url, language = visit.settings.base_url, visit.reader.language
    media_type, render = RENDERERS["json" if ending == "jsonfeed" else ending]
    title = f"{translated(_TITLE, language)} – {visit.settings.instance.title}"
    feed = Feed(
        home=f"{base_url}{PATH}",
        address=f"{base_url}{PATH}.{ending}",
        title=title,
        description=title,
        language=language,
        entries=[entry_of(each, base_url, language) for each in calls[:_MOST_IN_A_FEED]],
        updated_at=max((each.call.updated_at for each in calls), default=visit.reader.now),
    )
    return Response(render(feed), headers=OPEN_TO_SCRIPTS | {"content-type": media_type})


def rows_of(session: Session, calls: Sequence[CampaignCall]) -> list[ShownCall]:
    """Return calls with who leads them, as lists show them."""
    ids = {each.actor_id for each in calls}
    leads = {each.id: each for each in session.scalars(select(Actor).where(Actor.id.in_(ids)))} if ids else {}
    return [shown_of(each, leads[each.actor_id]) for each in calls]


def shown_of(call: CampaignCall, lead: Actor) -> ShownCall:
    """Return a call with who leads it: ours by its page here, a peer's by its page there."""
    name = lead.display_name or lead.username
    path = f"/@{lead.username}" if lead.local else lead.url or lead.uri
    return ShownCall(call=call, lead_name=name, lead_path=path)


def _load(session: Session, visit: Visit) -> tuple[list[ShownCall], list[ShownCall]]:
    reader = reader_of(session, visit.visitor)
    opened = list_calls(session, reader, states=(CallState.OPEN,), limit=_MOST)
    ended = list_calls(session, reader, states=(CallState.CLOSED,), limit=_MOST)
    return rows_of(session, opened), rows_of(session, ended)


def _load_public(session: Session) -> list[ShownCall]:
    return rows_of(session, list_calls(session, ANYBODY, limit=_MOST))


async def _json(visit: Visit) -> Response:
    calls = await visit.world.db.read(_load_public)
    body = {"items": [call_json(each, visit.settings.base_url) for each in calls]}
    return Response(orjson.dumps(body), headers=OPEN_TO_SCRIPTS, media_type="application/json")


def _head(visit: Visit) -> Head:
    return Head(
        address=f"{visit.settings.base_url}{PATH}",
        title=str(translated(_TITLE, visit.reader.language)),
        feeds=[(kind, f"{PATH}.{ending}") for ending, _, kind in _FORMATS if kind],
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_calls, to=Who.ANYBODY),
    *(shown(f"{PATH}.{ending}", show_export, to=Who.ANYBODY) for ending, _, _ in _FORMATS),
)
