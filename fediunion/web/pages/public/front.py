"""The first page: who we are, what the union says, whom one can follow, what we promise."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.social.posts.queries import PostView
from fediunion.web.pages.public.heads import Head
from fediunion.web.plugged import Plugged, feature_cards, front_parts, plugged_in
from fediunion.web.queries import list_institutions, list_news
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.views import StrangersEyes
from fediunion.web.visits import Visit

_NEWS: Final = 10
_TOLD_APART: Final = 10


async def show_front(visit: Visit) -> Response:
    """GET /: what the union's own accounts posted last, and how to follow them."""
    institutions, news, parts = await visit.world.db.read(_front, plugged_in(visit.request))
    cards = await feature_cards(visit, news)
    settings, eyes = visit.settings, StrangersEyes.at(visit.reader.now, visit.settings)
    instance = settings.instance
    return page(
        visit,
        "public/front.html",
        active="front",
        about=Head(address=f"{settings.base_url}/", title=instance.title, description=instance.description),
        institutions=[eyes.person(each) for each in institutions],
        news=[eyes.post(view) for view in news if view.post.id not in cards][:_NEWS],
        parts=parts,
    )


def _front(
    session: Session, plugged: Plugged
) -> tuple[list[Actor], list[PostView], list[tuple[str, object]]]:
    institutions = list_institutions(session)
    # What posts tell of has parts of its own on this page: some of the newest are left out of the news.
    news = list_news(session, institutions, limit=_NEWS + _TOLD_APART)
    return institutions, news, front_parts(session, plugged)


ROUTES: Final[Sequence[BaseRoute]] = (shown("/", show_front, to=Who.ANYBODY),)
