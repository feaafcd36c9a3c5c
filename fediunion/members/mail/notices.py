"""Mails to a member's own address: what was done with the account, and what moderators have to say."""

from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import settings_of
from fediunion.members.emails import unseal_email
from fediunion.members.mail.service import Letter, queue_mail
from fediunion.members.models import Member


def title_of(settings: Settings) -> str:
    """Return what mails call this instance: the neutral name where the union has one."""
    return settings.instance.innocuous_name or settings.instance.title


def write_to(session: Session, member: Member, subject: str, text: str) -> None:
    """Queue a mail to a member; to one without an address nothing is sent."""
    if member.sealed_email is None:
        return
    address = unseal_email(member.sealed_email, member.id, settings_of(session))
    queue_mail(session, Letter(to=address, subject=subject, text=f"{text.strip()}\n"))


def tell_of_change(session: Session, member: Member, what: str) -> None:
    """Tell a member that the way to sign in was changed: `what` is a sentence about it (row W12)."""
    settings = settings_of(session)
    text = (
        f"{what}\n\nIf it was you, nothing is to be done. If it was not, choose another password now:\n"
        f"{settings.base_url}/password/forgotten\n\nand tell those who run {title_of(settings)}.\n"
    )
    write_to(session, member, f"Your account at {title_of(settings)} was changed", text)
