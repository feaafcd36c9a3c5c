"""Which deliveries are the same one: some servers say different things under one id, others one thing twice.

GoToSocial's Updates of a post all have one id, so have Misskey's Undos of a follow; Pixelfed follows and
unfollows again in the very same words. All of that is to be heard, and a repeated delivery is not (row S38).
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.authority import Sender, sender_of
from fediunion.db.known_uris import TOMBSTONE, UNDONE, find_known_uris
from fediunion.inbox.envelope import is_transient
from fediunion.inbox.models import InboxActivity

_Row = dict[str, Any]

DONE_AGAIN: Final = frozenset(("Follow", "Block", "Like", "EmojiReact", "Announce"))
"""What an actor may do once more under the id of what it took back."""


def tell_apart(session: Session, rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows of an InboxActivity to keep, each with its `digest`, by which copies are left out.

    The digest is of the body. Where the same words may be said again it is of the time of signing too, which
    no replay can change: in an Undo, in what has no id, and in what may be over since before it was signed.
    What another server passes on counts once for its id: who repeats it may write the same proven document in
    many ways.
    """
    ended = _ended(session, rows)
    passed_on = {row["uri"] for row in rows if _is_passed_on(row)}
    known = _known(session, passed_on) if passed_on else set()
    kept = []
    for row in rows:
        if _is_passed_on(row):
            if row["uri"] not in known:
                kept.append({**row, "digest": b""})
        else:
            kept.append({**row, "digest": _digest(row, ended.get(row["uri"]))})
    return kept


def _digest(row: _Row, ended: datetime | None) -> bytes:
    digest = hashlib.sha256(row["body"].encode())
    signed_at: datetime | None = row.get("signed_at")
    again = ended is not None and signed_at is not None and signed_at > ended
    if again or row["activity_type"] == "Undo" or is_transient(row["uri"], row["actor_uri"]):
        digest.update(f"signed at {signed_at}".encode())
    return digest.digest()


def _is_passed_on(row: _Row) -> bool:
    believed: bool = row["believed"]
    return believed and sender_of(row["sender_uri"], row["actor_uri"]) is Sender.FORWARDER


def _ended(session: Session, rows: Sequence[_Row]) -> Mapping[str, datetime]:
    """Return when it was over with what came before: since then each of these ids may be used again.

    That is when it was taken back, or when something was that nobody looked at yet; or when the last delivery
    was signed, where that is later. What comes for the first time is not looked at.
    """
    signed = [row for row in rows if row["activity_type"] in DONE_AGAIN and row.get("signed_at")]
    often = Counter(row["uri"] for row in signed)
    if not often:
        return {}
    last = select(InboxActivity.uri, func.max(InboxActivity.signed_at)).where(InboxActivity.uri.in_(often))
    came: dict[str, datetime | None] = dict(iter(session.execute(last.group_by(InboxActivity.uri))))
    actors = {row["uri"]: row["actor_uri"] for row in signed if row["uri"] in came or often[row["uri"]] > 1}
    if not actors:
        return {}
    # In this order: what is processed meanwhile is seen as waiting, or as gone.
    undone = _undone(session, rows, set(actors.values()))
    gone = {
        known.uri: known.seen_at
        for known in find_known_uris(session, actors).values()
        if known.kind in (TOMBSTONE, UNDONE)
    }
    ended = {}
    for uri, actor_uri in actors.items():
        ends = [at for at in (gone.get(uri), undone.get(actor_uri)) if at is not None]
        signed_at = came.get(uri)
        if ends:
            ended[uri] = min(ends) if signed_at is None else max(min(ends), signed_at)
    return ended


def _undone(session: Session, rows: Sequence[_Row], actor_uris: Collection[str]) -> Mapping[str, datetime]:
    """Return when each of these actors signed the first Undo that waits, among `rows` or before them."""
    waits = select(InboxActivity.actor_uri, InboxActivity.signed_at).where(
        InboxActivity.processed_at.is_(None),
        InboxActivity.activity_type == "Undo",
        InboxActivity.actor_uri.in_(actor_uris),
    )
    beside = [(row["actor_uri"], row.get("signed_at")) for row in rows if row["activity_type"] == "Undo"]
    first: dict[str, datetime] = {}
    for actor_uri, signed_at in chain(session.execute(waits), beside):
        if signed_at is not None:
            first[actor_uri] = min(signed_at, first.get(actor_uri, signed_at))
    return first


def _known(session: Session, uris: Collection[str]) -> set[str]:
    return set(session.scalars(select(InboxActivity.uri).where(InboxActivity.uri.in_(uris))))
