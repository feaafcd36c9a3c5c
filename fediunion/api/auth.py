"""Who calls: members with their tokens, and apps with their own."""

import contextlib
import hashlib
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.viewer import Viewer
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import FediUnionError, NotAllowed, Refused, Unavailable
from fediunion.members.models import MemberState
from fediunion.members.rights import rights_of_token
from fediunion.members.scopes import allows
from fediunion.members.tokens import CACHE, find_app_token, find_token, note_use, use_is_due
from fediunion.social.profiles.posting_defaults import PostingDefaults, defaults_in
from fediunion.world import World

__all__ = ["AppCaller", "Caller", "Unauthorized", "allows", "find_bearer", "find_caller"]

NEEDS_A_MEMBER: Final = "This method requires an authenticated user"
_CACHED_TOKENS: Final = 10_000
_CACHED_SECONDS: Final = 10.0
_LONGEST_TOKEN: Final = 512


class Unauthorized(FediUnionError):
    """The request needs a token that is valid."""

    reason = "unauthorized"


@dataclass(frozen=True)
class Caller:
    """The member whose token came with the request. `viewer` is what queries ask for.

    `posting` is what the member's posts start from: it comes with the token, at no query of its own; as does
    `locale`, the language in which the member reads.
    """

    token_id: int
    member_id: int
    actor_id: int
    viewer: Viewer
    scopes: frozenset[str]
    role: str
    state: str
    app_name: str
    application_id: int | None = None
    posting: PostingDefaults = field(default_factory=PostingDefaults)
    locale: str = ""

    @property
    def language(self) -> str:
        """The language of what the member writes, where nothing is said about it."""
        return self.posting.language or self.locale


@dataclass(frozen=True)
class AppCaller:
    """An app that calls for itself, with a token of no member."""

    token_id: int
    application_id: int
    scopes: frozenset[str]


async def find_bearer(
    world: World, authorization: bytes | None, *, pending_too: bool = False
) -> Caller | AppCaller | None:
    """Return who calls, from the Authorization header alone (row O09); None without one.

    Raises Unauthorized for a token that is unknown, revoked, or of an account that is gone; NotAllowed for
    a member who may not act, `pending_too` lets those through who wait to be let in. What a token means is
    remembered for ten seconds at most, and forgotten as soon as one is changed here.
    """
    if authorization is None:
        return None
    kind, _, bearer = authorization.strip().partition(b" ")
    bearer = bearer.strip()
    if kind.lower() != b"bearer" or not bearer or len(bearer) > _LONGEST_TOKEN:
        raise Unauthorized("The access token is invalid")
    cache = world.cache(CACHE, _CACHED_TOKENS, _CACHED_SECONDS)
    key = hashlib.sha256(bearer).digest()
    caller = await cache.load(key, lambda: _load(world, bearer.decode("latin-1")))
    if isinstance(caller, AppCaller):
        return caller
    if caller.state == MemberState.DELETED:
        raise Unauthorized("The access token is invalid")
    if caller.state == MemberState.PENDING and pending_too:
        return caller
    if caller.state in (MemberState.SUSPENDED, MemberState.DISABLED):
        raise NotAllowed("Your login is currently disabled")
    if caller.state != MemberState.ACTIVE:
        raise NotAllowed("Your login is currently pending approval")
    return caller


async def find_caller(world: World, authorization: bytes | None) -> Caller | None:
    """Return the member who calls; raises as `find_bearer`, and Refused for an app that calls for itself."""
    found = await find_bearer(world, authorization)
    if isinstance(found, AppCaller):
        raise Refused(NEEDS_A_MEMBER)
    return found


async def _load(world: World, bearer: str) -> Caller | AppCaller:
    """Return who calls, and write down now and then that the token is in use.

    A storage that takes nothing now does not stop who reads.
    """
    caller, is_due = await world.db.read(_load_caller, bearer)
    if is_due:
        with contextlib.suppress(Unavailable):
            await world.db.write(note_use, caller.token_id)
    return caller


def _load_caller(session: Session, bearer: str) -> tuple[Caller | AppCaller, bool]:
    """Return who calls with a token, and whether its use is to be noted."""
    found, now = find_token(session, bearer), now_of(session)
    if found is None:
        app = find_app_token(session, bearer)
        if app is None or app.application_id is None:
            raise Unauthorized("The access token is invalid")
        return AppCaller(app.id, app.application_id, frozenset(app.scopes.split())), use_is_due(app, now)
    token, member, actor = found
    if actor.suspended_at is not None:
        raise NotAllowed("Your login is currently disabled")
    caller = Caller(
        token_id=token.id,
        member_id=member.id,
        actor_id=actor.id,
        viewer=Viewer(actor.id, None, is_member=True),
        scopes=frozenset(token.scopes.split()),
        role=rights_of_token(token, member, settings_of(session)),
        state=member.state,
        app_name=token.app_name,
        application_id=token.application_id,
        posting=defaults_in(member.settings),
        locale=member.locale,
    )
    return caller, use_is_due(token, now)
