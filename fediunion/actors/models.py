"""Who can act, here or elsewhere: actors, their keys, the servers they live on, and rules about servers."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from fediunion.db import Identified
from fediunion.db.full_text import FullText, full_text
from fediunion.kit.words import folded_words


class ActorKind(StrEnum):
    """What an actor is to us."""

    INSTANCE = "instance"
    READER = "reader"
    UNION = "union"
    BOARD = "board"
    FEED = "feed"
    SEARCH = "search"
    GROUP = "group"
    MEMBER = "member"
    REMOTE = "remote"


class Reach(StrEnum):
    """How far a member is seen from outside the instance; institutions are public.

    Source: docs/decisions/0023-who-is-hidden-outside.md.
    """

    HIDDEN = "hidden"
    FOLLOWABLE = "followable"
    PUBLIC = "public"


class Actor(Identified):
    """Someone who can sign: a member, an institution of ours, or anyone elsewhere.

    `host` is the authority of `uri` (with a port where it has one); `handle_host` the one that people
    write in handles. `display_key` has the words of `display_name` as they
    are looked up. `fields` is [{"name", "value", "verified_at"}]; `emojis` [{"shortcode", "url"}].
    Counts of a remote actor are those that its server states. `posts_count` is of all posts but direct ones,
    `open_posts_count` of those that anybody may read. Whoever is silenced is shown to followers only,
    and whatever a sensitized one shows is covered.
    Who is `pending` asked for an account here, and is nobody to others until somebody lets them in.
    `moved_to_uri` is what its document says, `moved_at` when followers here went along for the last time.
    `suspended_by_origin`: not we suspended a remote actor but its own server, which may take it back.
    """

    __tablename__ = "actor"
    uri: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str | None]
    local: Mapped[bool]
    kind: Mapped[str]
    wire_type: Mapped[str]
    username: Mapped[str]
    username_key: Mapped[str]
    host: Mapped[str]
    handle_host: Mapped[str]
    display_name: Mapped[str] = mapped_column(default="")
    display_key: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    summary_source: Mapped[str] = mapped_column(default="")
    fields: Mapped[list[Any]] = mapped_column(default=list)
    emojis: Mapped[list[Any]] = mapped_column(default=list)
    icon_url: Mapped[str | None]
    icon_description: Mapped[str] = mapped_column(default="")
    header_url: Mapped[str | None]
    header_description: Mapped[str] = mapped_column(default="")
    inbox_url: Mapped[str]
    shared_inbox_url: Mapped[str | None]
    outbox_url: Mapped[str | None]
    followers_url: Mapped[str | None]
    following_url: Mapped[str | None]
    featured_url: Mapped[str | None]
    featured_tags_url: Mapped[str | None]
    also_known_as: Mapped[list[Any]] = mapped_column(default=list)
    attribution_domains: Mapped[list[Any]] = mapped_column(default=list)
    moved_to_uri: Mapped[str | None]
    moved_at: Mapped[datetime | None]
    reach: Mapped[str] = mapped_column(default=Reach.PUBLIC)
    locked: Mapped[bool] = mapped_column(default=False)
    discoverable: Mapped[bool] = mapped_column(default=False)
    indexable: Mapped[bool] = mapped_column(default=False)
    hides_collections: Mapped[bool] = mapped_column(default=True)
    memorial: Mapped[bool] = mapped_column(default=False)
    followers_count: Mapped[int] = mapped_column(default=0)
    following_count: Mapped[int] = mapped_column(default=0)
    posts_count: Mapped[int] = mapped_column(default=0)
    open_posts_count: Mapped[int] = mapped_column(default=0)
    last_posted_at: Mapped[datetime | None]
    last_open_post_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    pending: Mapped[bool] = mapped_column(default=False)
    suspended_at: Mapped[datetime | None]
    suspended_by_origin: Mapped[bool] = mapped_column(default=False)
    silenced_at: Mapped[datetime | None]
    sensitized_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_actor_handle", "username_key", "handle_host", unique=True),
        Index("ix_actor_host", "host"),
        Index(
            "ix_actor_discoverable",
            "id",
            sqlite_where=text("discoverable = 1"),
            postgresql_where=text("discoverable"),
        ),
    )

    @validates("display_name")
    def _name_to_search(self, _column: str, name: str) -> str:
        self.display_key = folded_words(name)
        return name


ACTOR_NAMES: Final[FullText] = full_text(Actor, "display_key")


class ActorKey(Identified):
    """A key of an actor. `sealed_private` is there only for ours (see kit/sealing.py).

    `public` is PEM for RSA, multibase for Ed25519. A retired key still verifies until `retired_at` + 7 days.
    """

    __tablename__ = "actor_key"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    key_uri: Mapped[str] = mapped_column(unique=True)
    algorithm: Mapped[str]
    public: Mapped[str]
    sealed_private: Mapped[bytes | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class InstanceState(StrEnum):
    """How another server answers us."""

    OK = "ok"
    FAILING = "failing"
    HELD = "held"


class Instance(Identified):
    """Another server: its software, how to sign for it, and how deliveries to it fare.

    `next_attempt_at` is when the server may be tried again while it is failing or held.
    `lease_token` and `leased_until` say which worker delivers to it now. `network_uri` is the collection that
    stands for the affiliated unions in posts from there; None where such posts are not taken.
    """

    __tablename__ = "instance"
    host: Mapped[str] = mapped_column(unique=True)
    software: Mapped[str | None]
    version: Mapped[str | None]
    signature_scheme: Mapped[str | None]
    implements: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default=InstanceState.OK)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    lease_token: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    network_uri: Mapped[str | None]


class DomainAction(StrEnum):
    """What a rule does with a server and its sub-domains."""

    BLOCK = "block"
    SILENCE = "silence"
    ALLOW = "allow"


class DomainRule(Identified):
    """What we decided about a server. `host` covers sub-domains and all ports, unless it names a port.

    `reason` is for members to read, `private_reason` for administrators.
    """

    __tablename__ = "domain_rule"
    host: Mapped[str] = mapped_column(unique=True)
    action: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    private_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
