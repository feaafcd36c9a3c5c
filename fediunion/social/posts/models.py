"""Posts, and what people do with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


def _index_of_some(column: str, *more: str) -> Index:
    """Return an index of the rows that have `column`.

    Most posts answer, quote and boost nothing. An index of all of them looks useless to a planner that
    counted how often each value occurs, and every lookup becomes a scan of the table.
    """
    has_it = text(f"{column} IS NOT NULL")
    return Index(f"ix_post_{column}", column, *more, sqlite_where=has_it, postgresql_where=has_it)


class Post(Identified):
    """A post or a boost of one, ours or remote. Its id sorts by publishing time.

    A boost has `boost_of_id` and no content. `content` is clean HTML, `source` what was typed,
    `source_type` the media type of that.
    `title` is the `name` of an Article, Event, Page…; `wire_type` the type it travels as.
    `audience` is an activitypub.audience.Audience; it can narrow, never widen.
    `thread_id` is the id of the oldest post that we know of the thread, its own for a start.
    `interaction_policy` and `card` are as on the wire / as shown; `event` {"starts","ends","place"}.
    `approval_state` is what the author of what a post of ours answers or boosts said to that: "" nothing,
    "accepted" with a consent at `approval_uri`, or "rejected".
    `extension` are the members that a feature of the union added to our document, as on the wire.
    `live` is False for what was fetched as context or backfill, until it arrives as news.
    Counts are ours plus, for a remote post, what its own server stated (`stated_*`). `replies_count` is of
    the replies that anybody may read.
    """

    __tablename__ = "post"
    uri: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    local: Mapped[bool]
    slug: Mapped[str | None] = mapped_column(unique=True)
    wire_type: Mapped[str] = mapped_column(default="Note")
    title: Mapped[str] = mapped_column(default="")
    content: Mapped[str] = mapped_column(default="")
    content_map: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source: Mapped[str] = mapped_column(default="")
    source_type: Mapped[str] = mapped_column(default="text/plain")
    content_warning: Mapped[str] = mapped_column(default="")
    sensitive: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    audience: Mapped[str]
    live: Mapped[bool] = mapped_column(default=True)
    in_reply_to_uri: Mapped[str | None]
    in_reply_to_id: Mapped[int | None]
    in_reply_to_author_id: Mapped[int | None]
    thread_id: Mapped[int] = mapped_column(index=True)
    context_uri: Mapped[str | None]
    boost_of_id: Mapped[int | None]
    quote_uri: Mapped[str | None]
    quote_of_id: Mapped[int | None]
    quote_state: Mapped[str] = mapped_column(default="")
    quote_authorization_uri: Mapped[str | None]
    approval_state: Mapped[str] = mapped_column(default="")
    approval_uri: Mapped[str | None]
    interaction_policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    emojis: Mapped[list[Any]] = mapped_column(default=list)
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    event: Mapped[dict[str, Any]] = mapped_column(default=dict)
    extension: Mapped[dict[str, Any]] = mapped_column(default=dict)
    replies_count: Mapped[int] = mapped_column(default=0)
    boosts_count: Mapped[int] = mapped_column(default=0)
    favourites_count: Mapped[int] = mapped_column(default=0)
    stated_boosts_count: Mapped[int] = mapped_column(default=0)
    stated_favourites_count: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime]
    received_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    replies_fetched_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_post_author", "author_id", "id"),
        Index("ix_post_local_audience", "local", "audience", "id"),
        Index("ix_post_audience", "audience", "id"),
        Index(
            "ix_post_received",
            "received_at",
            sqlite_where=text("boost_of_id IS NULL"),
            postgresql_where=text("boost_of_id IS NULL"),
        ),
        _index_of_some("in_reply_to_uri"),
        _index_of_some("in_reply_to_id"),
        _index_of_some("quote_of_id"),
        _index_of_some("boost_of_id", "author_id"),
    )

    @property
    def boosts(self) -> int:
        """How often it was boosted, as far as anybody knows."""
        return max(self.boosts_count, self.stated_boosts_count)

    @property
    def favourites(self) -> int:
        """How many like it, as far as anybody knows."""
        return max(self.favourites_count, self.stated_favourites_count)


class PostMention(Base):
    """An actor whom a post addresses. `silent`: addressed, but not named in the text."""

    __tablename__ = "post_mention"
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    actor_id: Mapped[int] = mapped_column(
        ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    silent: Mapped[bool] = mapped_column(default=False)


class PostTag(Base):
    """A hashtag of a post. `name` is normalised (kit.text.normalise_hashtag), `display_name` as written."""

    __tablename__ = "post_tag"
    name: Mapped[str] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    display_name: Mapped[str]


class PostEdit(Identified):
    """How a post read before an edit."""

    __tablename__ = "post_edit"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    content: Mapped[str]
    content_warning: Mapped[str]
    sensitive: Mapped[bool]
    source: Mapped[str]
    title: Mapped[str]
    attachments: Mapped[list[Any]]
    poll_options: Mapped[list[Any]]
    written_at: Mapped[datetime]


class Favourite(Identified):
    """`actor` liked `post`; with `emoji` it is a reaction, which counts as a favourite."""

    __tablename__ = "favourite"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    uri: Mapped[str | None] = mapped_column(unique=True)
    emoji: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_favourite", "post_id", "actor_id", "emoji", unique=True),)


class Bookmark(Identified):
    """A member keeps a post for later. Nobody else ever knows."""

    __tablename__ = "bookmark"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_bookmark", "actor_id", "post_id", unique=True),)


class Pin(Identified):
    """A post that its author shows first."""

    __tablename__ = "pin"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_pin", "actor_id", "post_id", unique=True),)


class Poll(Base):
    """The poll of a Question. `options` is [{"name", "votes"}]; votes are as last known.

    `votes_beside` are votes for each option that came otherwise than as votes, [] for none: a feature of the
    union counts them. With `stays_home` the votes of our members in a poll elsewhere are told to nobody.
    """

    __tablename__ = "poll"
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    options: Mapped[list[Any]]
    multiple: Mapped[bool] = mapped_column(default=False)
    hides_totals: Mapped[bool] = mapped_column(default=False)
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    voters_count: Mapped[int] = mapped_column(default=0)
    votes_beside: Mapped[list[Any]] = mapped_column(default=list)
    stays_home: Mapped[bool] = mapped_column(default=False)


class PollVote(Identified):
    """`actor` chose option number `choice`. The unique index makes each count once."""

    __tablename__ = "poll_vote"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    choice: Mapped[int]
    uri: Mapped[str | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_poll_vote", "post_id", "actor_id", "choice", unique=True),)


class ThreadMute(Identified):
    """A member wants no more notifications from a thread."""

    __tablename__ = "thread_mute"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    thread_id: Mapped[int]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_thread_mute", "actor_id", "thread_id", unique=True),)


class ConversationEntry(Identified):
    """A thread of direct messages as one member sees it in the list of conversations."""

    __tablename__ = "conversation_entry"
    owner_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    thread_id: Mapped[int]
    last_post_id: Mapped[int]
    participant_ids: Mapped[list[Any]]
    unread: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        Index("uq_conversation_entry", "owner_id", "thread_id", unique=True),
        Index("ix_conversation_entry_recent", "owner_id", "last_post_id"),
    )


class QuoteApproval(Identified):
    """Our author's consent that the post `quoting_uri` quotes our post `post_id` (FEP-044f).

    Of another `kind` ("reply", "like", "announce") it is one to what `quoting_uri` names: a reply to the
    post, a Like or an Announce of it (GoToSocial).
    """

    __tablename__ = "quote_approval"
    kind: Mapped[str] = mapped_column(default="quote")
    slug: Mapped[str] = mapped_column(unique=True)
    uri: Mapped[str] = mapped_column(unique=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    quoting_uri: Mapped[str]
    quoter_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (Index("uq_quote_approval", "post_id", "kind", "quoting_uri", unique=True),)


class IdempotencyKey(Identified):
    """A request that made a post; the same key of the same member again means that post (row O24).

    With `scheduled`, `post_id` is the id of what is to be a post.
    """

    __tablename__ = "idempotency_key"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    key_hash: Mapped[str]
    post_id: Mapped[int]
    scheduled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("uq_idempotency_key", "actor_id", "key_hash", unique=True),)
