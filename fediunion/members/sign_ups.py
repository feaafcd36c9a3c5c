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
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, has_room
from fediunion.members.emails import unseal_email
from fediunion.members.events import MemberSignedUp
from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.invites.models import Invite
from fediunion.members.invites.service import use_invite
from fediunion.members.mail.notices import title_of, write_to
from fediunion.members.models import Member, MemberState, Role, SignUp
from fediunion.members.queries import find_member_by_email, get_member
from fediunion.members.rights import rights_of_member
from fediunion.members.service import approve_member, change_email, create_member, delete_member, set_reach
from fediunion.members.unconfirmed import get_named, keep_unconfirmed, mail_link

LONGEST_REASON: Final = 1000
CONFIRMED_WITHIN: Final = timedelta(days=7)
_AT_ONCE: Final = 200
_HOUR: Final = 3600


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
) -> Joined:
    """Return a new member, who may act once the address is confirmed and, where so configured, approved.

    Until then nobody outside can know of it; then it is seen as far as `reach`, or as configured. An address
    is the member's once it is confirmed, and keeps nobody from anything before (row W25). One that somebody
    has is no error: that one is told, and the account never opens (row W08). In development an address counts
    as confirmed, where the union asks for none so does none, and where no mail is sent none is kept. An
    invitation opens an instance of mode "invite"; where accounts are approved, one by an officer approves.
    Raises Invalid, with its field, as create_member does, and for no address where one is needed;
    NotAllowed where registration is closed, NotFound for an invitation that is over.
    """
    settings = settings_of(session)
    check_open(settings, invited=bool(invite_code))
    if not email and needs_email(settings):
        raise Invalid(Sentence("An e-mail address is needed."), field="email", reason="blank")
    now, address = now_of(session), email if email and sends_mail(settings) else None
    confirms = address is not None and not settings.is_development
    member = create_member(
        session,
        username=username,
        keys=keys,
        email=None if confirms else address,
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
        confirmed_at=None if confirms else now,
        reach=reach,
    )
    session.add(row)
    codes = () if email else replace_recovery_codes(session, member)
    if confirms:
        _ask_to_confirm(session, member, row, str(address))
    else:
        emit(session, MemberSignedUp(member.id, member.actor_id))
    _let_in_if_ready(session, member, row)
    return Joined(member, codes)


def sends_mail(settings: Settings) -> bool:
    """Return whether an address can be confirmed here; where it cannot, accounts have none."""
    return settings.mail.mode is not MailMode.OFF


def needs_email(settings: Settings) -> bool:
    """Return whether who asks for an account has to give an address."""
    return settings.registration.email_required and sends_mail(settings)


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
    return row is not None and row.sealed_email is not None


def send_confirmation_again(session: Session, member: Member, email: str = "") -> None:
    """Send the mail that confirms an address once more, to another one where it is given.

    An address that somebody else has is answered as in `sign_up` (row W08). Raises NotAllowed for who has
    confirmed, Invalid for an address that is bad.
    """
    row = find_sign_up(session, member.id)
    if row is None or row.confirmed_at is not None:
        raise NotAllowed(Sentence("This address is confirmed."), reason="confirmed")
    settings = settings_of(session)
    if not sends_mail(settings):
        raise Invalid(Sentence("No mail is sent from here; ask your union."), field="email")
    if email:
        _ask_to_confirm(session, member, row, email)
    elif row.sealed_email is not None:
        mail_link(session, unseal_email(row.sealed_email, member.id, settings), member.locale)


def confirm_email(session: Session, token: str, username: str) -> Member:
    """Give the account of that name the address of a mailed link; return whose it is.

    All other requests that named the address lose it, and never open. Raises NotFound for a link that is
    over, and where nobody asked for that account with the address; Invalid where somebody else was quicker.
    """
    row = get_named(session, token, username)
    member = session.get_one(Member, row.member_id)
    if row.sealed_email is not None:
        change_email(session, member, unseal_email(row.sealed_email, member.id, settings_of(session)))
    row.confirmed_at = now_of(session)
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


def _ask_to_confirm(session: Session, member: Member, row: SignUp, email: str) -> None:
    """Mail the link to an address that a request names; where somebody has it, that one is told instead."""
    holder = find_member_by_email(session, email)
    keep_unconfirmed(session, row, email if holder is None else None)
    if holder is None:
        mail_link(session, email, member.locale)
    else:
        _tell_holder(session, holder[0], member.locale)


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
    """Tell who has an address that somebody, on a page in `language`, asked for another account with it.

    No more often than links go to an address that nobody has.
    """
    settings = settings_of(session)
    if not has_room(
        session, Allowance("sign-up:holder", str(holder.id), settings.limits.sign_ups_per_hour, _HOUR)
    ):
        return
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
