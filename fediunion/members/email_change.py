"""Another e-mail address: confirmed at the new one, taken back at the old one for seven days (row W15)."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import settings_of
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, address_bucket, count_attempts
from fediunion.members.email_rules import check_allowed
from fediunion.members.emails import unseal_email
from fediunion.members.links.models import LinkKind
from fediunion.members.links.service import find_link, forget_links, new_link, take_link
from fediunion.members.mail.notices import title_of, write_to, write_to_address
from fediunion.members.models import Member
from fediunion.members.password_change import mail_reset_link
from fediunion.members.queries import find_member_by_email
from fediunion.members.service import change_email, log_out
from fediunion.members.sessions import proved_member
from fediunion.world import World

CHANGES_PER_HOUR: Final = 5


async def ask_email_change(
    world: World, *, cookie: str, email: str, address: str, language: str = ""
) -> None:
    """Mail the new address of a member a link that confirms it; until then nothing changes.

    An address that somebody has gets no mail, and the member sees the same (row W08). Raises Invalid for
    an address that accounts may not have, NotAllowed without a proof within ten minutes (row W19),
    TooManyAttempts for the member, the caller's address and the new one (row O20). `language` is that of
    the page.
    """

    def unit(session: Session) -> None:
        member = proved_member(session, cookie)
        new = check_allowed(session, email)
        hour = 3600
        allowances = [
            Allowance("email-change:member", str(member.id), CHANGES_PER_HOUR, hour),
            Allowance("email-change:address", address_bucket(address), 2 * CHANGES_PER_HOUR, hour),
            Allowance("email-change:email", str(new).casefold(), CHANGES_PER_HOUR, hour),
        ]
        count_attempts(session, allowances)
        if find_member_by_email(session, str(new)) is not None:
            return
        settings = settings_of(session)
        token = new_link(session, member, LinkKind.NEW_EMAIL, email=str(new))
        title = title_of(settings)
        write_to_address(
            session,
            str(new),
            Sentence("Confirm your address for %(title)s", title=title),
            Sentence("Somebody wants this to be the address of an account at %(title)s.", title=title),
            Sentence("If it was you, open this page within a day:"),
            f"{settings.base_url}/settings/email/confirm?token={token}",
            Sentence("If not, do nothing."),
            reader=member,
            language=language,
        )

    await world.db.write(unit)


def find_email_change(session: Session, token: str, kind: LinkKind) -> Member | None:
    """Return whose a link to the new or the old address is, or None; looking changes nothing (row W05)."""
    found = find_link(session, token, kind)
    return None if found is None else found[1]


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
                " address becomes this one again, all browsers and apps are signed out, and you get a mail"
                " for another password."
            ),
            f"{settings.base_url}/settings/email/undo?token={undo}",
        )
    change_email(session, member, new)
    return member


def undo_email_change(session: Session, token: str) -> Member:
    """Give a member the old address back, sign out everywhere, and mail a link to another password.

    All other links of the member are dead then, and so are those that a thief was mailed. Raises NotFound
    for a link that was used or is too old, Invalid where somebody else has the address by now.
    """
    member, old = take_link(session, token, LinkKind.OLD_EMAIL)
    change_email(session, member, old)
    log_out(session, member)
    forget_links(session, member.id)
    mail_reset_link(session, member)
    return member


EMAIL_IS_MAILED: Final = Sentence("If the address can be used, a mail is on its way to it.")
"""What a page says after `ask_email_change`, whatever came of it."""
