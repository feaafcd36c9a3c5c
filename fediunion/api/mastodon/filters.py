"""Filters. Source: https://docs.joinmastodon.org/methods/filters/"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import NO_CONTENT, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.filter import (
    filter_entity,
    filter_keyword_entity,
    filter_status_entity,
)
from fediunion.api.params import Params, id_in
from fediunion.kit.errors import Invalid, NotFound
from fediunion.social.filters import queries, service
from fediunion.social.filters.service import (
    CONTEXTS,
    MAX_KEYWORD_CHARACTERS,
    MAX_KEYWORDS,
    MAX_TITLE_CHARACTERS,
    KeywordWish,
    Lasting,
)

T = TypeVar("T")
_LONGEST_SECONDS: Final = 100 * 366 * 86_400


async def as_owner(call: Call, work: Callable[[Session, Actor], T]) -> T:
    """Return what `work` gives, done in a unit of work for the member who calls."""
    actor_id = call.member.actor_id

    def unit(session: Session) -> T:
        return work(session, get_actor(session, actor_id))

    return await call.world.db.write(unit)


def contexts_in(params: Params) -> list[str]:
    """Return the contexts that a client names, for the rules to judge."""
    return params.texts("context", most=2 * len(CONTEXTS), longest=50)


def new_contexts_in(params: Params) -> list[str] | None:
    """Return the contexts that a filter is to have from now on, None where nothing is said of them."""
    return contexts_in(params) if "context" in params else None


def whole_word_in(params: Params) -> bool | None:
    """Return whether a keyword is to be found as a whole word alone, None where nothing is said of it."""
    return params.flag("whole_word") if "whole_word" in params else None


def lasting_in(call: Call) -> Lasting | None:
    """Return how long a filter is to last, from `expires_in` in seconds; None where nothing is said of it.

    An empty or null one is for good. Raises Invalid for what is no time to come.
    """
    if "expires_in" not in call.params.values:
        return None
    if call.params.values["expires_in"] in (None, ""):
        return Lasting()
    seconds = call.params.whole_number("expires_in", 0)
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise Invalid("A filter ends in the future, within a hundred years.", field="expires_in")
    return Lasting(call.world.clock.now() + timedelta(seconds=seconds))


def _keywords_in(params: Params) -> list[KeywordWish]:
    return [
        KeywordWish(
            keyword=_keyword_in(group),
            whole_word=whole_word_in(group),
            id=_id_of(group),
            removed=group.flag("_destroy"),
        )
        for group in params.groups("keywords_attributes", most=MAX_KEYWORDS)
    ]


def _id_of(group: Params) -> int | None:
    if not group.text("id", most=100):
        return None
    found = id_in(group.values["id"])
    if found is None:
        raise NotFound("There is no such keyword.")
    return found


def _keyword_in(params: Params) -> str | None:
    return params.text("keyword", most=MAX_KEYWORD_CHARACTERS) if "keyword" in params else None


async def show_filters(call: Call) -> Json:
    """Show the member's filters."""
    return [
        filter_entity(view) for view in await call.world.db.read(queries.list_filters, call.member.actor_id)
    ]


async def show_filter(call: Call) -> Json:
    """Show one filter."""
    return filter_entity(await call.world.db.read(queries.get_filter, call.member.actor_id, call.id))


async def create_filter(call: Call) -> Json:
    """Make a filter."""
    params = call.params
    title = params.text("title", most=MAX_TITLE_CHARACTERS)
    contexts, lasting, keywords = contexts_in(params), lasting_in(call), _keywords_in(params)
    action = params.text("filter_action", most=20) or "warn"

    def work(session: Session, owner: Actor) -> Json:
        view = service.create_filter(
            session, owner, title=title, contexts=contexts, action=action, lasting=lasting, keywords=keywords
        )
        return filter_entity(view)

    return await as_owner(call, work)


async def change_filter(call: Call) -> Json:
    """Change a filter, and the keywords that are named."""
    params, filter_id = call.params, call.id
    title = params.text("title", most=MAX_TITLE_CHARACTERS) if "title" in params else None
    contexts = new_contexts_in(params)
    action = params.text("filter_action", most=20) if "filter_action" in params else None
    lasting, keywords = lasting_in(call), _keywords_in(params)

    def work(session: Session, owner: Actor) -> Json:
        view = service.change_filter(
            session,
            owner,
            filter_id,
            title=title,
            contexts=contexts,
            action=action,
            lasting=lasting,
            keywords=keywords,
        )
        return filter_entity(view)

    return await as_owner(call, work)


