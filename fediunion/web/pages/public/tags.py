"""/tags/{tag}: this instance's public posts with a hashtag."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.kit.text import normalise_hashtag, valid_hashtag
from fediunion.web.pages.public.heads import Head, id_before
from fediunion.web.pages.timelines import show_tag as show_tag_to_member
from fediunion.web.plugged import feature_cards
from fediunion.web.queries import LATEST, tag_views
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.views import StrangersEyes
from fediunion.web.visits import Visit


async def show_tag(visit: Visit) -> Response:
    """GET /tags/{tag}: the posts, newest first; nothing tells an unused hashtag from a hidden one."""
    name, before = normalise_hashtag(visit.request.path_params["tag"]), id_before(visit)
    if not valid_hashtag(name):
        raise NotFound("There is no such hashtag.")
    if visit.visitor is not None:
        return await show_tag_to_member(visit, name)
    posts, next_before = await visit.world.db.read(tag_views, name, Page(limit=LATEST, max_id=before))
    cards = await feature_cards(visit, posts)
    path, eyes = f"/tags/{quote(name)}", StrangersEyes.at(visit.reader.now, visit.settings, cards)
    return page(
        visit,
        "public/tag.html",
        about=Head(address=f"{visit.settings.base_url}{path}", title=f"#{name}", indexed=False),
        tag=name,
        posts=[eyes.post(view) for view in posts],
        newest=path if before is not None else "",
        older=f"{path}?before={next_before}" if next_before is not None else "",
    )


ROUTES: Final[Sequence[BaseRoute]] = (shown("/tags/{tag}", show_tag, to=Who.ANYBODY),)
