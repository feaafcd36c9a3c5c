"""What posts are found by, how far the index is, and which suggestions a member does not want."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified
from fediunion.db.full_text import FullText, full_text


class PostWords(Base):
    """The words of a post, folded, and its `facets`: short words for what else it is looked up by.

    `open` and `circle` say that its author lets it be found (by anybody who may read it, by followers),
    `a1` who wrote it, `m1` which member wrote it or is addressed, then `media`, `poll`, `reply`, `langde`…
    Without a row a post is not found.
    """

    __tablename__ = "post_words"
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    words: Mapped[str]
    facets: Mapped[str]


class IndexProgress(Base):
    """Until which moment all posts that came are in the index `name`."""

    __tablename__ = "index_progress"
    name: Mapped[str] = mapped_column(primary_key=True)
    reached_at: Mapped[datetime]


class DismissedSuggestion(Identified):
    """A member does not want an account suggested any more."""

    __tablename__ = "dismissed_suggestion"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    suggested_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_dismissed_suggestion", "actor_id", "suggested_id", unique=True),)


ANY_POST: Final = "post"
"""The facet of all posts: with it what shall not be there can be looked for alone."""
POST_WORDS: Final[FullText] = full_text(PostWords, "words", "facets")
