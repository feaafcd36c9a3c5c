"""The Admin::EmailDomainBlock and Admin::CanonicalEmailBlock entities."""

from fediunion.api.mastodon.entities.frame import Entity, instant
from fediunion.members.models import EmailBlock, EmailDomainBlock


def admin_email_domain_block_entity(row: EmailDomainBlock) -> Entity:
    """Return a domain that nobody signs up with. Nobody counts who tries: `history` is empty on purpose.

    Source: https://docs.joinmastodon.org/entities/Admin_EmailDomainBlock/
    """
    return {
        "id": str(row.id),
        "domain": row.domain,
        "created_at": instant(row.created_at),
        "history": [],
        "allow_with_approval": False,
    }


def admin_canonical_email_block_entity(row: EmailBlock) -> Entity:
    """Return a blocked address by its hash, which has a key: nobody can find the address by trying.

    Source: https://docs.joinmastodon.org/entities/Admin_CanonicalEmailBlock/
    """
    return {"id": str(row.id), "canonical_email_hash": row.key}
