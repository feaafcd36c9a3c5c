"""Which addresses nobody signs up with: whole domains, and single addresses of which only a hash is kept."""

import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.db.pages import paged
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import ascii_host
from fediunion.members.emails import EmailAddress, check_email_domain, email_key, is_under, parse_email
from fediunion.members.models import EmailBlock, EmailDomainBlock

_KEY: Final = re.compile(r"[0-9a-f]{64}")


def canonical_email(address: EmailAddress) -> EmailAddress:
    """Return the address without what many providers ignore: dots, and what follows a plus.

    Source: https://docs.joinmastodon.org/methods/admin/canonical_email_blocks/
    """
    local_part = address.local_part.lower().partition("+")[0].replace(".", "")
    return EmailAddress(local_part or address.local_part.lower(), address.domain)


def check_allowed(session: Session, email: str) -> EmailAddress:
    """Return the address that a person gave for an account; raise Invalid where accounts may not have it."""
    address = parse_email(email.strip())
    check_email_domain(address, settings_of(session).registration.email_domains)
    if is_email_blocked(session, address):
        sentence = Sentence("Accounts cannot have this e-mail address.")
        raise Invalid(sentence, field="email", reason="email-domain")
    return address


def is_work_address(address: EmailAddress, settings: Settings) -> bool:
    """Return whether an employer can read the mail of this address: its domain or one above is listed.

    The domain is the one that mail goes to, once parsed; a plus and what follows it change nothing (W16).
    """
    listed = (ascii_host(domain.removeprefix("@")) for domain in settings.registration.employer_domains)
    return any(is_under(address.domain, domain) for domain in listed if domain)


def canonical_key(session: Session, text: str) -> str:
    """Return the keyed hash under which an address is blocked. Raises Invalid for what is no address."""
    return email_key(canonical_email(parse_email(text)), settings_of(session))


def is_email_blocked(session: Session, address: EmailAddress) -> bool:
    """Return whether nobody may sign up with this address: itself, its domain, or one above is blocked."""
    labels = address.domain.split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels))]
    blocked = select(EmailDomainBlock.id).where(EmailDomainBlock.domain.in_(domains))
    if session.scalar(blocked.limit(1)) is not None:
        return True
    key = email_key(canonical_email(address), settings_of(session))
    return session.scalar(select(EmailBlock.id).where(EmailBlock.key == key)) is not None


def add_domain_block(session: Session, domain: str) -> EmailDomainBlock:
    """Block a domain for sign-ups; return the row. Raises Invalid for no domain, or one that is blocked."""
    try:
        name = parse_email(f"anybody@{domain.strip().removeprefix('@')}").domain
    except Invalid:
        raise Invalid(Sentence("This is not a domain of e-mail addresses."), field="domain") from None
    if session.scalar(select(EmailDomainBlock.id).where(EmailDomainBlock.domain == name)) is not None:
        raise Invalid(Sentence("This domain is blocked."), field="domain", reason="taken")
    row = EmailDomainBlock(domain=name, created_at=now_of(session))
    session.add(row)
    return row


def add_email_block(session: Session, *, email: str = "", key: str = "") -> EmailBlock:
    """Block an address, given as it is or as the hash that this instance shows; return the row.

    Raises Invalid for neither. A second time the same row is returned.
    """
    if email:
        key = canonical_key(session, email)
    if _KEY.fullmatch(key) is None:
        raise Invalid("An e-mail address, or a hash of this server, is needed.", field="email")
    row = session.scalar(select(EmailBlock).where(EmailBlock.key == key))
    if row is None:
        row = EmailBlock(key=key, created_at=now_of(session))
        session.add(row)
    return row


def find_email_block(session: Session, email: str) -> EmailBlock | None:
    """Return the block of an address, or None. Raises Invalid for what is no address."""
    return session.scalar(select(EmailBlock).where(EmailBlock.key == canonical_key(session, email)))


def get_domain_block(session: Session, block_id: int) -> EmailDomainBlock:
    """Return a blocked domain; raise NotFound."""
    row = session.get(EmailDomainBlock, block_id)
    if row is None:
        raise NotFound("There is no such block.")
    return row


def get_email_block(session: Session, block_id: int) -> EmailBlock:
    """Return a blocked address; raise NotFound."""
    row = session.get(EmailBlock, block_id)
    if row is None:
        raise NotFound("There is no such block.")
    return row


def list_domain_blocks(session: Session, page: Page) -> list[EmailDomainBlock]:
    """Return blocked domains, the newest first."""
    rows = session.scalars(paged(select(EmailDomainBlock), EmailDomainBlock.id, page))
    return page.newest_first(list(rows))


def list_email_blocks(session: Session, page: Page) -> list[EmailBlock]:
    """Return blocked addresses, the newest first."""
    return page.newest_first(list(session.scalars(paged(select(EmailBlock), EmailBlock.id, page))))
