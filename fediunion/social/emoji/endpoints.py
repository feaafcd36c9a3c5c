"""The emoji of this instance for other servers: the id of each can be fetched."""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.activitypub.contexts import ACTIVITY_STREAMS, TERMS, with_context
from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.activitypub.vocab import emoji_document
from fediunion.config import FederationMode
from fediunion.db import settings_of
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import NotFound
from fediunion.kit.json import JsonObject
from fediunion.social.emoji.service import find_emoji, shown_emoji
from fediunion.world import world_of

_TERMS: Final = {term: TERMS[term] for term in ("toot", "Emoji")}
_HEADERS: Final = {"Vary": "Accept", "Cache-Control": "public, max-age=300"}


async def show_emoji(request: Request) -> Response:
    """GET /emojis/{shortcode}: the Emoji that posts and actors name as a tag; the name is exact."""
    world = world_of(request)
    if world.settings.federation.mode is FederationMode.OFF:
        raise NotFound("There is no such emoji.")
    document = await world.db.read(_document, request.path_params["shortcode"])
    body = orjson.dumps(with_context(document, ACTIVITY_STREAMS, more=_TERMS))
    return Response(body, media_type=ACTIVITY_JSON, headers=_HEADERS)


def _document(session: Session, shortcode: str) -> JsonObject:
    emoji = find_emoji(session, shortcode)
    if emoji is None or emoji.shortcode != shortcode:
        raise NotFound("There is no such emoji.")
    base = settings_of(session).base_url
    document = emoji_document(base, emoji.shortcode, shown_emoji(emoji, base)["url"])
    return document | {"updated": format_instant(emoji.created_at)}


ROUTES: Final[Sequence[Route]] = (Route("/emojis/{shortcode}", show_emoji),)
