"""Which apps are pushed to, and the key by which push services know this instance."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class PushPolicy(StrEnum):
    """From whom an app is pushed to."""

    ALL = "all"
    FOLLOWED = "followed"
    FOLLOWER = "follower"
    NONE = "none"


class PushSubscription(Identified):
    """An app is pushed to at `endpoint`; an access token has one at most, and it ends with the token.

    `sealed_keys` are the app's public key and secret (`Recipient`), `sealed_token` the token itself: both
    encrypted with the master key, for this row. `alerts` are the kinds of notifications that are wanted.
    `standard` is RFC 8291; without it, the draft before it.
    """

    __tablename__ = "push_subscription"
    token_id: Mapped[int] = mapped_column(ForeignKey("access_token.id", ondelete="CASCADE"), unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str]
    sealed_keys: Mapped[bytes]
    sealed_token: Mapped[bytes]
    alerts: Mapped[dict[str, Any]]
    policy: Mapped[str] = mapped_column(default=PushPolicy.ALL)
    standard: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class VapidKey(Base):
    """The instance's key pair for push services, in one row. `public` is as apps are given it."""

    __tablename__ = "vapid_key"
    name: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[str]
    sealed_private: Mapped[bytes]
    created_at: Mapped[datetime]
