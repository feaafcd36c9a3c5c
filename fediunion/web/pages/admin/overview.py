"""/admin: how the instance does, the problem first; and /admin/more, the whole menu on a phone."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.social.moderation.overview import AGES, read_overview
from fediunion.web import drawings
from fediunion.web.pages.admin.acting import read_as
from fediunion.web.pages.admin.words import reason_in_words
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin"
_AGE_NAMES: Final = (
    Sentence("under 1 h"),
    Sentence("1 to 6 h"),
    Sentence("6 to 24 h"),
    Sentence("1 to 3 days"),
    Sentence("longer"),
)
assert len(_AGE_NAMES) == len(AGES) + 1
_FILES: Final = {
    "image": Sentence("Pictures"),
    "video": Sentence("Films"),
    "audio": Sentence("Sounds"),
}
_OTHER_FILES: Final = Sentence("Others")


async def show_overview(visit: Visit) -> Response:
    """GET /admin: what is wrong, figures and drawings."""
    seen = await read_as(visit, Role.MODERATOR, lambda session, _: read_overview(session))
    return page(
        visit,
        "admin/overview.html",
        active="overview",
        seen=seen,
        draw=drawings,
        ages=list(zip(_AGE_NAMES, seen.waiting_by_age, strict=True)),
        files=[(_FILES.get(kind, _OTHER_FILES), size) for kind, size in seen.storage],
        failing=[(each, reason_in_words(each.error)) for each in seen.failing],
    )


async def show_menu(visit: Visit) -> Response:
    """GET /admin/more: every page that the officer may open."""
    return page(visit, "admin/more.html", active="more")


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_overview, to=Who.MODERATOR),
    shown("/admin/more", show_menu, to=Who.MODERATOR),
)
