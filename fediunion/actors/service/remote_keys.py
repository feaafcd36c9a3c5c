"""The keys of remote actors as rows: replaced only by what the actor's own address serves."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.keys import PublicKey, load_public_multibase, load_public_pem
from fediunion.activitypub.vocab import KeyDocument
from fediunion.actors.models import Actor, ActorKey
from fediunion.db import announce, now_of
from fediunion.kit.errors import BadSignature
from fediunion.kit.urls import same_origin
from fediunion.world import CHANGED

_MAX_KEYS: Final = 10


def load_stored_key(row: ActorKey) -> PublicKey:
    """Return the public key of a row, loaded; raise BadSignature where it is refused."""
    return load_public_multibase(row.public) if row.public.startswith("z") else load_public_pem(row.public)


def load_key_document(key: KeyDocument) -> PublicKey:
    """Return the key that a document states; raise BadSignature ("key-refused") for a bad one or none."""
    if key.pem is not None:
        return load_public_pem(key.pem.strip())
    if key.multibase is not None:
        return load_public_multibase(key.multibase.strip())
    raise BadSignature(f"{key.id} states no key", reason="key-refused")


def record_remote_keys(
    session: Session, actor: Actor, keys: Sequence[KeyDocument], proven_key_uri: str | None
) -> bool:
    """Make the stored keys those of the document, and return whether one that was stored changed or went.

    Keys that we refuse, that another actor owns, or whose id is on another server are left out. A key
    given by its id alone stays as it was proven before. An id that another actor holds is taken over only
    where a fetch of that id proved it (`proven_key_uri`).
    """
    stated = _usable(actor, keys)
    bare = {key.id for key in keys if key.pem is None and key.multibase is None}
    stored = {
        row.key_uri: row for row in session.scalars(select(ActorKey).where(ActorKey.actor_id == actor.id))
    }
    foreign = _foreign(session, [uri for uri in stated if uri not in stored])
    changed = False
    for uri, row in stored.items():
        if uri not in stated and uri not in bare:
            session.delete(row)
            changed = True
    for uri, (algorithm, public) in stated.items():
        mine = stored.get(uri) or foreign.get(uri)
        if mine is None:
            session.add(_row(session, actor, uri, algorithm, public))
        elif mine.actor_id != actor.id and uri != proven_key_uri:
            continue
        elif (mine.public, mine.actor_id) != (public, actor.id):
            mine.actor_id, mine.algorithm, mine.public = actor.id, algorithm, public
            mine.created_at, mine.retired_at = now_of(session), None
            changed = True
    if changed:
        announce(session, CHANGED, "keys")
    return changed


def shows_other_keys(session: Session, actor: Actor, keys: Sequence[KeyDocument]) -> bool:
    """Return whether a delivered document states keys that are not the stored ones."""
    stated = {uri: public for uri, (_, public) in _usable(actor, keys).items()}
    rows = session.scalars(select(ActorKey).where(ActorKey.actor_id == actor.id))
    return bool(stated) and stated != {row.key_uri: row.public for row in rows}


def _usable(actor: Actor, keys: Sequence[KeyDocument]) -> dict[str, tuple[str, str]]:
    """Return algorithm and text of each key by its id; the first of two with one id counts."""
    usable: dict[str, tuple[str, str]] = {}
    for key in keys[:_MAX_KEYS]:
        if key.id in usable or key.owner != actor.uri or not same_origin(key.id, actor.uri):
            continue
        try:
            algorithm = load_key_document(key).algorithm
        except BadSignature:
            continue
        usable[key.id] = (algorithm, (key.pem or key.multibase or "").strip())
    return usable


def _foreign(session: Session, uris: Sequence[str]) -> dict[str, ActorKey]:
    if not uris:
        return {}
    rows = session.scalars(select(ActorKey).where(ActorKey.key_uri.in_(uris)))
    return {row.key_uri: row for row in rows}


def _row(session: Session, actor: Actor, uri: str, algorithm: str, public: str) -> ActorKey:
    return ActorKey(
        actor_id=actor.id,
        key_uri=uri,
        algorithm=algorithm,
        public=public,
        created_at=now_of(session),
        retired_at=None,
    )
