"""What the actors package tells the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActorKeysRotated:
    """An actor of ours signs with new keys from now on: tell who knows it, by an Update."""

    actor_id: int


@dataclass(frozen=True)
class SearchConsentChanged:
    """An author, ours or remote, lets its posts be found by searching, or does so no longer."""

    actor_id: int


@dataclass(frozen=True)
class ActorSuspended:
    """An actor, ours or remote, may do nothing for now: we decided so, or its own server."""

    actor_id: int
    local: bool


@dataclass(frozen=True)
class ActorDeleted:
    """An actor, ours or remote, is gone for good; what it left is to be removed."""

    actor_id: int
    uri: str
    local: bool


@dataclass(frozen=True)
class DomainRuleChanged:
    """Another server (with its sub-domains) is treated differently; `action` is None where the rule went."""

    host: str
    action: str | None
