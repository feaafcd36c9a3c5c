"""Who can log in: members and their bearer tokens."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class Role(StrEnum):
    """What a member may do for the union, from least to most."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"


class MemberState(StrEnum):
    """Whether a member may act."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Member(Identified):
    """A person with an account. The actor is who acts; the member is who logs in.

    `sealed_email` is encrypted with the master key, `email_key` a keyed hash for looking it up.
    """

    __tablename__ = "member"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), unique=True)
    email_key: Mapped[str | None] = mapped_column(unique=True)
    sealed_email: Mapped[bytes | None]
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(default=Role.MEMBER)
    state: Mapped[str] = mapped_column(default=MemberState.ACTIVE)
    locale: Mapped[str] = mapped_column(default="en")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class AccessToken(Identified):
    """A bearer token, stored as SHA-256. `scopes` is space-separated as OAuth writes it."""

    __tablename__ = "access_token"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str]
    app_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
