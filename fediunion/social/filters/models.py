"""Filters: what a member's apps hide, blur or warn of."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class FilterAction(StrEnum):
    """What an app does with a post that matches; the words are those of the Mastodon API."""

    WARN = "warn"
    HIDE = "hide"
    BLUR = "blur"


class Filter(Identified):
    """A member's filter. `contexts` are where it is used: home, notifications, public, thread, account."""

    __tablename__ = "post_filter"
    owner_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    contexts: Mapped[list[Any]]
    action: Mapped[str] = mapped_column(default=FilterAction.WARN)
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class FilterKeyword(Identified):
    """Words that a filter looks for; with `whole_word` not inside of longer words."""

    __tablename__ = "filter_keyword"
    filter_id: Mapped[int] = mapped_column(ForeignKey("post_filter.id", ondelete="CASCADE"), index=True)
    keyword: Mapped[str]
    whole_word: Mapped[bool]


class FilterPost(Identified):
    """A single post that a filter is for."""

    __tablename__ = "filter_status"
    filter_id: Mapped[int] = mapped_column(ForeignKey("post_filter.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)

    __table_args__ = (Index("uq_filter_status", "filter_id", "post_id", unique=True),)
