"""Where other servers send a visitor who wants to follow, share, like or write from here (FEP-3b86).

To whom is not signed in what the address names is shown as a text, and never fetched or linked. A member
has a button, which asks the server that the address names, and does what the link is about.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.webfinger import parse_acct
from fediunion.kit.errors import BadDocument
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import parse_remote_url
from fediunion.members.attempts import TooManyAttempts
from fediunion.social.posts.service import interactions
from fediunion.web.forms import Form
from fediunion.web.notes import Tone
from fediunion.web.pages.post_actions import Act
from fediunion.web.pages.search import find_elsewhere
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import own_actor
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
PATH: Final = "/authorize_interaction"
_LOOK: Final = Sentence("Open it here")
_BUTTONS: Final = {
    "follow": _LOOK,
    "announce": Sentence("Boost it"),
    "like": Sentence("Mark it as a favourite"),
}
_ACTIONS: Final[Mapping[str, tuple[Act, Sentence]]] = {
    "announce": (interactions.boost, Sentence("You have boosted it.")),
    "like": (interactions.favourite, Sentence("It is one of your favourites.")),
}
_NOTHING: Final = Sentence("Nothing was found there, or the server did not answer.")
_TOO_OFTEN: Final = Sentence("Other servers were asked too often for you. Try again in an hour.")
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
    intent = request.query_params.get("intent", "").lower()
    heading, act = _INTENTS.get(intent, _OPEN)
    named = _named(_only(request, "uri"))
    return _page(
        visit,
        "core/interaction.html",
        heading=heading,
        act=act,
        named=named,
        path=PATH,
        sign_in=f"/sign-in?{urlencode({'next': _again(named, intent)})}",
        intent=intent,
        button=_BUTTONS.get(intent, _LOOK),
    )


async def interact(visit: Visit, form: Form) -> Response:
    """POST /authorize_interaction: boosts or favours the post as the member asks, and leads to it.

    What is no post is led to, so that one can follow it there. Raises BadDocument, and for a post what
    boosting and favouring raise.
    """
    named, intent = _named(form.get("uri", "")), form.get("intent", "")
    again = _again(named, intent)
    try:
        found = await find_elsewhere(visit, named)
    except TooManyAttempts:
        return see_other(visit, again, _TOO_OFTEN, tone=Tone.NO)
    if found is None:
        return see_other(visit, again, _NOTHING, tone=Tone.NO)
    post_id, action = found.post_id, _ACTIONS.get(intent)
    if post_id is None or action is None:
        return see_other(visit, found.path)
    do, told = action
    await visit.world.db.write(lambda session: do(session, own_actor(session, visit), post_id))
    return see_other(visit, found.path, told)


async def show_share(visit: Visit) -> Response:
    """GET /share?text=…: a text that somebody wants to post from here. Raises BadDocument."""
    text = _only(visit.request, "text").strip()
    if not text or len(text) > LONGEST_SHARED_TEXT:
        raise BadDocument(Sentence("A text to share has 1 to %(most)s characters", most=LONGEST_SHARED_TEXT))
    return _page(visit, "core/share.html", text=text)


def _again(named: str, intent: str) -> str:
    return f"{PATH}?{urlencode({'uri': named, 'intent': intent})}"


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
    shown(PATH, show_interaction, to=Who.ANYBODY),
    sent(PATH, interact, to=Who.MEMBER),
    shown("/share", show_share, to=Who.ANYBODY),
)
