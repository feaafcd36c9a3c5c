"""Which second factors a member has, and what changes with the first and the last of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from fediunion.db import announce, now_of
from fediunion.kit.sentences import Sentence
from fediunion.members.factors.models import Passkey, PendingSignIn, RecoveryCode, TotpSecret
from fediunion.members.factors.passkeys import list_passkeys
from fediunion.members.factors.recovery import (
    count_recovery_codes,
    forget_recovery_codes,
    replace_recovery_codes,
)
from fediunion.members.factors.totp import forget_totp, has_totp
from fediunion.members.mail.notices import tell_of_change
from fediunion.members.models import Member, Role
from fediunion.members.service import end_apps, log_out
from fediunion.members.sessions import end_sessions, renew, session_of
from fediunion.members.tokens import CACHE
from fediunion.world import CHANGED


@dataclass(frozen=True)
class Factors:
    """What a member can prove itself with, beside the password."""

    totp: bool
    passkeys: tuple[Passkey, ...]
    recovery_codes_left: int

    @property
    def has_second(self) -> bool:
        """Whether signing in takes two steps."""
        return self.totp or bool(self.passkeys)


@dataclass(frozen=True)
class FactorsChanged:
    """What goes back to the browser: the cookie from now on, and new recovery codes where there were none."""

    cookie: str
    recovery_codes: tuple[str, ...] = ()


def list_factors(session: Session, member: Member) -> Factors:
    """Return the second factors of a member."""
    return Factors(
        has_totp(session, member.id),
        tuple(list_passkeys(session, member.id)),
        count_recovery_codes(session, member.id),
    )


def settle_factors(session: Session, member: Member, cookie: str, what: Sentence) -> FactorsChanged:
    """Draw the consequences of a factor that was added or removed, in the browser of `cookie`.

    The session gets another cookie and the rights that the member has now (row W02); all other browsers
    are signed out. With an officer's first factor its apps end too: what they were allowed without one
    does not grow. With the first factor come recovery codes. `what` is what the notice by mail says.
    Raises NotAllowed for a session that is over.
    """
    row = session_of(session, member, cookie)
    factors, codes = list_factors(session, member), tuple[str, ...]()
    is_first = factors.has_second and member.second_factor_since is None
    if is_first:
        member.second_factor_since = now_of(session)
        if member.role != Role.MEMBER:
            end_apps(session, member)
        if not factors.recovery_codes_left:
            codes = replace_recovery_codes(session, member)
    elif not factors.has_second:
        member.second_factor_since = None
        if member.sealed_email is not None:
            forget_recovery_codes(session, member.id)
    announce(session, CHANGED, CACHE)
    end_sessions(session, member, but=cookie)
    session.execute(delete(PendingSignIn).where(PendingSignIn.member_id == member.id))
    tell_of_change(session, member, what)
    return FactorsChanged(renew(session, row, member), codes)


def forget_factors(session: Session, member: Member) -> None:
    """Remove all that a member could prove itself with beside the password."""
    forget_totp(session, member.id)
    forget_recovery_codes(session, member.id)
    for table in (Passkey, PendingSignIn):
        session.execute(delete(table).where(table.member_id == member.id))
    member.second_factor_since = None


def forget_factors_since(session: Session, member: Member, since: datetime) -> bool:
    """Remove what was added since then to prove a member with; return whether there was anything.

    What is older stays, and is asked for as before.
    """
    old = list_factors(session, member)
    made = or_(TotpSecret.created_at >= since, TotpSecret.confirmed_at >= since)
    session.execute(delete(TotpSecret).where(TotpSecret.member_id == member.id, made))
    for table in (Passkey, RecoveryCode):
        session.execute(delete(table).where(table.member_id == member.id, table.created_at >= since))
    session.execute(delete(PendingSignIn).where(PendingSignIn.member_id == member.id))
    left = list_factors(session, member)
    if not left.has_second:
        member.second_factor_since = None
    return left != old


def reset_factors(session: Session, member: Member) -> None:
    """Let the password alone sign a member in who lost the rest; all sessions and tokens end; a mail says so.

    An operator's act: nothing here proves who asked.
    """
    forget_factors(session, member)
    log_out(session, member)
    tell_of_change(session, member, Sentence("Who runs the server removed all second factors."))
