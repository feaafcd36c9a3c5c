"""Campaign calls, who carries them, who signed, and who may be written to."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class CallState(StrEnum):
    """Where a call is in its life; what is closed has an outcome, or waits for one."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class OutcomeStatus(StrEnum):
    """How a call ended."""

    WON = "won"
    PARTLY_WON = "partly-won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class SigningMode(StrEnum):
    """What becomes of a name: shown to all, told to the target alone, or not kept beyond the count."""

    PUBLIC = "public"
    TARGET = "target-only"
    COUNTED = "counted"


class Route(StrEnum):
    """Which way somebody signed or pledged: by a vote, as a member here, on the web, by a peer's Join."""

    VOTE = "vote"
    MEMBER = "member"
    WEB = "web"
    JOIN = "join"


class JoinAnswer(StrEnum):
    """What the leading union said to a member's Join; a signature that is counted here needs no answer."""

    NONE = ""
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class SponsorState(StrEnum):
    """Where a co-sponsorship stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class CountKind(StrEnum):
    """What a union counts of its own members for a call; the last two are what became of their pledges."""

    SIGNATURES = "signatures"
    PLEDGES = "pledges"
    BOOSTS = "boosts"
    FAILED_BOOSTS = "failed-boosts"


class CampaignCall(Identified):
    """A call: ours, or one that a union with whom we share calls has opened.

    `terms` is what it says, as `terms.call.CallTerms` writes it: the one copy of all fields; the columns
    beside it are those that lists are made by. `actor_id` publishes it, `uri` is the id of its Question,
    `url` its page. `slug` ends its page here. `audience` is "public" or "network".
    The counts are of all routes and of all unions: `signatures_count` people who signed, `pledges_count`
    those who pledged to boost, `followers_count` who only votes to follow. `hidden` by a moderator.
    `scheduled`: a draft that was published before its time, and opens at `opens_at`. `import_key` is what the
    file that it came from calls it, "" without one.
    """

    __tablename__ = "campaign_call"
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    local: Mapped[bool]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(unique=True)
    uri: Mapped[str | None] = mapped_column(unique=True)
    url: Mapped[str]
    title: Mapped[str]
    demand: Mapped[str]
    terms: Mapped[dict[str, Any]]
    audience: Mapped[str] = mapped_column(default="public")
    scheduled: Mapped[bool] = mapped_column(default=False)
    import_key: Mapped[str] = mapped_column(default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    goal: Mapped[int | None]
    outcome_status: Mapped[str] = mapped_column(default="")
    outcome_text: Mapped[str] = mapped_column(default="")
    outcome_on: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    hidden: Mapped[bool] = mapped_column(default=False)
    signatures_count: Mapped[int] = mapped_column(default=0)
    pledges_count: Mapped[int] = mapped_column(default=0)
    followers_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_campaign_call_closing", "state", "closes_at"),
        Index("ix_campaign_call_opening", "scheduled", "opens_at"),
    )


class CallTarget(Identified):
    """Whom a call is addressed to, with what leaves this server never: the name and address of a person.

    `number` is its place in the call's targets, whose role, organisation and channel are in the terms.
    """

    __tablename__ = "call_target"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    personal: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("uq_call_target", "call_id", "number", unique=True),)


class CoSponsor(Identified):
    """A union that carries a call beside the one that leads it. Both sides keep both acts, with their proofs.

    `call_uri` is the call's id; `call_id` its row, None while the sponsor has not got it. `lead_uri` and
    `union_uri` are the two unions, `host` the server of the one that sponsors. `uri` is the relation's id in
    the offer. `offer` and `answer` are the Offer and the Accept as JSON text.
    """

    __tablename__ = "co_sponsor"
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("campaign_call.id", ondelete="SET NULL"), index=True
    )
    call_uri: Mapped[str]
    lead_uri: Mapped[str]
    union_uri: Mapped[str]
    host: Mapped[str]
    state: Mapped[str]
    uri: Mapped[str]
    offer: Mapped[str] = mapped_column(default="")
    offer_uri: Mapped[str] = mapped_column(default="")
    answer: Mapped[str | None]
    answer_uri: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("uq_co_sponsor", "call_uri", "union_uri", unique=True),)


class Signature(Identified):
    """Somebody signed a call here: once for each actor, once for each confirmed address.

    `actor_id` is who voted, joined, or signed as a member; `address_key` the keyed hash of a confirmed
    address. `name` is kept only in the modes that show it. `counted_here`: False where the member's Join or
    vote went to the leading union, which counts it; `answer` is what that union said. `day` is ISO 8601, and
    nothing is more exact, the number of the row neither (`days.id_of_day`).
    """

    __tablename__ = "call_signature"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"))
    route: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    address_key: Mapped[str | None]
    mode: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    counted_here: Mapped[bool] = mapped_column(default=True)
    join_uri: Mapped[str | None] = mapped_column(unique=True)
    answer: Mapped[str] = mapped_column(default=JoinAnswer.NONE)
    day: Mapped[str]

    __table_args__ = (
        Index("uq_call_signature_actor", "call_id", "actor_id", unique=True),
        Index("uq_call_signature_address", "call_id", "address_key", unique=True),
        Index("ix_call_signature_mode", "call_id", "mode", "id"),
    )


class ContactConsent(Identified):
    """Somebody may be told how a call ends, and of nothing else. It knows of no signature.

    `channel` is "email" (`address`, sealed under the master key), "message" or "member" (`actor_id`).
    """

    __tablename__ = "contact_consent"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"))
    channel: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    address_key: Mapped[str | None]
    address: Mapped[bytes | None]
    language: Mapped[str] = mapped_column(default="")
    given_on: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    told_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_contact_consent_actor", "call_id", "actor_id", unique=True),
        Index("uq_contact_consent_address", "call_id", "address_key", unique=True),
    )


class UnionCount(Identified):
    """How many of its own members a union states for a call; of ours, what we stated last.

    `statement` is the signed document as JSON text.
    """

    __tablename__ = "union_count"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"))
    host: Mapped[str]
    kind: Mapped[str]
    union_uri: Mapped[str]
    number: Mapped[int]
    statement: Mapped[str]
    stated_at: Mapped[datetime]

    __table_args__ = (Index("uq_union_count", "call_id", "host", "kind", unique=True),)


class CallDay(Base):
    """How many had signed a call at the end of a day (ISO 8601): what its drawing is made of."""

    __tablename__ = "call_day"
    call_id: Mapped[int] = mapped_column(
        ForeignKey("campaign_call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[str] = mapped_column(primary_key=True)
    signatures: Mapped[int]


class Resolution(Identified):
    """An organisation supports a call: by its own actor's Join, or as an officer of ours wrote it down."""

    __tablename__ = "call_resolution"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    organisation: Mapped[str]
    organisation_key: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    adopted_on: Mapped[str]
    join_uri: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_call_resolution", "call_id", "organisation_key", unique=True),)


class Letter(Identified):
    """A letter to a target was sent, by the server or, as its writer says, by another mail program."""

    __tablename__ = "call_letter"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"))
    target_number: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    by_server: Mapped[bool]
    sent_at: Mapped[datetime]

    __table_args__ = (Index("uq_call_letter", "call_id", "target_number", "actor_id", unique=True),)


class SolidarityMessage(Identified):
    """A message of solidarity; it is shown once somebody of the team let it be."""

    __tablename__ = "solidarity_message"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    text: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    shown: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_solidarity_message_shown", "call_id", "shown", "id"),)
