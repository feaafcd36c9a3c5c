"""Following a search: the account that tells of what matches, and the ways to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor, get_actor
from fediunion.config import FederationMode
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import address_bucket
from fediunion.social.follows.relationships import relationships_of
from fediunion.social.follows.service import request_follow
from fediunion.union.vacancies.pages.facets import PATH, path_of
from fediunion.union.vacancies.saved.finding import make_search_actor
from fediunion.union.vacancies.saved.pictures import PATH as PICTURE
from fediunion.union.vacancies.saved.pictures import picture
from fediunion.union.vacancies.saved.remembering import name_to_follow
from fediunion.union.vacancies.saved.service import find_search
from fediunion.union.vacancies.saved.subscriptions import find_subscription
from fediunion.union.vacancies.search.asking import read_query
from fediunion.union.vacancies.search.query import OPEN, VacancyQuery, canonical
from fediunion.web.forms import Form
from fediunion.web.notes import Tone
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

FOLLOW: Final = f"{PATH}/follow"
_FOLLOWED: Final = Sentence("You follow this search: what matches comes into your timeline.")
_NO_ACCOUNT: Final = Sentence("This search cannot be followed.")


@dataclass(frozen=True)
class OwnWays:
    """What a member has of a search: follows its account, is told of what matches."""

    follows: bool
    is_told: bool


@dataclass(frozen=True)
class Follow:
    """The account of a search: `handle` is what one copies, `path` where one goes on with an own account.

    `query` is the search in its one spelling, `own` what the member who looks has of it.
    """

    name: str
    handle: str
    path: str
    query: str
    own: OwnWays | None

    @property
    def acct(self) -> str:
        """Return it as an address: `acct:s-8k2f@ictysu.example`."""
        return f"acct:{self.handle.removeprefix('@')}"


async def followed_as(visit: Visit, query: VacancyQuery) -> Follow | None:
    """Return the account that tells of what a search finds from now on.

    None where there can be none: nobody elsewhere can reach us, the search is for what is over, there are as
    many searches as there may be, or this address asks for new ones too often.
    """
    off = visit.settings.federation.mode is FederationMode.OFF
    if query.state != OPEN or (off and visit.visitor is None):
        return None
    text = canonical(query)
    name = await _name(visit, text)
    if name is None:
        return None
    own = None if visit.visitor is None else await visit.world.db.read(_own_ways, visit, name, text)
    handle = f"@{name}@{visit.settings.handle_domain}"
    return Follow(name, handle, f"{FOLLOW}?{urlencode({'search': name})}", text, own)


async def go_on(visit: Visit) -> Response:
    """GET /vacancies/follow?search=NAME: makes the account, and leads to where one follows it."""
    name = visit.request.query_params.get("search", "")
    await make_search_actor(visit.world, name)
    actor = await visit.world.db.read(_actor_of, name)
    if visit.visitor is not None:
        return see_other(visit, f"/@{actor.username}")
    return see_other(visit, f"/interact?{urlencode({'uri': actor.uri, 'intent': 'follow'})}")


async def follow_here(visit: Visit, form: Form) -> Response:
    """POST /vacancies/follow with a `query`: lets the member follow the account of that search."""
    try:
        query = typed_query(form.get("query", ""))
    except Invalid:
        return see_other(visit, PATH, _NO_ACCOUNT, tone=Tone.NO)
    name = await _name(visit, canonical(query)) if query.state == OPEN else None
    if name is None:
        return see_other(visit, path_of(query), _NO_ACCOUNT, tone=Tone.NO)
    await make_search_actor(visit.world, name)
    await visit.world.db.write(_follow, visit.member.actor_id, name)
    return see_other(visit, path_of(query), _FOLLOWED)


def typed_query(text: str) -> VacancyQuery:
    """Return the search that a text asks for: what follows the `?` of an address. Raises BadQuery."""
    _, asks, after = text.strip().partition("?")
    return read_query(parse_qsl(after if asks else text.strip(), keep_blank_values=True))


async def _name(visit: Visit, text: str) -> str | None:
    who = address_bucket(visit.address) if visit.visitor is None else str(visit.visitor.member_id)
    return await name_to_follow(visit.world, text, who)


def _actor_of(session: Session, name: str) -> Actor:
    """Return the account of a search; raise NotFound for any other name, whosever it is (row I4)."""
    search = find_search(session, name)
    if search is None or search.actor_id is None:
        raise NotFound(Sentence("There is no such search."))
    return get_actor(session, search.actor_id)


def _own_ways(session: Session, visit: Visit, name: str, text: str) -> OwnWays:
    member, actor = visit.member, find_local_actor(session, name)
    follows = actor is not None and relationships_of(session, member.actor_id, [actor.id])[0].following
    return OwnWays(follows, find_subscription(session, member.member_id, text) is not None)


def _follow(session: Session, own_id: int, name: str) -> None:
    search = find_local_actor(session, name)
    if search is None or search.deleted_at is not None:
        raise NotFound(Sentence("There is no such search."))
    request_follow(session, get_actor(session, own_id), search)


async def show_picture(_request: Request) -> Response:
    """GET /vacancies/search.png: what other servers show beside the account of a search."""
    return Response(picture(), media_type="image/png", headers={"cache-control": "public, max-age=604800"})


ROUTES: Final[Sequence[BaseRoute]] = (
    Route(PICTURE, show_picture, methods=["GET"]),
    shown(FOLLOW, go_on, to=Who.ANYBODY),
    sent(FOLLOW, follow_here, to=Who.MEMBER),
)
