"""Signing in: the password of an account, tried a bounded number of times, for the cookie of a session."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.kit.errors import NotAllowed
from fediunion.members.attempts import Allowance, address_bucket, count_attempts, uncount_attempts
from fediunion.members.models import Member, MemberState
from fediunion.members.passwords import make_passwords
from fediunion.members.queries import find_login
from fediunion.members.sessions import begin_session
from fediunion.world import World

LONGEST_NAME: Final = 320
_WINDOW_SECONDS: Final = 300
_WRONG: Final = "The name or the password is not right."
_SENTENCES: Final = {
    MemberState.PENDING: "Your account waits for approval. You can sign in when somebody has let you in.",
    MemberState.DISABLED: "Your account is disabled. Ask your union why, and how to have it back.",
    MemberState.SUSPENDED: "Your account is suspended. Ask your union why, and how to have it back.",
}


class SignInRefused(NotAllowed):
    """Nobody is signed in; the message says why as far as whoever tried may know."""

    reason = "sign-in-refused"


@dataclass(frozen=True)
class _Login:
    member_id: int
    password_hash: str | None
    state: str


async def sign_in(world: World, *, name: str, password: str, address: str, replaces: str = "") -> str:
    """Return the cookie of a new session for the right name (or e-mail address) and password.

    `address` is who asks, `replaces` the cookie that the browser had. Raises SignInRefused, with one
    sentence and after equal work whether there is such an account or not (row W08); only with the right
    password one learns that an account is pending or suspended. Raises TooManyAttempts (row W09).
    """
    known = await world.db.read(_login_of, name[:LONGEST_NAME])
    whom = f"name {name[:LONGEST_NAME].strip().casefold()}" if known is None else f"member {known.member_id}"
    allowances = _allowances(world.settings, whom, address_bucket(address))
    await world.db.write(count_attempts, allowances)
    passwords = world.part(make_passwords)
    stored = None if known is None else known.password_hash
    right = await passwords.verify(stored, password)
    if known is None or stored is None or not right:
        raise SignInRefused(_WRONG)
    if known.state != MemberState.ACTIVE:
        raise SignInRefused(_SENTENCES.get(MemberState(known.state), _WRONG))
    return await world.db.write(_begin, known, allowances, replaces)


def _allowances(settings: Settings, whom: str, bucket: str) -> list[Allowance]:
    limits = settings.limits
    return [
        Allowance("sign-in:account", whom, limits.logins_per_5_minutes, _WINDOW_SECONDS),
        Allowance("sign-in:address", bucket, limits.logins_per_5_minutes, _WINDOW_SECONDS),
        Allowance("sign-in:all", "", limits.all_logins_per_5_minutes, _WINDOW_SECONDS),
    ]


def _login_of(session: Session, name: str) -> _Login | None:
    found = find_login(session, name)
    return None if found is None else _Login(found[0].id, found[0].password_hash, found[0].state)


def _begin(session: Session, known: _Login, allowances: list[Allowance], replaces: str) -> str:
    member = session.get_one(Member, known.member_id)
    if member.state != MemberState.ACTIVE or member.password_hash != known.password_hash:
        # Suspended, or given another password, while this one was checked.
        raise SignInRefused(_WRONG)
    uncount_attempts(session, allowances)
    return begin_session(session, member, replaces)
