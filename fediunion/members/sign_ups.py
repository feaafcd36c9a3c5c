"""Requests for accounts: made by a person, confirmed by mail, decided by whoever lets people in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Reach
from fediunion.config import MailMode, RegistrationMode, Settings
from fediunion.db import emit, now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.ids import new_token, token_hash
from fediunion.kit.sentences import Sentence
from fediunion.members.events import MemberSignedUp
from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.invites.models import Invite
from fediunion.members.invites.service import use_invite
from fediunion.members.mail.notices import title_of, write_to
from fediunion.members.models import Member, MemberState, Role, SignUp
from fediunion.members.queries import find_member_by_email, get_member
from fediunion.members.rights import rights_of_member
from fediunion.members.service import approve_member, change_email, create_member, delete_member, set_reach

LONGEST_REASON: Final = 1000
CONFIRMATION_LIVES: Final = timedelta(hours=24)
CONFIRMED_WITHIN: Final = timedelta(days=7)
_AT_ONCE: Final = 200


@dataclass(frozen=True)
class Joined:
    """Who asked for an account; without an address, the recovery codes that take its place: shown once."""

    member: Member
    recovery_codes: tuple[str, ...] = ()


def check_open(settings: Settings, *, invited: bool = False) -> None:
    """Raise NotAllowed where nobody can ask for an account without, or even with an invitation."""
    open_to_all = settings.registration.mode in (RegistrationMode.OPEN, RegistrationMode.APPROVAL)
    if not open_to_all and not (invited and settings.registration.mode is RegistrationMode.INVITE):
        raise NotAllowed(
            Sentence("Accounts are given by invitation here; ask your union."), reason="registration-closed"
        )


def sign_up(
    session: Session,
    *,
    username: str,
    email: str | None,
    password_hash: str,
    keys: NewKeys,
    locale: str | None = None,
    reason: str = "",
    application_id: int | None = None,
    invite_code: str = "",
    reach: Reach | None = None,
    display_name: str = "",
    tells_holder: bool = False,
) -> Joined:
    """Return a new member, who may act once the address is confirmed and, where so configured, approved.

    Until then nobody outside can know of it; then it is seen as far as `reach`, or as configured. Where no
    mail is sent, and in development, an address counts as confirmed, and so does none where the union asks
    for none. An invitation opens an instance of mode "invite"; where accounts are approved, one by an officer
    approves. With `tells_holder` an address that somebody has is no error where addresses are confirmed: that
    one is told, and the account is made without an address, so that it never opens (row W08).
    Raises Invalid, with its field, as create_member does, and for no address where one is needed;
    NotAllowed where registration is closed, NotFound for an invitation that is over.
    """
    settings = settings_of(session)
    check_open(settings, invited=bool(invite_code))
    if not email and settings.registration.email_required:
        raise Invalid(Sentence("An e-mail address is needed."), field="email", reason="blank")
    now, confirms = now_of(session), _confirms(settings)
    holder = find_member_by_email(session, email) if tells_holder and confirms and email else None
    member = create_member(
        session,
        username=username,
        keys=keys,
        email=None if holder else email or None,
        password_hash=password_hash,
        reach=Reach.HIDDEN,
        state=MemberState.PENDING,
        locale=locale,
        display_name=display_name,
        by_operator=False,
    )
    invited = use_invite(session, invite_code, member) if invite_code else None
    row = SignUp(
        member_id=member.id,
        application_id=application_id,
        reason=reason.strip(),
        created_at=now,
        approved_at=now if _is_approved(session, invited) else None,
        confirmed_at=None if email and confirms else now,
        reach=reach,
    )
    session.add(row)
    codes = () if email else replace_recovery_codes(session, member)
    if holder is not None:
        _tell_holder(session, holder[0], locale or "")
    elif row.confirmed_at is None:
        _send_confirmation(session, member, row)
    else:
        emit(session, MemberSignedUp(member.id, member.actor_id))
    _let_in_if_ready(session, member, row)
    return Joined(member, codes)


def _confirms(settings: Settings) -> bool:
    """Return whether who asks for an account has to open a link in a letter: never in trials."""
    return settings.mail.mode is not MailMode.OFF and not settings.is_development


def _is_approved(session: Session, invited: Invite | None) -> bool:
    """Return whether nobody has to let the newcomer in: an officer who invited did, or nobody is asked."""
    settings = settings_of(session)
    if settings.registration.mode is not RegistrationMode.APPROVAL or invited is None:
        return settings.registration.mode is not RegistrationMode.APPROVAL
    inviter = session.get_one(Member, invited.made_by_id)
    return rights_of_member(inviter, settings) is not Role.MEMBER


def find_sign_up(session: Session, member_id: int) -> SignUp | None:
    """Return the request of a member that is not decided yet, or None."""
    return session.get(SignUp, member_id)


def approve_sign_up(session: Session, member: Member) -> None:
    """Let a member in, once the address is confirmed, and write so. Raises NotAllowed for one in already."""
    _check_waits(member)
    row = find_sign_up(session, member.id)
    if row is None:
        approve_member(session, member)
    else:
        row.approved_at = row.approved_at or now_of(session)
        _let_in_if_ready(session, member, row)
    if member.state == MemberState.ACTIVE:
        _tell_let_in(session, member)


def reject_sign_up(session: Session, member: Member) -> None:
    """Erase a member who waits to be let in. Raises NotAllowed for one who does not wait."""
    _check_waits(member)
    delete_member(session, member)


def forget_unconfirmed(session: Session) -> None:
    """Erase who asked for an account a week ago and did not confirm the address."""
    old = SignUp.created_at < now_of(session) - CONFIRMED_WITHIN
    statement = select(Member).join(SignUp, SignUp.member_id == Member.id)
    found = statement.where(SignUp.confirmed_at.is_(None), old, Member.state == MemberState.PENDING)
    for member in session.scalars(found.limit(_AT_ONCE)).all():
        delete_member(session, member)


def waits_for_mail(session: Session, member: Member) -> bool:
    """Return whether a member has an address that is not confirmed, and cannot act before."""
    row = find_sign_up(session, member.id)
    return row is not None and row.confirmed_at is None and member.sealed_email is not None


def send_confirmation_again(session: Session, member: Member, email: str = "") -> None:
    """Send the mail that confirms an address once more, to another one where it is given.

    With an address that somebody else has it is as with `tells_holder` of `sign_up`, for who asks the same
    (row W08). Raises NotAllowed for who has confirmed, Invalid for an address that is bad.
    """
    row = find_sign_up(session, member.id)
    if row is None or row.confirmed_at is not None:
        raise NotAllowed(Sentence("This address is confirmed."), reason="confirmed")
    _check_mail_is_sent(session)
    holder = find_member_by_email(session, email) if email else None
    if holder is not None and holder[0].id != member.id:
        member.email_key = member.sealed_email = row.confirmation_hash = None
        _tell_holder(session, holder[0], member.locale)
        return
    if email:
        change_email(session, member, email)
    if member.sealed_email is not None:
        _send_confirmation(session, member, row)


def confirm_email(session: Session, token: str) -> Member:
    """Take an address as confirmed, by what the mail to it carries, once; return whose it is.

    Raises NotFound for what never was, was used, or is older than a day.
    """
    hashed = token_hash(token)
    row = session.scalar(select(SignUp).where(SignUp.confirmation_hash == hashed))
    if row is None or row.confirmation_ends_at is None or row.confirmation_ends_at <= now_of(session):
        raise NotFound("This link was used, or is too old.")
    member = session.get_one(Member, row.member_id)
    row.confirmed_at, row.confirmation_hash = now_of(session), None
    emit(session, MemberSignedUp(member.id, member.actor_id))
    _let_in_if_ready(session, member, row)
    return member


def is_name_taken(session: Session, username: str) -> bool:
    """Return whether a member has that username."""
    try:
        get_member(session, username)
    except NotFound:
        return False
    return True


def _check_waits(member: Member) -> None:
    if member.state != MemberState.PENDING:
        raise NotAllowed(Sentence("This account does not wait for approval."), reason="not-pending")


def _let_in_if_ready(session: Session, member: Member, row: SignUp) -> None:
    if row.approved_at is None or row.confirmed_at is None:
        return
    session.flush()
    session.delete(row)
    approve_member(session, member)
    set_reach(session, member, Reach(row.reach or settings_of(session).privacy.default_reach))


def _check_mail_is_sent(session: Session) -> None:
    if settings_of(session).mail.mode is MailMode.OFF:
        raise Invalid(Sentence("No mail is sent from here; ask your union."), field="email")


def _send_confirmation(session: Session, member: Member, row: SignUp) -> None:
    settings = settings_of(session)
    token = new_token()
    row.confirmation_hash = token_hash(token)
    row.confirmation_ends_at = now_of(session) + CONFIRMATION_LIVES
    link = f"{settings.base_url}/confirm-email?token={token}"
    title = title_of(settings)
    write_to(
        session,
        member,
        Sentence("Confirm your address for %(title)s", title=title),
        Sentence("Somebody asked for an account at %(title)s with this address.", title=title),
        Sentence("If it was you, open this page within a day:"),
        link,
        Sentence("If not, do nothing: without it there will be no account."),
    )


def _tell_let_in(session: Session, member: Member) -> None:
    settings = settings_of(session)
    title = title_of(settings)
    write_to(
        session,
        member,
        Sentence("Your account at %(title)s is open", title=title),
        Sentence(
            "Your request for an account at %(title)s was granted. This is where you sign in:", title=title
        ),
        f"{settings.base_url}/sign-in",
    )


def _tell_holder(session: Session, holder: Member, language: str) -> None:
    """Tell who has an address that somebody, on a page in `language`, asked for another account with it."""
    settings = settings_of(session)
    title = title_of(settings)
    write_to(
        session,
        holder,
        Sentence("You have an account at %(title)s", title=title),
        Sentence(
            "Somebody asked for an account at %(title)s with this address. You have one; this is where you"
            " sign in:",
            title=title,
        ),
        f"{settings.base_url}/sign-in",
        Sentence("If you forgot the password, ask for another:"),
        f"{settings.base_url}/password/forgotten",
        Sentence("If it was not you, do nothing."),
        language=language,
    )
