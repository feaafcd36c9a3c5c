"""Statuses: posting, reading, editing, deleting. Source: https://docs.joinmastodon.org/methods/statuses/"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.api.auth import Caller
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.idempotency import key_of
from fediunion.api.mastodon.drafts import (
    attachment_ids_in,
    attachment_words_in,
    content_type_in,
    draft_of,
    language_of,
    poll_in,
    quote_policy_in,
    with_words,
)
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.status_edit import status_edit_entities, status_source_entity
from fediunion.api.mastodon.fragments import Shown, changed_statuses, fragment, listed, show, statuses_of
from fediunion.api.mastodon.listing import accounts_answer
from fediunion.api.mastodon.media import thumbnails_in
from fediunion.api.mastodon.scheduled_statuses import moment_in, schedule_status, show_made
from fediunion.api.mastodon.unexpected import naming_unexpected
from fediunion.db import settings_of
from fediunion.kit.errors import NotFound
from fediunion.social.media.service import drop_uploads, readdress
from fediunion.social.posts.jobs.threads import may_want_thread, want_thread
from fediunion.social.posts.models import Post
from fediunion.social.posts.once import find_made, keep_key, write_once
from fediunion.social.posts.queries import list_thread, view_of
from fediunion.social.posts.reacting import list_boosters, list_favouriters
from fediunion.social.posts.resolving import resolve_mentions
from fediunion.social.posts.service.edits import list_versions
from fediunion.social.posts.service.publishing import (
    MAX_WRITTEN_CHARACTERS,
    PostDraft,
    edit_post,
    publish_view,
    withdraw_post,
)
from fediunion.social.posts.visibility import get_own_post, get_visible_post
from fediunion.social.unpublished.usual import usual_audience

_MOST_STATUSES: Final = 40
# What somebody without a login is shown of a thread, as documented.
_ANONYMOUS_ANCESTORS, _ANONYMOUS_DESCENDANTS = 40, 60


def one(statuses: dict[int, bytes]) -> Answer:
    """Return the only status as an answer. Raises NotFound where it is not there for the caller."""
    for status in statuses.values():
        return Answer(status)
    raise NotFound("There is no such post.")


async def publish_status(call: Call) -> Answer:
    """Publish a post, or keep it until `scheduled_at`; where that is past it is published at once.

    The same Idempotency-Key of the same member again shows what it made (row O24).
    """
    if call.params.text("scheduled_at", most=100) and moment_in(call) > call.world.clock.now():
        return Answer(await schedule_status(call))
    caller, key = call.member, key_of(call)
    draft, wished = draft_of(call)
    draft = with_words(draft)
    if draft.audience.leaves_the_instance:
        await resolve_mentions(call.world, caller.actor_id, draft.text)
    made = await write_once(call.world, partial(_publish, caller=caller, draft=draft, wished=wished, key=key))
    if isinstance(made, dict):
        return Answer(made)
    post_id, shown = made
    return one(await changed_statuses(call.world, [post_id], shown, caller.viewer))


def _publish(
    session: Session, caller: Caller, draft: PostDraft, wished: bool, key: str
) -> tuple[int, Shown] | Entity:
    """Return the new post, or what the first request with this key made, a ScheduledStatus perhaps."""
    made = find_made(session, caller.actor_id, key)
    if made is not None:
        if made.scheduled:
            return show_made(session, caller, made.post_id)
        return made.post_id, show(session, [made.post_id], caller.viewer)
    author = get_actor(session, caller.actor_id)
    if not wished:
        draft = replace(draft, audience=usual_audience(author, caller.posting))
    with naming_unexpected(session, caller.viewer):
        view = publish_view(session, author, draft)
    keep_key(session, caller.actor_id, key, view.post.id)
    return view.post.id, show(session, [view.post.id], caller.viewer, [view])


async def show_status(call: Call) -> Answer:
    """Show one post."""
    return one(await statuses_of(call.world, call.viewer, [call.id]))


async def show_statuses(call: Call) -> Answer:
    """Show several posts, those that the caller may see."""
    ids = call.params.ids("id", most=_MOST_STATUSES)
    return Answer(listed(await statuses_of(call.world, call.viewer, ids)))


async def edit_status(call: Call) -> Answer:
    """Change the words of a post of the member's own, its poll, its files, and what is said about them."""
    caller, params, post_id = call.member, call.params, call.id
    text = params.text("status", most=MAX_WRITTEN_CHARACTERS)
    warning = params.text("spoiler_text", most=MAX_WRITTEN_CHARACTERS)
    language, described = language_of(params), attachment_words_in(params)
    quote_policy, content_type = quote_policy_in(params), content_type_in(params)
    attachment_ids = attachment_ids_in(call) if "media_ids" in params else None
    poll_draft = poll_in(call)

    def unit(session: Session) -> Shown:
        own = own_post(session, post_id, caller)
        edit_post(
            session,
            get_actor(session, caller.actor_id),
            own,
            text=text,
            content_warning=warning,
            sensitive=params.flag("sensitive"),
            language=language,
            content_type=content_type,
            attachment_ids=attachment_ids,
            described=described,
            quote_policy=quote_policy,
            poll_draft=poll_draft,
        )
        session.flush()
        return show(session, [post_id], caller.viewer)

    await call.world.db.read(own_post, post_id, caller)
    thumbnails = await thumbnails_in(call)
    described = [replace(each, thumbnail=thumbnails.get(each.attachment_id)) for each in described]
    await resolve_mentions(call.world, caller.actor_id, text)
    return one(await changed_statuses(call.world, [post_id], await call.world.db.write(unit), caller.viewer))


