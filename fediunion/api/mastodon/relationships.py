"""Following, blocking and muting accounts. Source: https://docs.joinmastodon.org/methods/accounts/"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.known import get_account
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post
from fediunion.api.mastodon.accounts import relationship_entities
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for, maybe_instant
from fediunion.api.mastodon.listing import accounts_answer, links
from fediunion.kit.errors import NotFound
from fediunion.kit.text import valid_language_tag
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.models import FollowState
from fediunion.social.follows.queries import (
    count_follows_with,
    ends_of_mutes,
    find_follow,
    list_blocked,
    list_muted,
    list_refused_hosts,
    list_requests,
)

Act = Callable[[Session, Actor, Actor], object]

_LONGEST_HOST: Final = 300
_LONGEST_MUTE_SECONDS: Final = 10 * 366 * 86_400


async def act_on_account(call: Call, act: Act, part: str = "id") -> Json:
    """Let the member do something with an account; show the relationship that came of it."""
    caller, account_id = call.member, call.id_in(part)

    def unit(session: Session) -> Entity:
        account = get_account(session, account_id, caller.viewer)
        act(session, get_actor(session, caller.actor_id), account)
        session.flush()
        return relationship_entities(session, caller.viewer, [account_id])[0]

    return await call.world.db.write(unit)


async def follow(call: Call) -> Json:
    """Follow an account, or change what is followed of it; what the call leaves out stays as it is."""
    params = call.params
    tags = params.texts("languages", most=50, longest=35) if "languages" in params else None
    languages = None if tags is None else [tag for tag in tags if valid_language_tag(tag)]

    def act(session: Session, member: Actor, account: Actor) -> None:
        service.request_follow(
            session,
            member,
            account,
            shows_boosts=params.flag("reblogs", default=True) if "reblogs" in params else None,
            notifies=params.flag("notify") if "notify" in params else None,
            languages=languages,
        )

    return await act_on_account(call, act)


async def unfollow(call: Call) -> Json:
    """Follow an account no longer."""
    return await act_on_account(call, service.unfollow)


async def remove_from_followers(call: Call) -> Json:
    """Let an account follow the member no longer."""
    return await act_on_account(call, service.remove_follower)


async def block(call: Call) -> Json:
    """Block an account."""
    return await act_on_account(call, restrictions.block)


async def unblock(call: Call) -> Json:
    """End a block."""
    return await act_on_account(call, restrictions.unblock)


async def mute(call: Call) -> Json:
    """Mute an account, for a while or for good."""
    seconds = min(max(call.params.whole_number("duration", 0), 0), _LONGEST_MUTE_SECONDS)
    notifications = call.params.flag("notifications", default=True)

    def act(session: Session, member: Actor, account: Actor) -> None:
        restrictions.mute(session, member, account, mutes_notifications=notifications, lasts_seconds=seconds)

    return await act_on_account(call, act)


async def unmute(call: Call) -> Json:
    """End a mute."""
    return await act_on_account(call, restrictions.unmute)


async def show_requests(call: Call) -> Answer:
    """Show who asks to follow the member."""
    page = call.page(40, 80)
    return accounts_answer(call, page, await call.world.db.read(list_requests, call.member.actor_id, page))


async def authorize_request(call: Call) -> Json:
    """Let a follower in."""
    return await act_on_account(call, service.accept_request, "account_id")


async def reject_request(call: Call) -> Json:
    """Refuse a follower. An accepted one is removed elsewhere, and is no request."""

    def act(session: Session, member: Actor, account: Actor) -> None:
        request = find_follow(session, account.id, member.id)
        if request is None or request.state != FollowState.REQUESTED:
            raise NotFound("There is no such request.")
        service.remove_follower(session, member, account)

    return await act_on_account(call, act, "account_id")


async def show_blocks(call: Call) -> Answer:
    """Show whom the member blocks."""
    page = call.page(40, 80)
    return accounts_answer(call, page, await call.world.db.read(list_blocked, call.member.actor_id, page))


async def show_mutes(call: Call) -> Answer:
    """Show whom the member mutes, and until when. Source: https://docs.joinmastodon.org/entities/Account/#MutedAccount"""
    page, muter_id = call.page(40, 80), call.member.actor_id

    def read(session: Session) -> tuple[Sequence[tuple[int, Actor]], dict[int, datetime | None]]:
        rows = list_muted(session, muter_id, page)
        return rows, ends_of_mutes(session, [mute_id for mute_id, _ in rows])

    rows, ends = await call.world.db.read(read)
    frame = frame_for(call.world.settings, call.viewer)
    muted = [
        account_entity(actor, frame) | {"mute_expires_at": maybe_instant(ends[mute_id])}
        for mute_id, actor in rows
    ]
    return Answer(muted, headers=links(call, page, [mute_id for mute_id, _ in rows]))


async def show_domain_blocks(call: Call) -> Answer:
    """Show which servers the member blocks."""
    page = call.page(100, 200)
    rows = await call.world.db.read(list_refused_hosts, call.member.actor_id, page)
    return Answer([host for _, host in rows], headers=links(call, page, [row_id for row_id, _ in rows]))


async def block_domain(call: Call) -> Json:
    """Block a server for the member."""
    return await _change_host(call, restrictions.block_host)


async def unblock_domain(call: Call) -> Json:
    """End the block of a server."""
    return await _change_host(call, restrictions.unblock_host)


async def preview_domain_block(call: Call) -> Json:
    """Show how many followers and followed accounts a block of a server would cost the member."""
    host = call.params.text("domain", most=_LONGEST_HOST)
    following, followers = await call.world.db.read(count_follows_with, call.member.actor_id, host)
    return {"following_count": following, "followers_count": followers}


async def _change_host(call: Call, change: Callable[[Session, Actor, str], None]) -> Json:
    host = call.params.text("domain", most=_LONGEST_HOST)
    caller = call.member

    def unit(session: Session) -> None:
        change(session, get_actor(session, caller.actor_id), host)

    await call.world.db.write(unit)
    return {}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/accounts/:id/follow", follow, "write:follows"),
    post("/api/v1/accounts/:id/unfollow", unfollow, "write:follows"),
    post("/api/v1/accounts/:id/remove_from_followers", remove_from_followers, "write:follows"),
    post("/api/v1/accounts/:id/block", block, "write:blocks"),
    post("/api/v1/accounts/:id/unblock", unblock, "write:blocks"),
    post("/api/v1/accounts/:id/mute", mute, "write:mutes"),
    post("/api/v1/accounts/:id/unmute", unmute, "write:mutes"),
    get("/api/v1/follow_requests", show_requests, "read:follows"),
    post("/api/v1/follow_requests/:account_id/authorize", authorize_request, "write:follows"),
    post("/api/v1/follow_requests/:account_id/reject", reject_request, "write:follows"),
    get("/api/v1/blocks", show_blocks, "read:blocks"),
    get("/api/v1/mutes", show_mutes, "read:mutes"),
    get("/api/v1/domain_blocks", show_domain_blocks, "read:blocks"),
    get("/api/v1/domain_blocks/preview", preview_domain_block, "read:blocks"),
    post("/api/v1/domain_blocks", block_domain, "write:blocks"),
    delete("/api/v1/domain_blocks", unblock_domain, "write:blocks"),
)
