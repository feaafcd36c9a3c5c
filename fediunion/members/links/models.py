"""What is stored of the links in mails: hashes, and what they are for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class LinkKind(StrEnum):
    """What a link does."""

    PASSWORD = "password"  # noqa: S105 - a kind of link
    NEW_EMAIL = "new-email"
    OLD_EMAIL = "old-email"


class MailedLink(Identified):
    """A link that was mailed. `token_hash` is the SHA-256 of what it carries, the row goes once it was used.

    `bound_to` is a keyed hash of the password and address that the member had: with others the link is
    dead (row W14); None where it has to outlive them. `sealed_email` is the address that it gives.
    """

    __tablename__ = "mailed_link"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    bound_to: Mapped[str | None]
    sealed_email: Mapped[bytes | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)
