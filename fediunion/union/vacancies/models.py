"""Vacancies, where each was published, whose sites are official, and searches that one can follow."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified
from fediunion.db.full_text import FullText, full_text


class VacancyState(StrEnum):
    """Where a vacancy is in its life. `extended` is open with a later closing date than at first.

    `withdrawn` and `filled` are closed before their time; `removed` is what stays of a vacancy 30 days after.
    """

    DRAFT = "draft"
    OPEN = "open"
    EXTENDED = "extended"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    FILLED = "filled"
    REMOVED = "removed"


OPEN_STATES: Final = (VacancyState.OPEN, VacancyState.EXTENDED)
ENDED_STATES: Final = (VacancyState.CLOSED, VacancyState.WITHDRAWN, VacancyState.FILLED)


class Vacancy(Identified):
    """A job that is advertised, however many unions tell of it.

    `posting` is the notice as JobPosting (see posting.py), the one copy of all fields; the columns beside it
    are those that lists are made by. `number_key` and `employer_key` name the job: two notices with the same
    are one vacancy. `closes_at` is the instant, `closes_zone` the zone that it was given in,
    `first_closes_at` the instant that it had before it was extended.
    `flags` are reasons to doubt it ("fee-scam", "source-domain"); what is `hidden` is shown to moderators
    only, until one of them says that it is in order (`cleared_at`). `revision` grows with every change of
    any vacancy.
    """

    __tablename__ = "vacancy"
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    local: Mapped[bool]
    board_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(unique=True)
    employer_key: Mapped[str]
    number_key: Mapped[str]
    title: Mapped[str]
    employer: Mapped[str]
    posting: Mapped[dict[str, Any]]
    words: Mapped[str] = mapped_column(default="")
    source_url: Mapped[str]
    source_status: Mapped[str]
    flags: Mapped[list[Any]] = mapped_column(default=list)
    hidden: Mapped[bool] = mapped_column(default=False)
    cleared_at: Mapped[datetime | None]
    audience: Mapped[str] = mapped_column(default="public")
    posted_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closes_zone: Mapped[str]
    first_closes_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_vacancy_job", "employer_key", "number_key"),
        Index("ix_vacancy_closing", "state", "closes_at"),
        Index(
            "ix_vacancy_hidden",
            "id",
            sqlite_where=text("hidden = 1"),
            postgresql_where=text("hidden"),
        ),
    )


VACANCY_WORDS: Final[FullText] = full_text(Vacancy, "words")


class VacancySource(Identified):
    """One union's notice of a vacancy: the post that tells of it, and what it says. All stay visible.

    `uri` is the id of the post, which is not stored where it is a suspect that nobody follows; `url` its
    page, `posting` the notice as it came. `verified`: its source is on the employer's own site. `ended` is
    "closed", "filled" or "withdrawn" where the notice says so itself.
    """

    __tablename__ = "vacancy_source"
    vacancy_id: Mapped[int] = mapped_column(ForeignKey("vacancy.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), unique=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    uri: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    posting: Mapped[dict[str, Any]]
    source_url: Mapped[str]
    verified: Mapped[bool]
    ended: Mapped[str] = mapped_column(default="")
    closes_at: Mapped[datetime]
    closes_zone: Mapped[str]
    received_at: Mapped[datetime]


class VacancyRevision(Base):
    """The number of the last change of any vacancy, one row: who changes one waits for who did before.

    So that whoever has seen revision n will see every later change under a greater number.
    """

    __tablename__ = "vacancy_revision"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class Employer(Identified):
    """An employer and the sites that are its own (the official-source rule). `name_key` is folded.

    `domains` cover their sub-domains. `confirmed_by` says whose word it is: an officer's handle, or the peer
    whose notice said so: that is for officers to look at, and verifies no other notice.
    """

    __tablename__ = "employer"
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    domains: Mapped[list[Any]] = mapped_column(default=list)
    confirmed_by: Mapped[str]
    ours: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class VacancySearch(Identified):
    """A search over all vacancies that can be followed: its actor boosts what matches, once each.

    `query` is canonical (see search/query.py) and gives the actor its name, unless editors gave it one
    (`named`) or it is `private`: then its name is random and it is listed nowhere. The actor is made when
    somebody asks for it first. `idle_since` is since when nobody follows it; 90 days later it goes.
    """

    __tablename__ = "vacancy_search"
    name: Mapped[str] = mapped_column(unique=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), unique=True)
    query: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(default="")
    named: Mapped[bool] = mapped_column(default=False)
    private: Mapped[bool] = mapped_column(default=False)
    idle_since: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class SearchAnnouncement(Base):
    """A search's actor has told of a vacancy: it does so once."""

    __tablename__ = "search_announcement"
    search_id: Mapped[int] = mapped_column(
        ForeignKey("vacancy_search.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    vacancy_id: Mapped[int] = mapped_column(
        ForeignKey("vacancy.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    announced_at: Mapped[datetime]


class SearchSubscription(Identified):
    """A member hears of a search's matches here: by notification, by daily or weekly mail, by a secret feed.

    `digest` is "daily", "weekly" or "", `digest_sent_at` the beginning of the day or week that runs.
    `feed_hash` is the hash of the secret in the feed's address. Nobody else ever knows of it.
    """

    __tablename__ = "search_subscription"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    query: Mapped[str] = mapped_column(index=True)
    notify: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(default="")
    digest_sent_at: Mapped[datetime]
    feed_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_search_subscription", "member_id", "query", unique=True),
        Index("ix_search_subscription_digest", "digest", "digest_sent_at"),
    )


class SubscriptionMatch(Base):
    """A vacancy matched a member's subscription: notified of at `told_at`, in a mail at `mailed_at`."""

    __tablename__ = "subscription_match"
    subscription_id: Mapped[int] = mapped_column(
        ForeignKey("search_subscription.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    vacancy_id: Mapped[int] = mapped_column(
        ForeignKey("vacancy.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    matched_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_subscription_match_newest", "subscription_id", "matched_at"),
        Index(
            "ix_subscription_match_told",
            *("subscription_id", "told_at"),
            sqlite_where=text("told_at IS NOT NULL"),
            postgresql_where=text("told_at IS NOT NULL"),
        ),
    )


class WatchedPage(Identified):
    """A feed or page of an employer that is looked at on a schedule; what is new becomes drafts of a board.

    `kind` is "feed" or "page" (schema.org JSON-LD). With `publishes`, what passes every rule is published.
    `outcome` is what the last look found, as kit.sentences.kept keeps it; "" before the first.
    """

    __tablename__ = "watched_page"
    board_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    url: Mapped[str]
    kind: Mapped[str]
    publishes: Mapped[bool] = mapped_column(default=False)
    every_minutes: Mapped[int]
    etag: Mapped[str] = mapped_column(default="")
    last_modified: Mapped[str] = mapped_column(default="")
    next_look_at: Mapped[datetime] = mapped_column(index=True)
    looked_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_watched_page", "board_id", "url", unique=True),)


class WatchedItem(Identified):
    """Something that a watched page shows or showed: `key` is the address of its own page, or its number.

    `stamp` is what the feed says of its last change, `mark` the hash of the posting that was read; nothing is
    done while both are the same. `fault` says why no vacancy could be made of it. `missing_since` is since
    when the employer shows it no more: editors decide what becomes of the vacancy. What they threw away stays
    without a vacancy.
    """

    __tablename__ = "watched_item"
    page_id: Mapped[int] = mapped_column(ForeignKey("watched_page.id", ondelete="CASCADE"))
    key: Mapped[str]
    stamp: Mapped[str] = mapped_column(default="")
    mark: Mapped[str] = mapped_column(default="")
    vacancy_id: Mapped[int | None] = mapped_column(ForeignKey("vacancy.id", ondelete="SET NULL"), index=True)
    fault: Mapped[str] = mapped_column(default="")
    read_at: Mapped[datetime]
    missing_since: Mapped[datetime | None]

    __table_args__ = (Index("uq_watched_item", "page_id", "key", unique=True),)
