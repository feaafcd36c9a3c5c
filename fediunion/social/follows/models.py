"""Who follows whom, and who wants nothing to do with whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class FollowState(StrEnum):
    """A follow is asked for, then accepted; a rejected one has no row."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"


class Follow(Identified):
    """`follower` follows, or asks to follow, `followed`. `uri` is the Follow activity's id.

    `signed_at` is when a follower elsewhere signed it, by the clock of its server.
    `through_reader`: a hidden member's follow of a remote actor. Only the instance's reader actor
    follows on the wire; this row is local knowledge.
    """

    __tablename__ = "follow"
    follower_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    followed_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    uri: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=FollowState.REQUESTED)
    through_reader: Mapped[bool] = mapped_column(default=False)
    shows_boosts: Mapped[bool] = mapped_column(default=True)
    notifies: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    signed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_follow", "follower_id", "followed_id", unique=True),
        Index("ix_follow_followed", "followed_id", "state"),
    )


class Block(Identified):
    """`blocker` does not want to be seen, followed or addressed by `blocked`. Ours are never sent out."""

    __tablename__ = "block"
    blocker_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    blocked_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    uri: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_block", "blocker_id", "blocked_id", unique=True),)


class Mute(Identified):
    """`muter` does not want to read `muted`; `muted` never learns of it."""

    __tablename__ = "mute"
    muter_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    muted_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    mutes_notifications: Mapped[bool] = mapped_column(default=True)
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_mute", "muter_id", "muted_id", unique=True),)


class MemberDomainBlock(Identified):
    """A member wants nothing from a server."""

    __tablename__ = "member_domain_block"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    host: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_member_domain_block", "actor_id", "host", unique=True),)
