"""Decisions about e-mail addresses and their domains: who cannot sign up with them."""

from sqlalchemy.orm import Session

from fediunion.members import email_rules
from fediunion.members.models import EmailBlock, EmailDomainBlock
from fediunion.social.moderation.audit import record_audit


def block_domain(session: Session, domain: str, *, by: str) -> EmailDomainBlock:
    """Let nobody sign up with an address at a domain; return the row. Raises Invalid."""
    row = email_rules.add_domain_block(session, domain)
    record_audit(session, by=by, action="email_domain.block", subject=row.domain)
    return row


def unblock_domain(session: Session, block_id: int, *, by: str) -> None:
    """Take such a block back. Raises NotFound."""
    row = email_rules.get_domain_block(session, block_id)
    session.delete(row)
    record_audit(session, by=by, action="email_domain.unblock", subject=row.domain)


def block_email(session: Session, *, email: str = "", key: str = "", by: str) -> EmailBlock:
    """Let nobody sign up with an address, or the one of that hash; the log has the hash. Raises Invalid."""
    row = email_rules.add_email_block(session, email=email, key=key)
    record_audit(session, by=by, action="email.block", subject=row.key)
    return row


def unblock_email(session: Session, block_id: int, *, by: str) -> None:
    """Take such a block back. Raises NotFound."""
    row = email_rules.get_email_block(session, block_id)
    session.delete(row)
    record_audit(session, by=by, action="email.unblock", subject=row.key)
