"""Apps, and what leads to their tokens: codes and refresh tokens. Nothing secret is stored in clear."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class Application(Identified):
    """An app that registered. `used_at` is when it first had a token; one that never had is deleted.

    `scopes` is space-separated; `redirect_uris` are compared with as they were given.
    """

    __tablename__ = "application"
    client_id: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    name: Mapped[str]
    website: Mapped[str | None]
    redirect_uris: Mapped[list[Any]]
    scopes: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AuthorizationCode(Identified):
    """One consent of a member to one app. Its id is the grant that all tokens made of it share.

    A used one is kept for a day, so that a second use is seen.
    """

    __tablename__ = "authorization_code"
    code_hash: Mapped[str] = mapped_column(unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    redirect_uri: Mapped[str]
    scopes: Mapped[str]
    challenge: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RefreshToken(Identified):
    """A token that renews others, once. All that follow from each other share their `grant_id`."""

    __tablename__ = "refresh_token"
    token_hash: Mapped[str] = mapped_column(unique=True)
    grant_id: Mapped[int] = mapped_column(index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
