"""Whom the member's policy keeps back, and what is done with them.

Source: https://docs.joinmastodon.org/methods/notifications/#get-requests
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.known import list_accounts
from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Json, get, post
from fediunion.api.mastodon.entities.frame import Entity, frame_for, instant
from fediunion.api.mastodon.fragments import account_json, fragment, statuses_of
from fediunion.api.mastodon.listing import links
from fediunion.social.notifications.requests import (
    Request,
    accept_requests,
    dismiss_requests,
    find_requests,
    get_request,
    list_requests,
)

DEFAULT_LIMIT, MOST = 40, 80


def _entity(request: Request, account: object, status: object | None) -> Entity:
    """Return a NotificationRequest. Source: https://docs.joinmastodon.org/entities/NotificationRequest/"""
    return {
        "id": str(request.id),
        "created_at": instant(request.created_at),
        "updated_at": instant(request.updated_at),
        "notifications_count": str(request.notifications_count),
        "account": account,
        "last_status": status,
    }


async def _entities(call: Call, requests: Sequence[Request]) -> list[Entity]:
    """Return requests; one whose account is not there any more is left out."""
    actor_ids = [request.from_actor_id for request in requests]
    actors = await call.world.db.read(list_accounts, actor_ids, call.viewer)
    frame = frame_for(call.world.settings, call.viewer)
    accounts: dict[int, orjson.Fragment] = {actor.id: account_json(actor, frame) for actor in actors}
    post_ids = [request.last_post_id for request in requests if request.last_post_id is not None]
    statuses = await statuses_of(call.world, call.viewer, post_ids)
    return [
        _entity(
            request,
            accounts[request.from_actor_id],
            fragment(statuses[request.last_post_id]) if request.last_post_id in statuses else None,
        )
        for request in requests
        if request.from_actor_id in accounts
    ]


async def show_requests(call: Call) -> Answer:
    """Show who is kept back."""
    page = call.page(DEFAULT_LIMIT, MOST)
    requests = await call.world.db.read(list_requests, call.member.actor_id, page)
    headers = links(call, page, [request.id for request in requests])
    return Answer(await _entities(call, requests), headers=headers)


async def show_request(call: Call) -> Json:
    """Show one who is kept back."""
    return (await _entities(call, [await call.world.db.read(get_request, call.member.actor_id, call.id)]))[0]


async def accept_request(call: Call) -> Json:
    """Hear one from now on."""
    return await _one(call, accept_requests)


async def dismiss_request(call: Call) -> Json:
    """Put away what one said."""
    return await _one(call, dismiss_requests)


async def accept_several(call: Call) -> Json:
    """Hear several from now on; those that are not there are left out."""
    return await _several(call, accept_requests)


async def dismiss_several(call: Call) -> Json:
    """Put away what several said."""
    return await _several(call, dismiss_requests)


async def show_merged(_call: Call) -> Json:
    """Say that what was accepted is among the other notifications: it is so at once."""
    return {"merged": True}


_Decide = Callable[[Session, int, Collection[Request]], None]


async def _one(call: Call, decide: _Decide) -> Json:
    actor_id, request_id = call.member.actor_id, call.id

    def unit(session: Session) -> None:
        decide(session, actor_id, [get_request(session, actor_id, request_id)])

    await call.world.db.write(unit)
    return NO_CONTENT


async def _several(call: Call, decide: _Decide) -> Json:
    actor_id, request_ids = call.member.actor_id, call.params.ids("id")

    def unit(session: Session) -> None:
        decide(session, actor_id, find_requests(session, actor_id, request_ids))

    await call.world.db.write(unit)
    return NO_CONTENT


_BASE: Final = "/api/v1/notifications/requests"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get(_BASE, show_requests, "read:notifications"),
    get(f"{_BASE}/merged", show_merged, "read:notifications"),
    get(f"{_BASE}/:id", show_request, "read:notifications"),
    post(f"{_BASE}/accept", accept_several, "write:notifications"),
    post(f"{_BASE}/dismiss", dismiss_several, "write:notifications"),
    post(f"{_BASE}/:id/accept", accept_request, "write:notifications"),
    post(f"{_BASE}/:id/dismiss", dismiss_request, "write:notifications"),
)
