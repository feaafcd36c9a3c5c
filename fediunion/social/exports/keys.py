"""The keys of the institutions, as a document that another instance can be given them from."""

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.keys import private_to_pem
from fediunion.actors.keys import private_key_of
from fediunion.actors.models import Actor, ActorKey, ActorKind
from fediunion.db import now_of, settings_of
from fediunion.kit.clock import format_instant

FORMAT: Final = "fediunion-keys-1"


def keys_document(session: Session) -> dict[str, Any]:
    """Return the keys of all our actors but members, private halves in PEM (PKCS #8), with whose they are.

    Retired keys are in it too: what they signed may still be checked. Keys of members are theirs.
    """
    settings = settings_of(session)
    rows = session.execute(
        select(ActorKey, Actor)
        .join(Actor, Actor.id == ActorKey.actor_id)
        .where(Actor.local, Actor.kind != ActorKind.MEMBER, ActorKey.sealed_private.is_not(None))
        .order_by(Actor.username, ActorKey.id)
    )
    return {
        "format": FORMAT,
        "domain": settings.handle_domain,
        "made_at": format_instant(now_of(session)),
        "keys": [
            {
                "actor": actor.uri,
                "kind": str(actor.kind),
                "id": key.key_uri,
                "algorithm": key.algorithm,
                "public": key.public,
                "private": private_to_pem(private_key_of(key, settings)).decode("ascii"),
                "created_at": format_instant(key.created_at),
                "retired_at": None if key.retired_at is None else format_instant(key.retired_at),
            }
            for key, actor in rows
        ],
    }
