"""Pages of the union, and how they look: reads."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.social.site.models import Appearance, OwnPage

THE_ONE = 1


def list_own_pages(session: Session) -> Sequence[OwnPage]:
    """Return all pages by title."""
    return session.scalars(select(OwnPage).order_by(OwnPage.title, OwnPage.id)).all()


def get_own_page(session: Session, slug: str) -> OwnPage:
    """Return the page of that name; raise NotFound."""
    found = session.scalar(select(OwnPage).where(OwnPage.slug == slug))
    if found is None:
        raise NotFound(Sentence("There is no such page."))
    return found


def find_appearance(session: Session) -> Appearance | None:
    """Return what was chosen for the look of the pages, None while nothing was."""
    return session.get(Appearance, THE_ONE)
