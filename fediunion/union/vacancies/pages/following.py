"""Following a search: the account that tells of what matches, and the way to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.queries import find_local_actor
from fediunion.config import FederationMode
from fediunion.kit.errors import Gone, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.pages.facets import PATH
from fediunion.union.vacancies.saved.finding import make_search_actor
from fediunion.union.vacancies.saved.remembering import name_to_follow
from fediunion.union.vacancies.search.query import OPEN, VacancyQuery, canonical
from fediunion.web.routes import Who, see_other, shown
from fediunion.web.visits import Visit

FOLLOW: Final = f"{PATH}/follow"


@dataclass(frozen=True)
class Follow:
    """The account of a search: `handle` is what one copies, `path` where one goes on with an own account."""

    name: str
    handle: str
    path: str

    @property
    def acct(self) -> str:
        """Return it as an address: `acct:s-8k2f@ictysu.example`."""
        return f"acct:{self.handle.removeprefix('@')}"


async def followed_as(visit: Visit, query: VacancyQuery) -> Follow | None:
    """Return the account that tells of what a search finds from now on.

    None where there can be none: nobody elsewhere can reach us, the search is for what is over, or there are
    as many searches as there may be.
    """
    off = visit.settings.federation.mode is FederationMode.OFF
    if query.state != OPEN or (off and visit.visitor is None):
        return None
    who = visit.address if visit.visitor is None else str(visit.visitor.member_id)
    name = await name_to_follow(visit.world, canonical(query), who)
    if name is None:
        return None
    handle = f"@{name}@{visit.settings.handle_domain}"
    return Follow(name, handle, f"{FOLLOW}?{urlencode({'search': name})}")


async def go_on(visit: Visit) -> Response:
    """GET /vacancies/follow?search=NAME: makes the account, and leads to where one follows it."""
    name = visit.request.query_params.get("search", "")
    await make_search_actor(visit.world, name)
    actor = await visit.world.db.read(find_local_actor, name)
    if actor is None:
        raise NotFound(Sentence("There is no such search."))
    if actor.deleted_at is not None:
        raise Gone(Sentence("Nobody followed this search any more."))
    if visit.visitor is not None:
        return see_other(visit, f"/@{actor.username}")
    return see_other(visit, f"/interact?{urlencode({'uri': actor.uri, 'intent': 'follow'})}")


ROUTES: Final[Sequence[BaseRoute]] = (shown(FOLLOW, go_on, to=Who.ANYBODY),)
