"""Lists of accounts. Source: https://docs.joinmastodon.org/methods/lists/"""

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.entities.list import list_entity
from fediunion.api.mastodon.listing import accounts_answer
from fediunion.social.lists import queries, service

_MOST_LISTED_AT_ONCE: Final = 80


async def show_lists(call: Call) -> Json:
    """Show the member's lists."""
    rows = await call.world.db.read(queries.list_lists, call.member.actor_id)
    return [list_entity(row) for row in rows]


async def show_list(call: Call) -> Json:
    """Show one list."""
    return list_entity(await call.world.db.read(queries.get_list, call.member.actor_id, call.id))


async def create_list(call: Call) -> Json:
    """Make a list."""
    params, caller = call.params, call.member
    title = params.text("title", most=service.MAX_TITLE_CHARACTERS)
    policy = params.word("replies_policy", service.REPLIES_POLICIES, "list")

    def unit(session: Session) -> Entity:
        owner = get_actor(session, caller.actor_id)
        exclusive = params.flag("exclusive")
        return list_entity(
            service.create_list(session, owner, title=title, replies_policy=policy, exclusive=exclusive)
        )

    return await call.world.db.write(unit)


async def change_list(call: Call) -> Json:
    """Change a list's title or policy."""
    params, caller, list_id = call.params, call.member, call.id
    title = params.text("title", most=service.MAX_TITLE_CHARACTERS) if "title" in params else None
    policy = params.text("replies_policy", most=20) if "replies_policy" in params else None
    exclusive = params.flag("exclusive") if "exclusive" in params else None

    def unit(session: Session) -> Entity:
        owner = get_actor(session, caller.actor_id)
        return list_entity(
            service.change_list(
                session, owner, list_id, title=title, replies_policy=policy, exclusive=exclusive
            )
        )

    return await call.world.db.write(unit)


async def delete_list(call: Call) -> Json:
    """Remove a list."""
    caller, list_id = call.member, call.id

    def unit(session: Session) -> None:
        service.delete_list(session, get_actor(session, caller.actor_id), list_id)

    await call.world.db.write(unit)
    return {}


async def show_listed(call: Call) -> Answer:
    """Show who is on a list; all of them at once where `limit` is 0, as documented."""
    page = call.page(40, 80)
    if "limit" in call.params and call.params.whole_number("limit", page.limit) == 0:
        page = replace(page, limit=service.MAX_LISTED + 1)
    actors = await call.world.db.read(queries.list_members, call.member.actor_id, call.id, page)
    return accounts_answer(call, page, [(actor.id, actor) for actor in actors])


async def add_to_list(call: Call) -> Json:
    """Put accounts on a list."""
    caller, list_id = call.member, call.id
    actor_ids = call.params.ids("account_ids", most=_MOST_LISTED_AT_ONCE)

    def unit(session: Session) -> None:
        service.add_accounts(session, get_actor(session, caller.actor_id), list_id, actor_ids)

    await call.world.db.write(unit)
    return {}


async def remove_from_list(call: Call) -> Json:
    """Take accounts off a list."""
    caller, list_id = call.member, call.id
    actor_ids = call.params.ids("account_ids", most=_MOST_LISTED_AT_ONCE)

    def unit(session: Session) -> None:
        service.remove_accounts(session, get_actor(session, caller.actor_id), list_id, actor_ids)

    await call.world.db.write(unit)
    return {}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/lists", show_lists, "read:lists"),
    post("/api/v1/lists", create_list, "write:lists"),
    get("/api/v1/lists/:id", show_list, "read:lists"),
    put("/api/v1/lists/:id", change_list, "write:lists"),
    delete("/api/v1/lists/:id", delete_list, "write:lists"),
    get("/api/v1/lists/:id/accounts", show_listed, "read:lists"),
    post("/api/v1/lists/:id/accounts", add_to_list, "write:lists"),
    delete("/api/v1/lists/:id/accounts", remove_from_list, "write:lists"),
)
