"""What a unit of work may ask: what time it is, how the instance is configured, who reacts to an event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.kit.clock import Clock

Reaction: TypeAlias = Callable[[Session, Any], None]
"""(session, event): runs inside the unit that emitted the event; long work is enqueued as a job."""

_UNIT = "fediunion_unit"


@dataclass(frozen=True)
class Surroundings:
    """What all units of work of an instance share."""

    settings: Settings
    clock: Clock
    reactions: Mapping[type, Sequence[Reaction]] = field(default_factory=dict)


@dataclass
class Unit:
    """One unit of work: its instant, and what it will announce once committed."""

    surroundings: Surroundings
    now: datetime
    announcements: set[tuple[str, str]] = field(default_factory=set)


def begin_unit(session: Session, surroundings: Surroundings, ahead: timedelta = timedelta()) -> Unit:
    """Make `session` the session of a new unit of work. Only the database itself calls this.

    `ahead` is how far the clock that all processes share is ahead of this machine's.
    """
    unit = Unit(surroundings, surroundings.clock.now() + ahead)
    session.info[_UNIT] = unit
    return unit


def now_of(session: Session) -> datetime:
    """Return the instant of the unit of work: the same for all that happens in it."""
    unit: Unit = session.info[_UNIT]
    return unit.now


def settings_of(session: Session) -> Settings:
    """Return the configuration of the instance that the unit works for."""
    unit: Unit = session.info[_UNIT]
    return unit.surroundings.settings


def emit(session: Session, event: object) -> None:
    """Tell the features above: each reaction to this type of event runs now, in this unit of work."""
    unit: Unit = session.info[_UNIT]
    for react in unit.surroundings.reactions.get(type(event), ()):
        react(session, event)


def announce(session: Session, channel: str, payload: str = "") -> None:
    """Tell all processes of the instance, once this unit of work is committed."""
    unit: Unit = session.info[_UNIT]
    unit.announcements.add((channel, payload))
