"""/live/…: what open pages hear of new posts by, as server-sent events.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.social.lists.queries import get_list
from fediunion.web.listing import id_in_path
from fediunion.web.live import EventStream, Listener, LiveDesk, Place
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit


async def hear_home(visit: Visit) -> Response:
    """GET /live/home: the ids of what comes into the member's home."""
    return _stream(visit, Place.HOME)


async def hear_local(visit: Visit) -> Response:
    """GET /live/local: the ids of what is written on this server for its members."""
    return _stream(visit, Place.LOCAL)


async def hear_network(visit: Visit) -> Response:
    """GET /live/network: the ids of what the affiliated unions write for each other."""
    return _stream(visit, Place.NETWORK)


async def hear_list(visit: Visit) -> Response:
    """GET /live/lists/{id}: the ids of what comes into a list. Raises NotFound for another's."""
    list_id = id_in_path(visit)
    await visit.world.db.read(get_list, visit.member.actor_id, list_id)
    return _stream(visit, Place.LIST, list_id)


def _stream(visit: Visit, place: Place, list_id: int = 0) -> Response:
    member, desk = visit.member, visit.world.part(LiveDesk)
    desk.check_room(member.actor_id)
    listener = Listener(member.actor_id, visit.cookie, place, list_id, role=member.role)
    return EventStream(desk, listener)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/live/home", hear_home, to=Who.MEMBER),
    shown("/live/local", hear_local, to=Who.MEMBER),
    shown("/live/network", hear_network, to=Who.MEMBER),
    shown("/live/lists/{id:int}", hear_list, to=Who.MEMBER),
)
