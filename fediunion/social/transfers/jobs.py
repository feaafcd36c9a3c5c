"""Imports step by step: a few rows at a time, so that other servers and other members do not notice."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fediunion.actors.remote import resolve_handle
from fediunion.kit.errors import FediUnionError, Gone, NotAllowed, NotFound, Unavailable, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.posts.fetching import fetch_post
from fediunion.social.transfers import service
from fediunion.social.transfers.models import ImportRow, Kind
from fediunion.world import World

_BLOCKED: Final = Sentence("This server is refused here.")
_UNREADABLE: Final = Sentence("There is nothing there that can be used.")
_REASONS: Final[Mapping[type[FediUnionError], Sentence]] = MappingProxyType(
    {
        Unreachable: Sentence("The other server does not answer."),
        Unavailable: Sentence("This server was too busy."),
        Gone: Sentence("It was deleted."),
        NotFound: Sentence("There is nothing of that name or address."),
        NotAllowed: Sentence("This is not allowed."),
    }
)


async def take_step(world: World, payload: JsonObject) -> None:
    """Job: bring the next rows of an import, and have the step after it follow.

    A row that cannot be brought does not hold up the others: it is noted with the reason.
    """
    found, rows = await world.db.read(service.waiting_rows, payload["import_id"])
    if found is None:
        return
    for row in rows:
        try:
            target_id = await _target_of(world, Kind(found.kind), row)
            await world.db.write(service.bring, found.id, row.position, target_id)
        except FediUnionError as error:
            later = isinstance(error, Unavailable | Unreachable)
            reason = _reason_of(error)
            await world.db.write(service.note_failure, found.id, row.position, reason, for_good=not later)
    await world.db.write(service.end_step, found.id)


async def _target_of(world: World, kind: Kind, row: ImportRow) -> int:
    """Return the account or post that a row names, asked for where it is unknown; 0 for a server."""
    if kind is Kind.DOMAIN_BLOCKING:
        return 0
    if kind is Kind.BOOKMARKS:
        return (await fetch_post(world, row.subject, for_member=True)).id
    handle = row.subject if "@" in row.subject else f"{row.subject}@{world.settings.handle_domain}"
    return (await resolve_handle(world, handle)).id


def _reason_of(error: FediUnionError) -> Sentence:
    """Return why a row could not be brought, for the member: what an act or a server said is for logs."""
    said = sentence_of(error)
    if isinstance(said, Sentence):
        return said
    if error.reason == "blocked":
        return _BLOCKED
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), _UNREADABLE)


async def forget_imports(world: World, _payload: JsonObject) -> None:
    """Job: delete imports that finished long ago."""
    await world.db.write(service.forget_imports)
