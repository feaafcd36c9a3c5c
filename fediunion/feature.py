"""What a feature is: the sockets it may plug into, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute

from fediunion.db.unit import Reaction
from fediunion.inbox.rules import Rule
from fediunion.jobs.handlers import Handlers
from fediunion.jobs.schedule import Every
from fediunion.outbox.publish import AudienceExpander


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One package's wiring.

    `activities`: what the inbox understands. `audiences`: named recipients → inboxes.
    `reactions`: event type → what runs in the same unit of work. `jobs` and `schedule`: background work.
    `routes`: HTTP. `terms`: our words in outgoing @context.
    """

    name: str
    activities: Sequence[Rule] = ()
    audiences: Mapping[str, AudienceExpander] = field(default_factory=dict)
    reactions: Mapping[type, Sequence[Reaction]] = field(default_factory=dict)
    jobs: Handlers = field(default_factory=dict)
    schedule: Sequence[Every] = ()
    routes: Sequence[BaseRoute] = ()
    terms: Mapping[str, object] = field(default_factory=dict)
