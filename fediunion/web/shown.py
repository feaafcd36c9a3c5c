"""Posts and people as templates show them: what a page puts into `parts/post.html`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.kit.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class ShownPerson:
    """Somebody beside a thing. `path` leads to the page about them, `picture` is an address here or ""."""

    name: str
    handle: str
    path: str
    picture: str = ""
    is_institution: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownAudience:
    """Who can read a post, as an icon and a word."""

    symbol: str
    label: Sentence


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A picture, film, sound or file of a post. Addresses are here; `preview` is "" where there is none.

    `focus` names the class of the ninth of the picture that stays in sight where it is cut.
    """

    kind: str
    address: str
    preview: str = ""
    description: str = ""
    focus: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownOption:
    """One answer of a poll. `share` is in percent of those who voted; None while totals are hidden."""

    number: int
    words: str
    votes: int
    share: int | None
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class ShownPoll:
    """A poll. `can_vote`: the reader may, and has not yet."""

    options: Sequence[ShownOption]
    can_vote: bool
    multiple: bool
    has_ended: bool
    ends_at: datetime | None
    voters: int


@dataclass(frozen=True, kw_only=True)
class Deeds:
    """What a member can do with a post: `path` is where the buttons lead, each with its verb behind it.

    `no_boost` says why it cannot be boosted, "" where it can. `back` is the page to come back to.
    """

    path: str
    reply_path: str
    back: str = "/"
    replies: int = 0
    boosts: int = 0
    favourites: int = 0
    boosted: bool = False
    favourited: bool = False
    bookmarked: bool = False
    no_boost: str | Sentence = ""


@dataclass(frozen=True, kw_only=True)
class ShownPost:
    """A post in a row or alone. `content` was cleaned when it was stored; `deeds` is None for strangers.

    `number` is its place in a list that hears of new posts, as the stream of that list names it. `filtered`
    is the title of a filter of the reader's that it matches. `answers` leads to what it replies to.
    `no_quote` says why what it quotes is not shown.
    For strangers: `answering` is the handle that it replies to, `history` the path of its earlier versions,
    `interact` its id where one can act on it from another server, each "" where there is none. `listed`: its
    author agrees to be found by search engines.
    """

    path: str
    author: ShownPerson
    audience: ShownAudience
    published_at: datetime
    content: Markup
    title: str = ""
    language: str = ""
    warning: str = ""
    boosted_by: str = ""
    edited: bool = False
    deeds: Deeds | None = None
    number: str = ""
    answering: str = ""
    history: str = ""
    interact: str = ""
    listed: bool = True
    filtered: str = ""
    answers: str = ""
    sensitive: bool = False
    files: Sequence[ShownFile] = ()
    poll: ShownPoll | None = None
    quoted: "ShownPost | None" = None
    no_quote: str | Sentence = ""


AUDIENCES: Final = {
    Audience.PUBLIC: ShownAudience(symbol="public", label=Sentence("Public")),
    Audience.UNLISTED: ShownAudience(symbol="unlisted", label=Sentence("Public, not listed")),
    Audience.FOLLOWERS: ShownAudience(symbol="people", label=Sentence("Followers")),
    Audience.NETWORK: ShownAudience(symbol="network", label=Sentence("Union network")),
    Audience.LOCAL: ShownAudience(symbol="local", label=Sentence("This server")),
    Audience.DIRECT: ShownAudience(symbol="direct", label=Sentence("Only people named")),
}


def shown_person(actor: Actor, *, picture: str = "") -> ShownPerson:
    """Return an actor as a template shows it. `picture`: of an actor elsewhere, the address of our copy."""
    return ShownPerson(
        name=actor.display_name or actor.username,
        handle=f"@{actor.username}@{actor.handle_host}",
        path=f"/@{actor.username}" if actor.local else f"/@{actor.username}@{actor.handle_host}",
        picture=picture or ((actor.icon_url or "") if actor.local else ""),
        is_institution=actor.kind not in (ActorKind.MEMBER, ActorKind.REMOTE),
    )
