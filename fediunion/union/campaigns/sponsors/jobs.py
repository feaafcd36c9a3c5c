"""Background work of co-sponsorships: a call that never arrived is asked for, and carried once it is here."""

from typing import Final

import structlog
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.kit.errors import BadDocument, Gone, NotAllowed, NotFound, Refused
from fediunion.kit.json import JsonObject
from fediunion.social.posts.fetching import fetch_document, store_document
from fediunion.social.posts.models import Post
from fediunion.union.campaigns.documents import CallDocument
from fediunion.union.campaigns.inbound import is_believed
from fediunion.union.campaigns.models import CoSponsor
from fediunion.union.campaigns.queries import find_call_by_uri
from fediunion.union.campaigns.service.remote import record_remote_call
from fediunion.union.campaigns.sponsors.carrying import carry
from fediunion.union.campaigns.sponsors.parts import OVER
from fediunion.world import World

_FOR_GOOD: Final = (BadDocument, Gone, NotAllowed, NotFound, Refused)

_log = structlog.get_logger(__name__)


async def carry_call(world: World, payload: JsonObject) -> None:
    """Job: have the call of a co-sponsorship here, and let our union carry it where that is agreed.

    What cannot be reached now is tried again; a call that is gone, or is none, is left alone.
    """
    sponsorship_id = int(payload["sponsorship_id"])
    uri = await world.db.read(_missing, sponsorship_id)
    if uri is not None:
        try:
            await _fetch(world, uri)
        except _FOR_GOOD as error:
            _log.warning("the call of a co-sponsorship cannot be had", call=uri, reason=error.reason)
            return
    await world.db.write(_carry, sponsorship_id)


async def _fetch(world: World, uri: str) -> None:
    """Have the post of a call here, and the call that it puts: also where the post was here before."""
    document = await fetch_document(world, uri)
    post = await store_document(world, document)
    if isinstance(document, CallDocument):
        await world.db.write(_take_as_call, post.id, document)


def _take_as_call(session: Session, post_id: int, document: CallDocument) -> None:
    post = session.get(Post, post_id)
    if post is None or post.deleted_at is not None or find_call_by_uri(session, post.uri) is not None:
        return
    author = get_actor(session, post.author_id)
    if is_believed(session, author):
        record_remote_call(session, author, post, document)


def _missing(session: Session, sponsorship_id: int) -> str | None:
    """Return the id of a call that is to be fetched; None where it is here, or the matter is over."""
    row = session.get(CoSponsor, sponsorship_id)
    if row is None or row.state in OVER or find_call_by_uri(session, row.call_uri) is not None:
        return None
    return row.call_uri


def _carry(session: Session, sponsorship_id: int) -> None:
    row = session.get(CoSponsor, sponsorship_id, with_for_update=True)
    if row is not None:
        carry(session, row)
