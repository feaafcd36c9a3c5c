"""Who calls: bearer tokens and what they allow."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import FediUnionError, NotAllowed
from fediunion.members.models import MemberState
from fediunion.members.tokens import find_token
from fediunion.world import World

CACHE: Final = "tokens"
_CACHED_TOKENS: Final = 10_000
_CACHED_SECONDS: Final = 10.0
_LONGEST_TOKEN: Final = 512

_FOLLOW: Final = frozenset(
    f"{verb}:{what}" for verb in ("read", "write") for what in ("follows", "blocks", "mutes")
)


class Unauthorized(FediUnionError):
    """The request needs a token that is valid."""

    reason = "unauthorized"


@dataclass(frozen=True)
class Caller:
    """The member whose token came with the request. `viewer` is what queries ask for."""

    token_id: int
    member_id: int
    actor_id: int
    viewer: Viewer
    scopes: frozenset[str]
    role: str
    state: str
    app_name: str


def allows(granted: Iterable[str], wanted: str) -> bool:
    """Return whether scopes cover one: `read` covers `read:statuses`, `follow` what is about accounts.

    Source: https://docs.joinmastodon.org/api/oauth-scopes/
    """
    scopes = frozenset(granted)
    group = wanted.partition(":")[0]
    if wanted in scopes or group in scopes:
        return True
    if wanted == "profile":
        return "read:accounts" in scopes or "read" in scopes
    return "follow" in scopes and wanted in _FOLLOW


async def find_caller(world: World, authorization: bytes | None) -> Caller | None:
    """Return who calls, from the Authorization header alone (row O09); None without one.

    Raises Unauthorized for a token that is unknown, revoked, or of an account that is gone. What a token
    means is remembered for ten seconds at most, and forgotten as soon as one is changed here.
    """
    if authorization is None:
        return None
    kind, _, bearer = authorization.strip().partition(b" ")
    bearer = bearer.strip()
    if kind.lower() != b"bearer" or not bearer or len(bearer) > _LONGEST_TOKEN:
        raise Unauthorized("The access token is invalid")
    cache = world.cache(CACHE, _CACHED_TOKENS, _CACHED_SECONDS)
    key = hashlib.sha256(bearer).digest()
    caller: Caller | None = cache.get(key)
    if caller is None:
        caller = await world.db.read(_load_caller, bearer.decode("latin-1"))
        cache.put(key, caller)
    if caller.state == MemberState.DELETED:
        raise Unauthorized("The access token is invalid")
    if caller.state == MemberState.SUSPENDED:
        raise NotAllowed("Your login is currently disabled")
    if caller.state != MemberState.ACTIVE:
        raise NotAllowed("Your login is currently pending approval")
    return caller


def _load_caller(session: Session, bearer: str) -> Caller:
    found = find_token(session, bearer)
    if found is None:
        raise Unauthorized("The access token is invalid")
    token, member, actor = found
    if actor.suspended_at is not None:
        raise NotAllowed("Your login is currently disabled")
    return Caller(
        token_id=token.id,
        member_id=member.id,
        actor_id=actor.id,
        viewer=Viewer(actor.id, None, is_member=True),
        scopes=frozenset(token.scopes.split()),
        role=member.role,
        state=member.state,
        app_name=token.app_name,
    )
