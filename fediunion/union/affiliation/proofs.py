"""Acts that prove themselves: signing those of our union, and checking those of others (FEP-8b32)."""

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import may_prove
from fediunion.activitypub.proofs import add_proof, proof_key_id, verify_proof
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_key
from fediunion.actors.service.remote_keys import load_stored_key
from fediunion.actors.signing import find_proof_key
from fediunion.db import now_of
from fediunion.kit.errors import Refused
from fediunion.kit.json import JsonObject


def proved(session: Session, union: Actor, act: JsonObject) -> JsonObject:
    """Return an act of our union with its proof. Raises NotFound where the union has no key for one."""
    key, key_uri = find_proof_key(session, union.id)
    return add_proof(act, key, key_uri, now_of(session))


def check_proof(session: Session, act: JsonObject, actor_uri: str) -> None:
    """Raise Refused unless `act` has a proof by a key that is known to be `actor_uri`'s own.

    Reasons: "no-proof", "proof-of-another". Raises BadSignature where the proof does not hold.
    """
    key_uri = proof_key_id(act)
    if key_uri is None:
        raise Refused("comes without a proof that could be kept", reason="no-proof")
    found = find_key(session, key_uri) if may_prove(key_uri, actor_uri) else None
    if found is None or found[1].uri != actor_uri:
        raise Refused(f"is proved by {key_uri}, which is no key of {actor_uri}", reason="proof-of-another")
    verify_proof(act, load_stored_key(found[0]), now=now_of(session))
