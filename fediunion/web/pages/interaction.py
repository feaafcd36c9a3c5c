"""Where other servers send a visitor who wants to follow, share, like or write from here (FEP-3b86).

The visitor is anonymous: what the address names is shown as a text, and never fetched or linked.
"""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.activitypub.webfinger import parse_acct
from fediunion.kit.errors import BadDocument
from fediunion.kit.urls import parse_remote_url
from fediunion.web.render import page
from fediunion.world import World

LONGEST_SHARED_TEXT: Final = 5000
_ADDRESS_SCHEMES: Final = ("https://", "http://")
_INTENTS: Final = {
    "follow": ("Follow from here", "follow the account that it finds"),
    "announce": ("Boost from here", "boost the post that it finds"),
    "like": ("Favourite from here", "mark the post that it finds as a favourite"),
}
_OPEN: Final = ("Open from here", "follow, answer, boost or favourite what it finds")
# Nothing that was asked for may stay behind on a shared machine, or be listed by a search engine.
_HEADERS: Final = {"cache-control": "no-store", "x-robots-tag": "noindex"}


async def show_interaction(request: Request) -> Response:
    """GET /authorize_interaction?uri=…[&intent=follow|announce|like]: how to act on a thing from here.

    `uri` is the address of a thing or a handle; an unknown intent is none. Raises BadDocument.
    """
    heading, act = _INTENTS.get(request.query_params.get("intent", "").lower(), _OPEN)
    named = _named(_only(request, "uri"))
    return _page(request, "core/interaction.html", heading=heading, act=act, named=named)


async def show_share(request: Request) -> Response:
    """GET /share?text=…: a text that somebody wants to post from here. Raises BadDocument."""
    text = _only(request, "text").strip()
    if not text or len(text) > LONGEST_SHARED_TEXT:
        raise BadDocument(f"A text to share has 1 to {LONGEST_SHARED_TEXT} characters")
    return _page(request, "core/share.html", text=text)


def _only(request: Request, name: str) -> str:
    found = request.query_params.getlist(name)
    if len(found) != 1:
        raise BadDocument(f"This link needs one `{name}`")
    return found[0]


def _named(text: str) -> str:
    """Return the address, its host in ASCII, or the handle `@user@host`, that the text is."""
    stripped = text.strip()
    try:
        if stripped.lower().startswith(_ADDRESS_SCHEMES):
            return parse_remote_url(stripped).identity
        user, authority = parse_acct(stripped)
    except BadDocument as error:
        raise BadDocument("This link does not name an account or a post", reason=error.reason) from error
    return f"@{user}@{authority}"


def _page(request: Request, template: str, **values: object) -> Response:
    world: World = request.app.state.world
    response = page(world.settings, template, handle_domain=world.settings.handle_domain, **values)
    response.headers.update(_HEADERS)
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    Route("/authorize_interaction", show_interaction),
    Route("/share", show_share),
)
