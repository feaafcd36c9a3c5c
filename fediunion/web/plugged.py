"""What features above the doors put into pages: entries of menus, parts of the first page, cards of posts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request

from fediunion.feature import Entry, Feature, FrontPart, Menu, PostCards
from fediunion.social.posts.queries import PostView
from fediunion.web import navigation
from fediunion.web.shown import FeatureCard
from fediunion.web.visits import Visit


@dataclass(frozen=True)
class Plugged:
    """The sockets of all features that concern pages, in the order of the features (feature.py)."""

    menus: Mapping[Menu, Sequence[Entry]] = field(default_factory=dict)
    front: Sequence[FrontPart] = ()
    cards: Sequence[PostCards] = ()

    @classmethod
    def of(cls, features: Iterable[Feature]) -> "Plugged":
        """Return what features plug in."""
        listed = list(features)
        return cls(
            menus={menu: [each for one in listed for each in one.menus.get(menu, ())] for menu in Menu},
            front=[each for one in listed for each in one.front],
            cards=[each for one in listed for each in one.cards],
        )

    def menu(self, name: str, role: str = "member") -> Sequence[Entry]:
        """Return the menu of that name (`members`), with what leads to pages for who has that role."""
        menu = Menu(name)
        return navigation.open_to(navigation.with_entries(menu, self.menus.get(menu, ())), role)


_NOTHING: Final = Plugged()


def plugged_in(request: Request) -> Plugged:
    """Return what is plugged in; nothing where the request was refused before a page was looked for."""
    state = getattr(request.scope.get("app"), "state", None)
    found: Plugged = getattr(state, "plugged", _NOTHING)
    return found


def front_parts(session: Session, plugged: Plugged) -> list[tuple[str, object]]:
    """Return the parts of the first page that have something to show: template and what it is given."""
    found = [(part.template, part.load(session)) for part in plugged.front]
    return [(template, part) for template, part in found if part is not None]


async def feature_cards(visit: Visit, views: Iterable[PostView]) -> Mapping[int, FeatureCard]:
    """Return the cards of the posts, and of what they boost, by the id of the post that has one.

    Nothing is read where none of the posts can have one.
    """
    posts = [(view.boosted or view).post for view in views]
    found: dict[int, FeatureCard] = {}
    for cards in plugged_in(visit.request).cards:
        ids = {post.id for post in posts if not post.local or cards.may_have(post.extension)}
        made = await visit.world.db.read(cards.load, ids) if ids else {}
        found |= {post_id: FeatureCard(cards.template, card) for post_id, card in made.items()}
    return found
