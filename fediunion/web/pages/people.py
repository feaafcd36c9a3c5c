"""/follow-requests, and whom a member does not want to read: mutes, blocks and refused servers."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.known import get_account
from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.follows import restrictions
from fediunion.social.follows.queries import (
    count_follows_with,
    ends_of_mutes,
    list_blocked,
    list_muted,
    list_refused_hosts,
    list_requests,
)
from fediunion.social.follows.service import accept_request, remove_follower
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, people_of, ways_on
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

REQUESTS_PATH: Final = "/follow-requests"
MUTES_PATH: Final = "/settings/mutes"
BLOCKS_PATH: Final = "/settings/blocks"
SERVERS_PATH: Final = "/settings/servers"
_ACCEPTED: Final = Sentence("This person follows you now.")
_REFUSED: Final = Sentence("The request is refused.")
_UNMUTED: Final = Sentence("You read this person again.")
_UNBLOCKED: Final = Sentence("The block is over. Follows do not come back by themselves.")
_SERVER_BLOCKED: Final = Sentence("You read nothing from this server any more.")
_SERVER_UNBLOCKED: Final = Sentence("You read this server again. Follows do not come back by themselves.")

Rows = Sequence[tuple[int, Actor]]
Act = Callable[[Session, Actor, Actor], None]


async def show_follow_requests(visit: Visit) -> Response:
    """GET /follow-requests: who asks to follow the member, newest first."""
    return await _list(visit, list_requests, "people/follow_requests.html", active="follow-requests")


async def show_blocks(visit: Visit) -> Response:
    """GET /settings/blocks: whom the member blocks."""
    return await _list(visit, list_blocked, "people/blocks.html", active="settings")


async def _list(
    visit: Visit, query: Callable[[Session, int, Page], Rows], template: str, *, active: str
) -> Response:
    wanted = page_of(visit)
    rows = await visit.world.db.read(query, visit.member.actor_id, wanted)
    people = people_of(visit, [actor for _, actor in rows])
    return page(
        visit,
        template,
        active=active,
        people=[(actor.id, people[actor.id]) for _, actor in rows],
        ways=ways_on(visit, wanted, [row_id for row_id, _ in rows]),
    )


async def show_mutes(visit: Visit) -> Response:
    """GET /settings/mutes: whom the member mutes, and until when."""
    wanted, actor_id = page_of(visit), visit.member.actor_id

    def load(session: Session) -> tuple[Rows, dict[int, Any]]:
        rows = list_muted(session, actor_id, wanted)
        return rows, ends_of_mutes(session, [row_id for row_id, _ in rows])

    rows, ends = await visit.world.db.read(load)
    people = people_of(visit, [actor for _, actor in rows])
    return page(
        visit,
        "people/mutes.html",
        active="settings",
        people=[(actor.id, people[actor.id], ends[row_id]) for row_id, actor in rows],
        ways=ways_on(visit, wanted, [row_id for row_id, _ in rows]),
    )


async def show_servers(visit: Visit) -> Response:
    """GET /settings/servers[?server=…]: the servers that the member refuses; what refusing one would end."""
    return await _servers(visit, visit.request.query_params.get("server", "")[:253])


async def _servers(visit: Visit, typed: str, problem: str = "") -> Response:
    wanted, actor_id = page_of(visit, 100), visit.member.actor_id

    def load(session: Session) -> tuple[list[tuple[int, str]], tuple[int, int]]:
        ending = count_follows_with(session, actor_id, typed) if typed else (0, 0)
        return list_refused_hosts(session, actor_id, wanted), ending

    rows, (following, followers) = await visit.world.db.read(load)
    return page(
        visit,
        "people/servers.html",
        status=422 if problem else 200,
        active="settings",
        hosts=[host for _, host in rows],
        typed=typed,
        following=following,
        followers=followers,
        problems={"server": problem} if problem else {},
        ways=ways_on(visit, wanted, [row_id for row_id, _ in rows]),
    )


async def block_server(visit: Visit, form: Form) -> Response:
    """POST /settings/servers: refuses a server, or shows what is wrong with its name."""
    host = form.get("server", "")[:253]
    try:
        await visit.world.db.write(
            lambda session: restrictions.block_host(session, own_actor(session, visit), host)
        )
    except Invalid as error:
        return await _servers(visit, host, sentence_of(error))
    return see_other(visit, SERVERS_PATH, _SERVER_BLOCKED)


async def unblock_server(visit: Visit, form: Form) -> Response:
    """POST /settings/servers/end: refuses a server no longer; for one that is not refused nothing changes."""
    host = form.get("server", "")[:253]
    await visit.world.db.write(
        lambda session: restrictions.unblock_host(session, own_actor(session, visit), host)
    )
    return see_other(visit, SERVERS_PATH, _SERVER_UNBLOCKED)


def _does(act: Act, path: str, told: Sentence) -> Callable[[Visit, Form], Any]:
    """Return what takes the form of one button beside a person. It raises NotFound for nobody known."""

    async def take(visit: Visit, form: Form) -> Response:
        del form
        actor_id = id_in_path(visit)

        def unit(session: Session) -> None:
            act(session, own_actor(session, visit), get_account(session, actor_id, visit.member.viewer))

        await visit.world.db.write(unit)
        return see_other(visit, path, told)

    return take


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(REQUESTS_PATH, show_follow_requests, to=Who.MEMBER),
    sent(
        f"{REQUESTS_PATH}/{{id:int}}/accept",
        _does(accept_request, REQUESTS_PATH, _ACCEPTED),
        to=Who.MEMBER,
    ),
    sent(
        f"{REQUESTS_PATH}/{{id:int}}/refuse",
        _does(remove_follower, REQUESTS_PATH, _REFUSED),
        to=Who.MEMBER,
    ),
    shown(MUTES_PATH, show_mutes, to=Who.MEMBER),
    sent(f"{MUTES_PATH}/{{id:int}}/end", _does(restrictions.unmute, MUTES_PATH, _UNMUTED), to=Who.MEMBER),
    shown(BLOCKS_PATH, show_blocks, to=Who.MEMBER),
    sent(
        f"{BLOCKS_PATH}/{{id:int}}/end", _does(restrictions.unblock, BLOCKS_PATH, _UNBLOCKED), to=Who.MEMBER
    ),
    shown(SERVERS_PATH, show_servers, to=Who.MEMBER),
    sent(SERVERS_PATH, block_server, to=Who.MEMBER),
    sent(f"{SERVERS_PATH}/end", unblock_server, to=Who.MEMBER),
)
