"""Where other servers send a visitor who wants to follow, share, like or write from here (FEP-3b86).

The visitor is anonymous: what the address names is shown as a text, and never fetched or linked.
"""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.webfinger import parse_acct
from fediunion.kit.errors import BadDocument
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import parse_remote_url
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

LONGEST_SHARED_TEXT: Final = 5000
_ADDRESS_SCHEMES: Final = ("https://", "http://")
_INTENTS: Final = {
    "follow": (
        Sentence("Follow from here"),
        Sentence("Search for the address, and follow the account that it finds."),
    ),
    "announce": (
        Sentence("Boost from here"),
        Sentence("Search for the address, and boost the post that it finds."),
    ),
    "like": (
        Sentence("Favourite from here"),
        Sentence("Search for the address, and mark the post that it finds as a favourite."),
    ),
}
_OPEN: Final = (
    Sentence("Open from here"),
    Sentence("Search for the address, and follow, answer, boost or favourite what it finds."),
)
# Nothing that was asked for may stay behind on a shared machine, or be listed by a search engine.
_HEADERS: Final = {"cache-control": "no-store", "x-robots-tag": "noindex"}


async def show_interaction(visit: Visit) -> Response:
    """GET /authorize_interaction?uri=…[&intent=follow|announce|like]: how to act on a thing from here.

    `uri` is the address of a thing or a handle; an unknown intent is none. Raises BadDocument.
    """
    request = visit.request
    heading, act = _INTENTS.get(request.query_params.get("intent", "").lower(), _OPEN)
    named = _named(_only(request, "uri"))
    return _page(visit, "core/interaction.html", heading=heading, act=act, named=named)


async def show_share(visit: Visit) -> Response:
    """GET /share?text=…: a text that somebody wants to post from here. Raises BadDocument."""
    text = _only(visit.request, "text").strip()
    if not text or len(text) > LONGEST_SHARED_TEXT:
        raise BadDocument(Sentence("A text to share has 1 to %(most)s characters", most=LONGEST_SHARED_TEXT))
    return _page(visit, "core/share.html", text=text)


def _only(request: Request, name: str) -> str:
    found = request.query_params.getlist(name)
    if len(found) != 1:
        raise BadDocument(Sentence("This link needs one `%(name)s`", name=name))
    return found[0]


def _named(text: str) -> str:
    """Return the address, its host in ASCII, or the handle `@user@host`, that the text is."""
    stripped = text.strip()
    try:
        if stripped.lower().startswith(_ADDRESS_SCHEMES):
            return parse_remote_url(stripped).identity
        user, authority = parse_acct(stripped)
    except BadDocument as error:
        raise BadDocument(
            Sentence("This link does not name an account or a post"), reason=error.reason
        ) from error
    return f"@{user}@{authority}"


def _page(visit: Visit, template: str, **values: object) -> Response:
    response = page(
        visit, template, status=200, active="", handle_domain=visit.settings.handle_domain, **values
    )
    response.headers.update(_HEADERS)
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/authorize_interaction", show_interaction, to=Who.ANYBODY),
    shown("/share", show_share, to=Who.ANYBODY),
)
