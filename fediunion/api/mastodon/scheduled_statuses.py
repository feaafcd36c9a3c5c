"""Scheduled posts. Source: https://docs.joinmastodon.org/methods/scheduled_statuses/"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.api.auth import Caller
from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Json, delete, get, put
from fediunion.api.idempotency import key_of
from fediunion.api.mastodon.drafts import wish_of, with_words
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.scheduled_status import scheduled_status_entity
from fediunion.api.mastodon.listing import links
from fediunion.api.mastodon.unexpected import naming_unexpected
from fediunion.db import settings_of
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import Invalid
from fediunion.social.posts.once import find_made, keep_key, write_once
from fediunion.social.posts.resolving import resolve_mentions
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.queries import get_scheduled, list_scheduled, with_files
from fediunion.social.unpublished.service import reschedule, schedule, unschedule
from fediunion.social.unpublished.usual import usual_audience


def moment_in(call: Call) -> datetime:
    """Return the moment that a client names. Raises Invalid for a text that is none.

    One without an offset is meant in UTC, as Mastodon reads it.
    """
    text = call.params.text("scheduled_at", most=100)
    moment = parse_instant(text) or parse_instant(f"{text}Z")
    if moment is None:
        raise Invalid("This is no moment", field="scheduled_at", reason="invalid" if text else "blank")
    return moment.astimezone(UTC)


async def schedule_status(call: Call) -> Json:
    """Keep a post until its moment; the same Idempotency-Key again shows what it made (row O24)."""
    caller, wish, at, key = call.member, with_words(wish_of(call)), moment_in(call), key_of(call)
    if wish.audience is None or wish.audience.leaves_the_instance:
        await resolve_mentions(call.world, caller.actor_id, wish.text)

    def unit(session: Session) -> Entity:
        made = find_made(session, caller.actor_id, key)
        if made is not None:
            if not made.scheduled:
                raise Invalid("This key made a post that was not scheduled.", field="scheduled_at")
            return show_made(session, caller, made.post_id)
        owner = get_actor(session, caller.actor_id)
        usual = usual_audience(owner, caller.posting)
        with naming_unexpected(session, caller.viewer):
            row = schedule(
                session,
                owner,
                replace(wish, audience=wish.audience or usual),
                at,
                application_id=caller.application_id,
                idempotency=key or None,
            )
        keep_key(session, caller.actor_id, key, row.id, scheduled=True)
        session.flush()
        return _entity(session, caller, row)

    return await write_once(call.world, unit)


def show_made(session: Session, caller: Caller, row_id: int) -> Entity:
    """Return what an earlier request scheduled. Raises NotFound where it is published or deleted by now."""
    return _entity(session, caller, get_scheduled(session, caller.actor_id, row_id))


def _entity(session: Session, caller: Caller, row: UnpublishedPost) -> Entity:
    frame = frame_for(settings_of(session), caller.viewer)
    return scheduled_status_entity(with_files(session, [row])[0], frame, caller.language)


async def show_scheduled(call: Call) -> Answer:
    """Show the member's scheduled posts."""
    caller, page = call.member, call.page()

    def load(session: Session) -> tuple[list[int], list[Entity]]:
        rows = list_scheduled(session, caller.actor_id, page)
        frame = frame_for(settings_of(session), caller.viewer)
        entities = [
            scheduled_status_entity(shown, frame, caller.language) for shown in with_files(session, rows)
        ]
        return [row.id for row in rows], entities

    ids, entities = await call.world.db.read(load)
    return Answer(entities, headers=links(call, page, ids))


async def show_one(call: Call) -> Json:
    """Show one scheduled post."""
    return await call.world.db.read(show_made, call.member, call.id)


async def change_moment(call: Call) -> Json:
    """Publish a scheduled post at another moment."""
    caller, row_id = call.member, call.id
    # What is another's is not there, whatever moment is named.
    shown = await call.world.db.read(show_made, caller, row_id)
    if "scheduled_at" not in call.params:
        return shown
    at = moment_in(call)

    def unit(session: Session) -> Entity:
        owner = get_actor(session, caller.actor_id)
        return _entity(session, caller, reschedule(session, owner, row_id, at))

    return await call.world.db.write(unit)


async def cancel(call: Call) -> Json:
    """Do not publish a scheduled post."""
    caller, row_id = call.member, call.id

    def unit(session: Session) -> None:
        unschedule(session, get_actor(session, caller.actor_id), row_id)

    await call.world.db.write(unit)
    return NO_CONTENT


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/scheduled_statuses", show_scheduled, "read:statuses"),
    get("/api/v1/scheduled_statuses/:id", show_one, "read:statuses"),
    put("/api/v1/scheduled_statuses/:id", change_moment, "write:statuses"),
    delete("/api/v1/scheduled_statuses/:id", cancel, "write:statuses"),
)
