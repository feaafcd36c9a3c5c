"""Signing in: the password of an account, tried a bounded number of times, for the cookie of a session.

Who has a second factor is signed in by members/second_step.py, with a passkey by members/passkey_sign_in.py.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, count_attempts, uncount_attempts
from fediunion.members.emails import login_spelling
from fediunion.members.factors.attempts import password_allowances
from fediunion.members.known_browsers import tries_of_browser
from fediunion.members.models import Member, MemberState
from fediunion.members.passwords import make_passwords
from fediunion.members.queries import find_login
from fediunion.members.refusals import AccountSuspended, SignInRefused
from fediunion.members.second_step import wait_for_second
from fediunion.members.sessions import begin_session
from fediunion.members.sign_ups import find_sign_up
from fediunion.world import World

LONGEST_NAME: Final = 320
_WRONG: Final = Sentence("The name or the password is not right.")
_UNCONFIRMED: Final = Sentence("Open the link in the mail that we sent to your address first.")
_SENTENCES: Final = {
    MemberState.PENDING: Sentence(
        "Your account waits for approval. You can sign in when somebody has let you in."
    ),
    MemberState.DISABLED: Sentence("Your account is disabled. Ask your union why, and how to have it back."),
    MemberState.SUSPENDED: Sentence(
        "Your account is suspended. You can read why, and ask that somebody else decides again."
    ),
}


@dataclass(frozen=True)
class SignedIn:
    """The cookie for the browser. Until `complete` it opens nothing but the second step."""

    cookie: str
    complete: bool


@dataclass(frozen=True)
class _Login:
    member_id: int
    password_hash: str | None
    state: str
    tries_of_browser: str | None


async def sign_in(
    world: World,
    *,
    name: str,
    password: str,
    address: str,
    replaces: str = "",
    device: str = "",
    browser: str = "",
) -> SignedIn:
    """Return the cookie for the right name (or e-mail address) and password.

    It is that of a session, or of one that waits for the member's second factor (members/second_step.py).
    `address` is who asks, `replaces` the cookie that the browser had, `device` from describe_device,
    `browser` what it keeps of who signed in with it before (members/known_browsers.py).
    Raises SignInRefused, with one sentence and after equal work whether there is such an account or not
    (row W08); only with the right password one learns that an account is pending or suspended, which is an
    AccountSuspended. Raises TooManyAttempts (row W09).
    """
    typed = name[:LONGEST_NAME]
    known = await world.db.read(_login_of, typed, browser)
    own = None if known is None else known.tries_of_browser
    allowances = password_allowances(world.settings, login_spelling(typed), address, browser=own)
    await world.db.write(count_attempts, allowances)
    passwords = world.part(make_passwords)
    stored = None if known is None else known.password_hash
    right = await passwords.verify(stored, password)
    if known is None or stored is None or not right:
        raise SignInRefused(_WRONG)
    if known.state != MemberState.ACTIVE:
        raise await world.db.read(_refusal, known)
    return await world.db.write(_begin, known, stored, allowances, replaces, device)


def _login_of(session: Session, name: str, browser: str) -> _Login | None:
    """Return whose name or confirmed address it is, and what is needed to check the password."""
    found = find_login(session, name)
    if found is None:
        return None
    member = found[0]
    own = tries_of_browser(session, browser, member.id)
    return _Login(member.id, member.password_hash, member.state, own)


def _refusal(session: Session, known: _Login) -> SignInRefused:
    row = find_sign_up(session, known.member_id)
    if row is not None and row.confirmed_at is None:
        return SignInRefused(_UNCONFIRMED)
    sentence = _SENTENCES.get(MemberState(known.state), _WRONG)
    if known.state != MemberState.SUSPENDED:
        return SignInRefused(sentence)
    complete = session.get_one(Member, known.member_id).second_factor_since is None
    return AccountSuspended(sentence, member_id=known.member_id, complete=complete)


def _begin(
    session: Session, known: _Login, stored: str, allowances: list[Allowance], replaces: str, device: str
) -> SignedIn:
    member = session.get_one(Member, known.member_id)
    if member.state != MemberState.ACTIVE or member.password_hash != stored:
        # Suspended, or given another password, while this one was checked.
        raise SignInRefused(_WRONG)
    uncount_attempts(session, allowances)
    if member.second_factor_since is None:
        return SignedIn(begin_session(session, member, replaces, device=device), complete=True)
    return SignedIn(wait_for_second(session, member, stored, replaces, device), complete=False)
