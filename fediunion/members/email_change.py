"""Another e-mail address: confirmed at the new one, taken back at the old one for seven days (row W15)."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.db import emit, settings_of
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, address_bucket, count_attempts, has_room
from fediunion.members.email_rules import check_allowed
from fediunion.members.emails import EmailAddress, email_spelling, unseal_email
from fediunion.members.events import MemberTakenBack
from fediunion.members.factors.standing import forget_factors_since
from fediunion.members.links.models import LinkKind
from fediunion.members.links.service import (
    LIVES,
    find_link,
    forget_links_since,
    get_link,
    new_link,
    take_link,
)
from fediunion.members.mail.notices import title_of, write_to, write_to_address
from fediunion.members.models import Member
from fediunion.members.queries import find_member_by_email
from fediunion.members.service import change_email, log_out
from fediunion.members.sessions import proved_member
from fediunion.world import World

CHANGES_PER_HOUR: Final = 5
_HOUR: Final = 3600
THIEF_WAS_IN: Final = timedelta(days=1)
"""How long before an address changed whoever changed it may have been in: so long its link was good."""

_REMOVED: Final = Sentence(
    "The app, passkeys and recovery codes that were added since the day before the change were removed."
)


async def ask_email_change(
    world: World, *, cookie: str, email: str, address: str, language: str = ""
) -> None:
    """Mail the new address of a member a link that confirms it; until then nothing changes.

    An address that somebody has gets no mail, and the member sees the same (row W08). One mail of each member
    goes to an address in an hour, and five more of all together: others cannot keep it from who has it (row
    W25). Raises Invalid for an address that accounts may not have, NotAllowed without a proof within ten
    minutes (row W19), TooManyAttempts for the member and the caller's address (row O20). `language` is that
    of the page.
    """

    def unit(session: Session) -> None:
        member = proved_member(session, cookie)
        new = check_allowed(session, email)
        allowances = [
            Allowance("email-change:member", str(member.id), CHANGES_PER_HOUR, _HOUR),
            Allowance("email-change:address", address_bucket(address), 2 * CHANGES_PER_HOUR, _HOUR),
        ]
        count_attempts(session, allowances)
        if find_member_by_email(session, str(new)) is not None or not _may_mail(session, member, new):
            return
        settings = settings_of(session)
        name = get_actor(session, member.actor_id).username
        token = new_link(session, member, LinkKind.NEW_EMAIL, email=str(new))
        title = title_of(settings)
        write_to_address(
            session,
            str(new),
            Sentence("Confirm your address for %(title)s", title=title),
            Sentence(
                "Somebody wants this to be the address of the account @%(name)s at %(title)s.",
                name=name,
                title=title,
            ),
            Sentence("If that is your own account, open this page within a day:"),
            f"{settings.base_url}/settings/email/confirm?token={token}",
            Sentence("If not, do nothing."),
            reader=member,
            language=language,
        )

    await world.db.write(unit)


def _may_mail(session: Session, member: Member, new: EmailAddress) -> bool:
    to = email_spelling(str(new))
    first = Allowance("email-change:first", f"{member.id} {to}", 1, _HOUR)
    more = Allowance("email-change:email", to, CHANGES_PER_HOUR, _HOUR)
    return has_room(session, first) or has_room(session, more)


def find_email_change(session: Session, token: str, kind: LinkKind) -> str | None:
    """Return whose a link to the new or the old address is, by username; None for one that is over.

    Looking changes nothing (row W05).
    """
    found = find_link(session, token, kind)
    return None if found is None else get_actor(session, found[1].actor_id).username


def confirm_email_change(session: Session, token: str) -> Member:
    """Give the member of a link the address that it was mailed to; return the member.

    The old address is told, with a link that takes it back for seven days. Raises NotFound for a link that
    was used or is too old, Invalid where somebody else has the address by now.
    """
    member, new = take_link(session, token, LinkKind.NEW_EMAIL)
    settings = settings_of(session)
    if member.sealed_email is not None:
        old = unseal_email(member.sealed_email, member.id, settings)
        undo = new_link(session, member, LinkKind.OLD_EMAIL, email=old)
        title = title_of(settings)
        write_to(
            session,
            member,
            Sentence("The address of your account at %(title)s was changed", title=title),
            Sentence("Your account at %(title)s has another e-mail address now.", title=title),
            Sentence(
                "If it was you, nothing is to be done. If it was not, open this page within seven days: the"
                " address becomes this one again, all browsers and apps are signed out, the password works no"
                " more, and you get a mail for another."
            ),
            f"{settings.base_url}/settings/email/undo?token={undo}",
        )
    change_email(session, member, new)
    return member


def undo_email_change(session: Session, token: str) -> Member:
    """Give a member the old address back, and put out who changed it; return the member.

    The password ends, and so do all sessions and apps, all links but those to addresses of before, and what
    was added to sign in with from a day before the change on. The member is mailed a link to another
    password; officers are told (MemberTakenBack). Raises NotFound for a link that was used or is too old,
    Invalid where somebody else has the address by now.
    """
    link, _ = get_link(session, token, LinkKind.OLD_EMAIL)
    changed_at = link.ends_at - LIVES[LinkKind.OLD_EMAIL]
    member, old = take_link(session, token, LinkKind.OLD_EMAIL)
    change_email(session, member, old)
    member.password_hash = None
    log_out(session, member)
    forget_links_since(session, member.id, link)
    removed = forget_factors_since(session, member, changed_at - THIEF_WAS_IN)
    _write_taken_back(session, member, removed=removed)
    emit(session, MemberTakenBack(member.id, member.actor_id))
    return member


def _write_taken_back(session: Session, member: Member, *, removed: bool) -> None:
    settings = settings_of(session)
    title, token = title_of(settings), new_link(session, member, LinkKind.PASSWORD)
    write_to(
        session,
        member,
        Sentence("Your account at %(title)s is yours again", title=title),
        Sentence(
            "The e-mail address of your account at %(title)s is this one again. All browsers and apps were"
            " signed out, and the password works no more.",
            title=title,
        ),
        *([_REMOVED] if removed else []),
        Sentence("Open this page within an hour to choose another password, and see the passkeys that stay:"),
        f"{settings.base_url}/password/new?token={token}",
        Sentence("Later, ask for another mail:"),
        f"{settings.base_url}/password/forgotten",
        Sentence("Tell those who run %(title)s, too.", title=title),
    )


EMAIL_IS_MAILED: Final = Sentence("If the address can be used, a mail is on its way to it.")
"""What a page says after `ask_email_change`, whatever came of it."""
