"""/interact: acting on something of ours with an account on another server (FEP-3b86)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.intents import fill, ways_to
from fediunion.activitypub.webfinger import find_actor_uri, parse_acct
from fediunion.actors.queries import find_actor_by_uri
from fediunion.config import FederationMode
from fediunion.kit.errors import BadDocument, FediUnionError, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import display_host
from fediunion.kit.urls import parse_remote_url
from fediunion.members.attempts import Allowance, TooManyAttempts, address_bucket, count_attempts
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.web.forms import Form
from fediunion.web.queries import get_page_actor, get_public_post
from fediunion.web.render import page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit
from fediunion.world import World

PATH: Final = "/interact"
LOOKUPS_IN_5_MINUTES: Final = 20
_LONGEST: Final = 2048
_FOLLOW: Final = "follow"
_INTENTS: Final = {
    _FOLLOW: ("Follow", Sentence("Follow from your server")),
    "reply": ("Create", Sentence("Reply from your server")),
    "announce": ("Announce", Sentence("Boost from your server")),
    "like": ("Like", Sentence("Favourite from your server")),
    "look": ("Object", Sentence("Open it on your server")),
}
_LEDE: Final = Sentence("You need no account here. Say where yours is, and go on there.")
_NO_HANDLE: Final = Sentence("Write your whole handle, such as name@server.example.")
_HERE: Final = Sentence("That account would be on this server: sign in to act with it.")
_NO_SERVER: Final = Sentence("That server did not answer, or does not know this account.")
_NO_WAY: Final = Sentence("Your server does not say where to go on. Use the address below.")
_TOO_OFTEN: Final = Sentence("Too many servers were looked up. Wait a few minutes, or use the address below.")


async def show_interact(visit: Visit) -> Response:
    """GET /interact?uri=…&intent=follow|reply|announce|like|look: the form.

    Who and what a stranger is not shown is the same 404 as nothing (row I4).
    """
    query = visit.request.query_params
    uri, intent = query.get("uri", ""), query.get("intent", _FOLLOW)
    await _check(visit, uri, intent)
    return _form(visit, uri, intent)


async def find_home(visit: Visit, form: Form) -> Response:
    """POST /interact: asks the server of the handle where one acts there, and shows the way."""
    uri, intent, account = form.get("uri", ""), form.get("intent", ""), form.get("account", "").strip()
    await _check(visit, uri, intent)
    try:
        user, authority = parse_acct(account)
    except BadDocument:
        return _form(visit, uri, intent, account, {"account": _NO_HANDLE})
    if authority in visit.settings.authority:
        return _form(visit, uri, intent, account, {"account": _HERE})
    try:
        await visit.world.db.write(count_attempts, [_allowance(visit)])
    except TooManyAttempts as error:
        response = _form(visit, uri, intent, account, {"account": _TOO_OFTEN}, status=429)
        response.headers["retry-after"] = str(error.retry_after_seconds)
        return response
    try:
        address = await _way(visit.world, f"{user}@{authority}", uri, intent)
    except FediUnionError:
        return _form(visit, uri, intent, account, {"account": _NO_SERVER})
    if address is None:
        return _form(visit, uri, intent, account, {"account": _NO_WAY})
    return _page(visit, uri, intent, go_on=address, host=display_host(urlsplit(address).netloc))


async def _check(visit: Visit, uri: str, intent: str) -> None:
    if visit.settings.federation.mode is FederationMode.OFF:
        raise NotFound("There is no such page.")
    await visit.world.db.read(_check_shown, uri, intent)


async def _way(world: World, acct: str, uri: str, intent: str) -> str | None:
    """Return where the server of `acct` wants its people to act; None where it does not say."""
    found = await find_actor_uri(world.client, acct)
    kind, _ = _INTENTS[intent]
    for template in ways_to(kind, found.templates):
        address = fill(template, uri)
        try:
            world.client.policy.check_url(parse_remote_url(address))
        except FediUnionError:
            continue
        return address
    return None


def _check_shown(session: Session, uri: str, intent: str) -> None:
    """Raise NotFound unless `uri` is the id of an account or a post that strangers are shown."""
    if intent not in _INTENTS or len(uri) > _LONGEST:
        raise NotFound("There is no such page.")
    if intent == _FOLLOW:
        actor = find_actor_by_uri(session, uri)
        get_page_actor(session, actor.username if actor is not None and actor.local else "")
        return
    post = find_post_by_uri(session, uri)
    name = urlsplit(uri).path.split("/")
    get_public_post(session, name[2] if len(name) > 2 else "", (post.slug if post is not None else "") or "")


def _allowance(visit: Visit) -> Allowance:
    client = visit.request.client
    address = address_bucket(client.host if client else "")
    return Allowance("interact:address", address, LOOKUPS_IN_5_MINUTES, 300)


def _form(
    visit: Visit,
    uri: str,
    intent: str,
    account: str = "",
    problems: Mapping[str, Sentence] = MappingProxyType({}),
    *,
    status: int = 422,
) -> Response:
    return _page(visit, uri, intent, account=account, problems=problems, status=status if problems else 200)


def _page(visit: Visit, uri: str, intent: str, *, status: int = 200, **values: object) -> Response:
    _, heading = _INTENTS[intent]
    asked: dict[str, object] = {"go_on": "", "host": "", "account": "", "problems": {}}
    response = page(
        visit,
        "public/interact.html",
        status=status,
        active="",
        heading=heading,
        lede=_LEDE,
        uri=uri,
        intent=intent,
        **(asked | values),
    )
    response.headers["cache-control"] = "no-store"
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_interact, to=Who.ANYBODY),
    sent(PATH, find_home, to=Who.ANYBODY),
)
