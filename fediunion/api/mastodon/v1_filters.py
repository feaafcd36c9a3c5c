"""Filters as older apps know them: each is one keyword. Source: https://docs.joinmastodon.org/methods/filters/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.api.endpoint import Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.filter import v1_filter_entity
from fediunion.api.mastodon.filters import (
    as_owner,
    contexts_in,
    delete_keyword,
    lasting_in,
    new_contexts_in,
    whole_word_in,
)
from fediunion.kit.errors import Invalid
from fediunion.social.filters import queries, service
from fediunion.social.filters.models import Filter, FilterAction
from fediunion.social.filters.service import MAX_TITLE_CHARACTERS, KeywordWish


async def show_filters(call: Call) -> Json:
    """Show the keywords of all the member's filters."""
    views = await call.world.db.read(queries.list_filters, call.member.actor_id)
    return [v1_filter_entity(view.filter, keyword) for view in views for keyword in view.keywords]


async def show_filter(call: Call) -> Json:
    """Show one keyword with what its filter says."""
    return v1_filter_entity(*await call.world.db.read(queries.get_keyword, call.member.actor_id, call.id))


async def create_filter(call: Call) -> Json:
    """Make a filter of one keyword; its title is the keyword."""
    params = call.params
    phrase, contexts = params.text("phrase", most=MAX_TITLE_CHARACTERS), contexts_in(params)
    action, lasting = _action(params.flag("irreversible")), lasting_in(call)
    words = [KeywordWish(keyword=phrase, whole_word=params.flag("whole_word"))]
    if not phrase.strip():
        raise Invalid("A filter needs a phrase.", field="phrase", reason="blank")

    def work(session: Session, owner: Actor) -> Json:
        view = service.create_filter(
            session,
            owner,
            title=phrase,
            contexts=contexts,
            action=action,
            lasting=lasting,
            keywords=words,
        )
        return v1_filter_entity(view.filter, view.keywords[0])

    return await as_owner(call, work)


async def change_filter(call: Call) -> Json:
    """Change a keyword; and what its filter says, if it has no other keyword."""
    params, keyword_id = call.params, call.id
    phrase = params.text("phrase", most=MAX_TITLE_CHARACTERS) if "phrase" in params else None
    contexts, whole_word, lasting = new_contexts_in(params), whole_word_in(params), lasting_in(call)
    action = _action(params.flag("irreversible")) if "irreversible" in params else None

    def work(session: Session, owner: Actor) -> Json:
        row, _ = queries.get_keyword(session, owner.id, keyword_id)
        # Both `warn` and `blur` are reversible: nothing is to change where that was not meant.
        wished = None if action is None or _hides(action) == _hides(row.action) else action
        _check_alone(session, row, contexts, wished, lasting)
        service.change_filter(session, owner, row.id, contexts=contexts, action=wished, lasting=lasting)
        keyword = service.change_keyword(session, owner, keyword_id, keyword=phrase, whole_word=whole_word)
        return v1_filter_entity(row, keyword)

    return await as_owner(call, work)


def _check_alone(
    session: Session,
    row: Filter,
    contexts: list[str] | None,
    action: str | None,
    lasting: service.Lasting | None,
) -> None:
    """Raise Invalid for a change that other keywords of the same filter would suffer from."""
    changed = (
        (contexts is not None and contexts != row.contexts)
        or action is not None
        or (lasting is not None and lasting.until != row.expires_at)
    )
    if changed and len(queries.get_filter(session, row.owner_id, row.id).keywords) > 1:
        raise Invalid("This filter has other keywords; an app that knows them can change it.", field="phrase")


def _hides(action: str) -> bool:
    return action == FilterAction.HIDE


def _action(irreversible: bool) -> FilterAction:
    return FilterAction.HIDE if irreversible else FilterAction.WARN


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/filters", show_filters, "read:filters"),
    post("/api/v1/filters", create_filter, "write:filters"),
    get("/api/v1/filters/:id", show_filter, "read:filters"),
    put("/api/v1/filters/:id", change_filter, "write:filters"),
    delete("/api/v1/filters/:id", delete_keyword, "write:filters"),
)
