"""Key pairs of our own actors: making them, sealing them into rows, loading them again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from fediunion.activitypub.keys import (
    PrivateKey,
    generate_ed25519,
    generate_rsa,
    load_private,
    private_to_pem,
    public_multibase,
    public_pem,
)
from fediunion.actors.models import Actor, ActorKey
from fediunion.config import Settings
from fediunion.kit.errors import BadConfiguration
from fediunion.kit.ids import new_id
from fediunion.kit.sealing import seal, unseal

RETIRED_KEY_VERIFIES: Final = timedelta(days=7)

_FRAGMENTS: Final = {"rsa": "main-key", "ed25519": "ed25519-key"}


@dataclass(frozen=True, repr=False)
class NewKeys:
    """A fresh pair of pairs for one actor, with the key that seals them at rest."""

    rsa: PrivateKey
    ed25519: PrivateKey
    master_key: bytes = field(repr=False)


def make_keys(settings: Settings) -> NewKeys:
    """Return new keys for one actor. RSA takes up to a second: call it in a thread, outside any unit."""
    return NewKeys(generate_rsa(), generate_ed25519(), settings.secrets.master_key)


def key_rows(actor: Actor, keys: NewKeys, now: datetime, *, generation: int = 1) -> list[ActorKey]:
    """Return the rows of the keys. The first are `#main-key` and `#ed25519-key`, later ones are numbered.

    A new key has a new id, so that nobody checks it against an old copy, and so that proofs made with
    the old one can still be checked while that is listed.
    """
    suffix = "" if generation == 1 else f"-{generation}"
    rows = []
    for pair in (keys.rsa, keys.ed25519):
        public = public_pem(pair) if pair.algorithm == "rsa" else public_multibase(pair)
        row_id = new_id()
        sealed = seal(private_to_pem(pair), keys.master_key, _associated(row_id))
        rows.append(
            ActorKey(
                id=row_id,
                actor_id=actor.id,
                key_uri=f"{actor.uri}#{_FRAGMENTS[pair.algorithm]}{suffix}",
                algorithm=pair.algorithm,
                public=public,
                sealed_private=sealed,
                created_at=now,
                retired_at=None,
            )
        )
    return rows


def private_key_of(row: ActorKey, settings: Settings) -> PrivateKey:
    """Return the private half of a key of ours; raise BadConfiguration where it does not open."""
    if row.sealed_private is None:
        raise BadConfiguration(f"{row.key_uri} is not a key of ours")
    return load_private(unseal(row.sealed_private, settings.secrets.master_key, _associated(row.id)))


def _associated(row_id: int) -> bytes:
    return b"actor-key:%d" % row_id