def own_post(session: Session, post_id: int, caller: Caller) -> Post:
    """Return a post of the member's own. Raises NotFound for another's (O12)."""
    return get_own_post(session, post_id, caller.viewer)


async def delete_status(call: Call) -> Answer:
    """Delete a post of the member's own; show it once more with what was typed, for a new draft.

    Its files can be posted again within a day, unless `delete_media` says that they go as well.
    """
    caller, post_id, with_media = call.member, call.id, call.params.flag("delete_media")

    def unit(session: Session) -> tuple[Shown, str]:
        own = own_post(session, post_id, caller)
        files = readdress(session, own.id)
        shown, source = show(session, [post_id], caller.viewer), own.source
        withdraw_post(session, get_actor(session, caller.actor_id), own)
        if with_media:
            drop_uploads(session, files)
        return shown, source

    shown, source = await call.world.db.write(unit)
    status = one(await changed_statuses(call.world, [post_id], shown, caller.viewer)).content()
    return Answer(b'%b,"text":%b}' % (status[:-1], orjson.dumps(source)))


async def show_context(call: Call) -> Json:
    """Show what a post replies to and what replies to it."""

    def load(session: Session) -> tuple[Post, list[int], list[int]]:
        post = get_visible_post(session, call.id, call.viewer)
        return post, *list_thread(session, post, call.viewer)

    post, above, below = await call.world.db.read(load)
    if call.caller is not None and may_want_thread(post, call.world.clock.now()):
        # What is elsewhere comes a moment later; the reader's app asks again by itself.
        await call.world.db.write(_want_thread, post.id)
    if call.caller is None:
        above, below = above[-_ANONYMOUS_ANCESTORS:], below[:_ANONYMOUS_DESCENDANTS]
    statuses = await statuses_of(call.world, call.viewer, [*above, *below])
    return {"ancestors": _chosen(statuses, above), "descendants": _chosen(statuses, below)}


def _want_thread(session: Session, post_id: int) -> None:
    want_thread(session, session.get_one(Post, post_id))


def _chosen(statuses: dict[int, bytes], ids: Sequence[int]) -> list[Any]:
    return [fragment(statuses[post_id]) for post_id in ids if post_id in statuses]


async def show_history(call: Call) -> Json:
    """Show how a post read before its edits; what it quotes stays the same, and is shown as it is now."""
    versions = await call.world.db.read(_history, call.id, call.viewer)
    quote = orjson.loads(one(await statuses_of(call.world, call.viewer, [call.id])).content())["quote"]
    return [version | {"quote": quote} for version in versions]


def _history(session: Session, post_id: int, viewer: Viewer) -> list[Entity]:
    view = view_of(session, get_visible_post(session, post_id, viewer), viewer)
    if view is None:
        raise NotFound("There is no such post.")
    frame = frame_for(settings_of(session), viewer)
    account = account_entity(view.author, frame)
    return status_edit_entities(view, list_versions(session, view.post), account, frame)


async def show_source(call: Call) -> Json:
    """Show what the member typed."""
    return status_source_entity(await call.world.db.read(own_post, call.id, call.member))


async def show_favouriters(call: Call) -> Answer:
    """Show who likes a post."""
    page = call.page(40, 80)

    def load(session: Session) -> list[Any]:
        get_visible_post(session, call.id, call.viewer)
        return list_favouriters(session, call.id, call.viewer, page)

    return accounts_answer(call, page, await call.world.db.read(load))


async def show_boosters(call: Call) -> Answer:
    """Show who boosted a post."""
    page = call.page(40, 80)

    def load(session: Session) -> list[Any]:
        get_visible_post(session, call.id, call.viewer)
        return list_boosters(session, call.id, call.viewer, page)

    return accounts_answer(call, page, await call.world.db.read(load))


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/statuses", publish_status, "write:statuses"),
    get("/api/v1/statuses", show_statuses, "read:statuses", public=True),
    get("/api/v1/statuses/:id", show_status, "read:statuses", public=True),
    put("/api/v1/statuses/:id", edit_status, "write:statuses", takes_files=True),
    delete("/api/v1/statuses/:id", delete_status, "write:statuses"),
    get("/api/v1/statuses/:id/context", show_context, "read:statuses", public=True),
    get("/api/v1/statuses/:id/history", show_history, "read:statuses", public=True),
    get("/api/v1/statuses/:id/source", show_source, "read:statuses"),
    get("/api/v1/statuses/:id/favourited_by", show_favouriters, "read:statuses", public=True),
    get("/api/v1/statuses/:id/reblogged_by", show_boosters, "read:statuses", public=True),
)
