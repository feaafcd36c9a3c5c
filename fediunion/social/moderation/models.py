"""Reports, decisions, the log of who did what with privilege, and acts that wait for a second person."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified
from fediunion.db.append_only import append_only


class Report(Identified):
    """Somebody reported an actor. `reporter_id` is None for a report from another server: it names none.

    `post_uris` are posts of the target; `broken_rules` are pairs of the number (from 1) and the words of a
    rule of ours, as it was when it was reported. `state` is "open" or "resolved"; `assigned_id` is the
    moderator who looks into it, `handled_by_id` the one who resolved it.
    """

    __tablename__ = "report"
    uri: Mapped[str | None] = mapped_column(unique=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    reporter_host: Mapped[str | None]
    target_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    post_uris: Mapped[list[Any]]
    comment: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="other")
    broken_rules: Mapped[list[Any]] = mapped_column(default=list)
    forwarded: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    assigned_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_report_state", "state", "id"),)


class ReportNote(Identified):
    """What a moderator wrote down about a report, for other moderators."""

    __tablename__ = "report_note"
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    text: Mapped[str]
    created_at: Mapped[datetime]


class Measure(StrEnum):
    """What is done about an account, from least to most."""

    WARN = "warn"
    REMOVE = "remove"
    COVER = "cover"
    LIMIT = "limit"
    SUSPEND = "suspend"


class AppealState(StrEnum):
    """How an appeal against a decision stands."""

    NONE = ""
    WAITING = "waiting"
    UPHELD = "upheld"
    TAKEN_BACK = "taken_back"


class Decision(Identified):
    """What moderators did about `target`, and the statement of reasons that a member gets.

    `posts` is how many posts were removed by it. The member may appeal once; `answered_by_id` is another
    moderator than `by_id`.
    """

    __tablename__ = "decision"
    target_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id", ondelete="SET NULL"))
    measure: Mapped[str]
    reason: Mapped[str]
    posts: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime]
    appeal: Mapped[str] = mapped_column(default="")
    appeal_state: Mapped[str] = mapped_column(default=AppealState.NONE, index=True)
    appealed_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))


class AuditEntry(Identified):
    """One privileged act. `hash` covers the entry and the hash of the one before: none can be cut out unseen.

    `number` counts the entries from 1. Rows are only ever added: the database itself refuses the rest.
    `salt` (hex) keeps whoever checks the chain without seeing them from guessing subject and reason.
    """

    __tablename__ = "audit_entry"
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    by: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    salt: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditHead(Base):
    """Where the log ends: the row that whoever adds an entry locks, so that the chain never forks."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str]


class RequestState(StrEnum):
    """How an act that takes two stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TwoPersonRequest(Identified):
    """An act that one officer asked for and a second one has to approve before `ends_at`.

    `subject` says whom or what it is about as the log does, `asked` is what the act needs to be carried out.
    """

    __tablename__ = "two_person_request"
    act: Mapped[str]
    subject: Mapped[str]
    asked: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=RequestState.WAITING)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_two_person_request_state", "state", "id"),)


class QueueSample(Identified):
    """How long what waited longest had been due at a moment, in seconds: jobs, and deliveries."""

    __tablename__ = "queue_sample"
    at: Mapped[datetime] = mapped_column(index=True)
    jobs: Mapped[int]
    deliveries: Mapped[int]


append_only(AuditEntry)
append_only(AuditHead, grows="number")
