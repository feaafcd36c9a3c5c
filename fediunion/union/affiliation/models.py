"""Who is affiliated to whom, what we let a peer share with us, and which peers that makes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class AffiliationKind(StrEnum):
    """What the child is to the parent: affiliated, in a sector or region of it, a guest, or its equal."""

    AFFILIATE = "affiliate"
    SECTOR = "sector"
    REGION = "region"
    OBSERVER = "observer"
    BILATERAL = "bilateral"


class AffiliationStatus(StrEnum):
    """Where a relation stands."""

    OFFERED = "offered"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Side(StrEnum):
    """One of the two unions of a relation."""

    CHILD = "child"
    PARENT = "parent"

    @property
    def other(self) -> "Side":
        """The union at the other end."""
        return Side.PARENT if self is Side.CHILD else Side.CHILD


class Trust(StrEnum):
    """What a peer may share with us."""

    VACANCIES = "vacancies"
    CALLS = "calls"
    NETWORK = "network"


class Affiliation(Identified):
    """A relation of two unions, ours or learnt: their ids as actors, and the two acts that made it.

    `our_side` is None for a relation between others. `label` says which sector or region. `uri` is the
    relation's id in the offer; what we state of it ourselves is at /affiliations/`slug`. `offer` and
    `answer` are the Offer and the Accept as JSON text, each with the proof of whom it is by. Each side may
    suspend; a relation is active when neither does. `child_stated_at` and `parent_stated_at`: when that
    union's own list said last that it is active, of a relation between others.
    """

    __tablename__ = "affiliation"
    child_uri: Mapped[str]
    child_host: Mapped[str] = mapped_column(index=True)
    parent_uri: Mapped[str]
    parent_host: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    status: Mapped[str]
    our_side: Mapped[str | None] = mapped_column(index=True)
    offered_by: Mapped[str]
    uri: Mapped[str]
    slug: Mapped[str | None] = mapped_column(index=True)
    offer: Mapped[str]
    offer_uri: Mapped[str]
    answer: Mapped[str | None]
    answer_uri: Mapped[str | None]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    child_suspends: Mapped[bool] = mapped_column(default=False)
    parent_suspends: Mapped[bool] = mapped_column(default=False)
    child_stated_at: Mapped[datetime | None]
    parent_stated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("uq_affiliation", "child_uri", "parent_uri", "kind", "label", unique=True),)


class TrustSetting(Identified):
    """What an officer decided that a server may share with us, whatever its relations say by default."""

    __tablename__ = "trust_setting"
    host: Mapped[str] = mapped_column(unique=True)
    vacancies: Mapped[bool]
    calls: Mapped[bool]
    network: Mapped[bool]
    updated_at: Mapped[datetime]


class TrustedPeer(Identified):
    """A server with a path of active relations to ours, and what it may share; made from these anew.

    `union_uri` is the union there, `hops` how many relations away.
    """

    __tablename__ = "trusted_peer"
    host: Mapped[str] = mapped_column(unique=True)
    union_uri: Mapped[str]
    hops: Mapped[int]
    vacancies: Mapped[bool]
    calls: Mapped[bool]
    network: Mapped[bool]
