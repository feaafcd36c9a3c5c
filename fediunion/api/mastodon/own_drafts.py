"""Drafts: ours, and no part of the Mastodon API. Described in docs/use/extensions.md."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.api.auth import Caller
from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.idempotency import key_of
from fediunion.api.mastodon.drafts import wish_of
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.scheduled_status import draft_entity
from fediunion.api.mastodon.fragments import Shown, changed_statuses, show
from fediunion.api.mastodon.listing import links
from fediunion.api.mastodon.statuses import one
from fediunion.api.mastodon.unexpected import naming_unexpected
from fediunion.db import settings_of
from fediunion.social.posts.once import find_made, keep_key, write_once
from fediunion.social.posts.resolving import resolve_mentions
from fediunion.social.unpublished import service
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.queries import get_draft, list_drafts, with_files
from fediunion.social.unpublished.usual import usual_audience
from fediunion.social.unpublished.wishes import wish_in


def _entity(session: Session, caller: Caller, row: UnpublishedPost) -> Entity:
    session.flush()
    return draft_entity(with_files(session, [row])[0], frame_for(settings_of(session), caller.viewer))


async def show_drafts(call: Call) -> Answer:
    """Show the member's drafts."""
    caller, page = call.member, call.page()

    def load(session: Session) -> tuple[list[int], list[Entity]]:
        rows = list_drafts(session, caller.actor_id, page)
        frame = frame_for(settings_of(session), caller.viewer)
        return [row.id for row in rows], [draft_entity(shown, frame) for shown in with_files(session, rows)]

    ids, entities = await call.world.db.read(load)
    return Answer(entities, headers=links(call, page, ids))


async def show_draft(call: Call) -> Json:
    """Show one draft."""
    caller, row_id = call.member, call.id

    def load(session: Session) -> Entity:
        row = get_draft(session, caller.actor_id, row_id)
        return draft_entity(with_files(session, [row])[0], frame_for(settings_of(session), caller.viewer))

    return await call.world.db.read(load)


async def create_draft(call: Call) -> Json:
    """Keep a draft, of the parameters that a post has."""
    caller, wish = call.member, wish_of(call)

    def unit(session: Session) -> Entity:
        owner = get_actor(session, caller.actor_id)
        row = service.keep_draft(session, owner, wish, application_id=caller.application_id)
        return _entity(session, caller, row)

    return await call.world.db.write(unit)


async def replace_draft(call: Call) -> Json:
    """Make a draft another one: what is left out, it no longer has."""
    caller, row_id = call.member, call.id
    await call.world.db.read(get_draft, caller.actor_id, row_id)
    wish = wish_of(call)

    def unit(session: Session) -> Entity:
        owner = get_actor(session, caller.actor_id)
        return _entity(session, caller, service.change_draft(session, owner, row_id, wish))

    return await call.world.db.write(unit)


async def delete_draft(call: Call) -> Json:
    """Remove a draft."""
    caller, row_id = call.member, call.id

    def unit(session: Session) -> None:
        service.delete_draft(session, get_actor(session, caller.actor_id), row_id)

    await call.world.db.write(unit)
    return NO_CONTENT


async def publish_draft(call: Call) -> Answer:
    """Publish a draft; the same Idempotency-Key again shows the post that it became (row O24)."""
    caller, row_id, key = call.member, call.id, key_of(call)
    made = await call.world.db.read(find_made, caller.actor_id, key)
    if made is None:
        row = await call.world.db.read(get_draft, caller.actor_id, row_id)
        await resolve_mentions(call.world, caller.actor_id, wish_in(row.wish).text)

    def unit(session: Session) -> tuple[int, Shown]:
        made = find_made(session, caller.actor_id, key)
        if made is not None:
            return made.post_id, show(session, [made.post_id], caller.viewer)
        owner = get_actor(session, caller.actor_id)
        usual = usual_audience(owner, caller.posting)
        with naming_unexpected(session, caller.viewer):
            view = service.publish_draft(session, owner, row_id, usual)
        keep_key(session, caller.actor_id, key, view.post.id)
        return view.post.id, show(session, [view.post.id], caller.viewer, [view])

    post_id, shown = await write_once(call.world, unit)
    return one(await changed_statuses(call.world, [post_id], shown, caller.viewer))


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/fediunion/drafts", show_drafts, "read:statuses"),
    post("/api/fediunion/drafts", create_draft, "write:statuses"),
    get("/api/fediunion/drafts/:id", show_draft, "read:statuses"),
    put("/api/fediunion/drafts/:id", replace_draft, "write:statuses"),
    delete("/api/fediunion/drafts/:id", delete_draft, "write:statuses"),
    post("/api/fediunion/drafts/:id/publish", publish_draft, "write:statuses"),
)
