"""Which handler runs for which activity: one table, built from the features' rules."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import Activity, Link, Object
from fediunion.actors.models import Actor
from fediunion.db.known_uris import KnownUri
from fediunion.kit.errors import Refused
from fediunion.kit.json import JsonObject

ActivityT = TypeVar("ActivityT", bound=Activity)
ObjectT = TypeVar("ObjectT", bound=Object)


@dataclass(frozen=True)
class InboxContext:
    """What a handler may use. No network: everything needed was fetched before.

    `sender` is the actor of the activity, proven. `document` is the activity as it came, for keeping.
    `remarks` are what a handler refuses of an activity whose rest it takes. `signed_at` is when the sender
    signed what it delivered, by its own clock; None where it came in another way.
    """

    session: Session
    sender: Actor
    now: datetime
    document: JsonObject
    remarks: list[Refused] = field(default_factory=list)
    signed_at: datetime | None = None


@dataclass(frozen=True)
class ObjectRule:
    """`handle` runs for an activity about an object that came with it (or was fetched)."""

    activity: type[Activity]
    object: type[Object]
    handle: Callable[[InboxContext, Any, Any], None]


@dataclass(frozen=True)
class KnownRule:
    """`handle` runs for an activity about a thing we know, named by its id: (ctx, activity, known)."""

    activity: type[Activity]
    kind: str
    handle: Callable[[InboxContext, Any, KnownUri], None]


Rule = ObjectRule | KnownRule


def on(
    activity: type[ActivityT],
    object: type[ObjectT],
    handle: Callable[[InboxContext, ActivityT, ObjectT], None],
) -> ObjectRule:
    """Return a rule for an embedded object. mypy checks that `handle` takes just these two types.

    A rule for a base class covers its subclasses; the most specific rule wins.
    """
    return ObjectRule(activity, object, handle)


def on_known(
    activity: type[ActivityT], kind: str, handle: Callable[[InboxContext, ActivityT, KnownUri], None]
) -> KnownRule:
    """Return a rule for an object id that `known_uri` says is a `kind`, embedded or bare."""
    return KnownRule(activity, kind, handle)


class Rules:
    """All rules. Raises ValueError when two claim one pair."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_object: dict[tuple[type, type], ObjectRule] = {}
        self._by_kind: dict[tuple[type, str], KnownRule] = {}
        for rule in rules:
            if isinstance(rule, ObjectRule):
                if (rule.activity, rule.object) in self._by_object:
                    raise ValueError(f"two rules for {rule.activity.__name__}({rule.object.__name__})")
                self._by_object[rule.activity, rule.object] = rule
            else:
                if (rule.activity, rule.kind) in self._by_kind:
                    raise ValueError(f"two rules for {rule.activity.__name__}({rule.kind})")
                self._by_kind[rule.activity, rule.kind] = rule

    def __iter__(self) -> Iterator[Rule]:
        yield from self._by_object.values()
        yield from self._by_kind.values()

    def find(self, activity: Activity, kind: str | None) -> Rule | None:
        """Return the rule for `activity`, whose object's id names a `kind` that we know, if any.

        An embedded object is looked up by its class and its bases first, then by what its id names;
        a bare id only by what it names.
        """
        if not isinstance(activity.object, Link):
            for candidate in type(activity.object).__mro__:
                rule = self._by_object.get((type(activity), candidate))
                if rule is not None:
                    return rule
        return self._by_kind.get((type(activity), kind)) if kind else None
