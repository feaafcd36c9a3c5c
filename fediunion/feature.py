"""What a feature is: the sockets it may plug into, and nothing else."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from sqlalchemy.orm import Session
from starlette.routing import BaseRoute

from fediunion.activitypub.vocab import DocumentClaim
from fediunion.actors.unmade import ActorMaker
from fediunion.db.unit import Reaction
from fediunion.inbox.rules import Rule
from fediunion.jobs.handlers import Handlers
from fediunion.jobs.schedule import Every
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import AudienceExpander

ArchivedFiles: TypeAlias = Callable[[Session, int], Mapping[str, JsonObject]]
"""(session, id of a member's actor) → JSON files by their names; {} where there is nothing of that member."""


class Menu(Enum):
    """The menus of the pages: of who is not signed in, of members, and of who runs the instance."""

    STRANGERS = "strangers"
    MEMBERS = "members"
    OFFICERS = "officers"


@dataclass(frozen=True)
class Entry:
    """One entry of a menu. `key` is what a page gives as `active`; `icon` a symbol of the sprite.

    `begins` a group of its own, under a rule. On a phone the first four entries make the bar at the
    bottom; the others are on the page behind the fifth, /more. `least` is the role that may open it.
    """

    key: str
    path: str
    label: Sentence
    icon: str = ""
    begins: bool = False
    least: str = "member"


@dataclass(frozen=True)
class FrontPart:
    """A part of the first page: `template` (under web/templates) is given what `load` reads as `part`.

    It is shown to anybody. Where `load` gives None nothing is shown.
    """

    template: str
    load: Callable[[Session], object | None]


@dataclass(frozen=True)
class PostCards:
    """What a feature shows of posts that tell of its things: `template` is given the card of a post as `it`.

    `load` gives the cards of those among the ids of posts that have one. It asks nothing where none of
    them can: `may_have` says so of what the post adds to its document (`Post.extension`), for ours.
    """

    template: str
    load: Callable[[Session, Collection[int]], Mapping[int, object]]
    may_have: Callable[[Mapping[str, object]], bool]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One package's wiring.

    `activities`: what the inbox understands. `claims`: the documents it recognises among those of a general
    type, the most specific first. `audiences`: named recipients → inboxes.
    `reactions`: event type → what runs in the same unit of work. `jobs` and `schedule`: background work.
    `makes_actor`: makes an actor of ours when somebody asks for its name first. `routes`: HTTP. `terms`: our
    words in outgoing @context. `menus`: what leads to its pages. `front` and `cards`: what it shows on the
    first page, and in the place of posts. `archived`: what it has of a member's, for the member's archive.
    """

    name: str
    activities: Sequence[Rule] = ()
    claims: Sequence[DocumentClaim] = ()
    audiences: Mapping[str, AudienceExpander] = field(default_factory=dict)
    reactions: Mapping[type, Sequence[Reaction]] = field(default_factory=dict)
    jobs: Handlers = field(default_factory=dict)
    schedule: Sequence[Every] = ()
    makes_actor: ActorMaker | None = None
    routes: Sequence[BaseRoute] = ()
    terms: Mapping[str, object] = field(default_factory=dict)
    menus: Mapping[Menu, Sequence[Entry]] = field(default_factory=dict)
    front: Sequence[FrontPart] = ()
    cards: Sequence[PostCards] = ()
    archived: ArchivedFiles | None = None