async def delete_filter(call: Call) -> Json:
    """Remove a filter."""
    filter_id = call.id
    await as_owner(call, lambda session, owner: service.delete_filter(session, owner, filter_id))
    return NO_CONTENT


async def show_keywords(call: Call) -> Json:
    """Show the keywords of a filter."""
    view = await call.world.db.read(queries.get_filter, call.member.actor_id, call.id_in("filter_id"))
    return [filter_keyword_entity(row) for row in view.keywords]


async def add_keyword(call: Call) -> Json:
    """Add a keyword to a filter."""
    filter_id, whole_word = call.id_in("filter_id"), whole_word_in(call.params) is not False
    keyword = _keyword_in(call.params) or ""

    def work(session: Session, owner: Actor) -> Json:
        return filter_keyword_entity(
            service.add_keyword(session, owner, filter_id, keyword=keyword, whole_word=whole_word)
        )

    return await as_owner(call, work)


async def show_keyword(call: Call) -> Json:
    """Show one keyword."""
    _, row = await call.world.db.read(queries.get_keyword, call.member.actor_id, call.id)
    return filter_keyword_entity(row)


async def change_keyword(call: Call) -> Json:
    """Change a keyword."""
    keyword_id, keyword, whole_word = call.id, _keyword_in(call.params), whole_word_in(call.params)

    def work(session: Session, owner: Actor) -> Json:
        return filter_keyword_entity(
            service.change_keyword(session, owner, keyword_id, keyword=keyword, whole_word=whole_word)
        )

    return await as_owner(call, work)


async def delete_keyword(call: Call) -> Json:
    """Take a keyword out of its filter, which stays. Older apps delete filters of one keyword by this."""
    keyword_id = call.id
    await as_owner(call, lambda session, owner: service.delete_keyword(session, owner, keyword_id))
    return NO_CONTENT


async def show_filtered_statuses(call: Call) -> Json:
    """Show the single posts of a filter."""
    view = await call.world.db.read(queries.get_filter, call.member.actor_id, call.id_in("filter_id"))
    return [filter_status_entity(row) for row in view.posts]


async def add_status(call: Call) -> Json:
    """Add a single post to a filter."""
    filter_id, post_id = call.id_in("filter_id"), id_in(call.params.values.get("status_id"))
    if "status_id" not in call.params:
        raise Invalid("A post has to be named.", field="status_id", reason="blank")
    if post_id is None:
        raise NotFound("There is no such post.")

    def work(session: Session, owner: Actor) -> Json:
        return filter_status_entity(service.add_post(session, owner, filter_id, post_id))

    return await as_owner(call, work)


async def show_filtered_status(call: Call) -> Json:
    """Show one single post of a filter."""
    return filter_status_entity(
        await call.world.db.read(queries.get_filter_post, call.member.actor_id, call.id)
    )


async def delete_status(call: Call) -> Json:
    """Take a single post out of its filter."""
    row_id = call.id
    row = await as_owner(call, lambda session, owner: service.delete_post(session, owner, row_id))
    return filter_status_entity(row)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v2/filters", show_filters, "read:filters"),
    post("/api/v2/filters", create_filter, "write:filters"),
    get("/api/v2/filters/:id", show_filter, "read:filters"),
    put("/api/v2/filters/:id", change_filter, "write:filters"),
    delete("/api/v2/filters/:id", delete_filter, "write:filters"),
    get("/api/v2/filters/:filter_id/keywords", show_keywords, "read:filters"),
    post("/api/v2/filters/:filter_id/keywords", add_keyword, "write:filters"),
    get("/api/v2/filters/keywords/:id", show_keyword, "read:filters"),
    put("/api/v2/filters/keywords/:id", change_keyword, "write:filters"),
    delete("/api/v2/filters/keywords/:id", delete_keyword, "write:filters"),
    get("/api/v2/filters/:filter_id/statuses", show_filtered_statuses, "read:filters"),
    post("/api/v2/filters/:filter_id/statuses", add_status, "write:filters"),
    get("/api/v2/filters/statuses/:id", show_filtered_status, "read:filters"),
    delete("/api/v2/filters/statuses/:id", delete_status, "write:filters"),
)
