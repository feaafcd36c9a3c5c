"""Posts and people as templates show them: what a page puts into `parts/post.html`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup, escape

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.kit.sentences import Sentence
from fediunion.social.media.addresses import MediaAddresses
from fediunion.web.emoji import text_with_emoji


@dataclass(frozen=True, kw_only=True)
class ShownPerson:
    """Somebody beside a thing. `path` leads to the page about them, `picture` is an address here or "".

    `pictured` is the name with its emoji as pictures, where it has any.
    """

    name: str
    handle: str
    path: str
    picture: str = ""
    is_institution: bool = False
    pictured: Markup | None = None

    @property
    def shown_name(self) -> Markup:
        """Return the name where it is read, with emoji as pictures; attributes and titles have `name`."""
        return self.pictured or escape(self.name)


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
class ShownCard:
    """What a page says of itself that a post links to. `address` is elsewhere, `picture` here or ""."""

    address: str
    title: str
    description: str = ""
    provider: str = ""
    language: str = ""
    picture: str = ""
    picture_description: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownOption:
    """One answer of a poll. `share` is in percent of those who voted; None while totals are hidden."""

    number: int
    words: Markup
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
class PostActions:
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


@dataclass(frozen=True)
class FeatureCard:
    """What a feature shows for a post that tells of a thing of its own: a template, and its `it`."""

    template: str
    it: object


@dataclass(frozen=True, kw_only=True)
class ShownPost:
    """A post in a row or alone. `content` was cleaned when it was stored; `actions` is None for strangers.

    `number` is its place in a list that hears of new posts, as the stream of that list names it. `filtered`
    is the title of a filter of the reader's that it matches. `answers` leads to what it replies to.
    `no_quote` says why what it quotes is not shown; `refused`, to its author alone, that what it answers does
    not take it. `feature_card` stands in the place of its words in rows, and under them on its own page.
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
    actions: PostActions | None = None
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
    card: ShownCard | None = None
    quoted: "ShownPost | None" = None
    no_quote: str | Sentence = ""
    refused: str | Sentence = ""
    feature_card: FeatureCard | None = None
    pictured_warning: Markup | None = None

    @property
    def shown_warning(self) -> Markup:
        """Return the warning where it is read, with emoji as pictures; previews and feeds have `warning`."""
        return self.pictured_warning or escape(self.warning)


AUDIENCES: Final = {
    Audience.PUBLIC: ShownAudience(symbol="public", label=Sentence("Public")),
    Audience.UNLISTED: ShownAudience(symbol="unlisted", label=Sentence("Public, not listed")),
    Audience.FOLLOWERS: ShownAudience(symbol="people", label=Sentence("Followers")),
    Audience.NETWORK: ShownAudience(symbol="network", label=Sentence("Union network")),
    Audience.LOCAL: ShownAudience(symbol="local", label=Sentence("This server")),
    Audience.DIRECT: ShownAudience(symbol="direct", label=Sentence("Only people named")),
}


def shown_person(actor: Actor, addresses: MediaAddresses, *, picture: str = "") -> ShownPerson:
    """Return an actor as a template shows it. `picture`: of an actor elsewhere, the address of our copy."""
    name = actor.display_name or actor.username
    return ShownPerson(
        name=name,
        pictured=text_with_emoji(name, actor.emojis, addresses) if actor.emojis else None,
        handle=f"@{actor.username}@{actor.handle_host}",
        path=f"/@{actor.username}" if actor.local else f"/@{actor.username}@{actor.handle_host}",
        picture=picture or ((actor.icon_url or "") if actor.local else ""),
        is_institution=actor.kind not in (ActorKind.MEMBER, ActorKind.REMOTE),
    )
