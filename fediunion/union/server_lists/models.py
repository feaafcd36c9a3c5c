"""Which lists of ours are published, which of others are followed, and what those say of servers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class ListName(StrEnum):
    """The lists that a union can publish of its own rules."""

    BLOCKED = "blocked"
    ALLOWED = "allowed"


class Applying(StrEnum):
    """What becomes of a new entry: an officer is asked, or a block is made at once."""

    ASK = "ask"
    AUTOMATIC = "automatic"


class EntryState(StrEnum):
    """What was decided about an entry. `gone`: it was applied, and is no longer in the list."""

    WAITING = "waiting"
    APPLIED = "applied"
    SKIPPED = "skipped"
    GONE = "gone"


class PublishedList(Identified):
    """A list of ours that an officer lets everybody read."""

    __tablename__ = "published_list"
    name: Mapped[str] = mapped_column(unique=True)
    published_at: Mapped[datetime]


class FollowedList(Identified):
    """A list of another union. `stated_at` is its own date: an older one is a replay and not taken.

    `problem` is why it could not be taken the last time, "" where it was.
    """

    __tablename__ = "followed_list"
    url: Mapped[str] = mapped_column(unique=True)
    owner_uri: Mapped[str]
    applying: Mapped[str]
    stated_at: Mapped[datetime]
    looked_at: Mapped[datetime]
    problem: Mapped[str] = mapped_column(default="")


class ListEntryRow(Identified):
    """What a followed list says of a server, and what was decided about that."""

    __tablename__ = "followed_list_entry"
    list_id: Mapped[int] = mapped_column(ForeignKey("followed_list.id", ondelete="CASCADE"))
    host: Mapped[str]
    action: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str]

    __table_args__ = (Index("uq_followed_list_entry", "list_id", "host", unique=True),)
