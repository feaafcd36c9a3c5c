"""Accounts: reading them. Source: https://docs.joinmastodon.org/methods/accounts/"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.known import (
    find_account,
    find_account_by_acct,
    find_account_by_address,
    get_account,
    list_accounts,
)
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import find_actor_by_uri
from fediunion.actors.viewer import Viewer
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get, on_purpose
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, Frame, frame_for
from fediunion.api.mastodon.entities.list import list_entity
from fediunion.api.mastodon.entities.relationship import relationship_entity
from fediunion.api.mastodon.listing import accounts_answer, statuses_answer
from fediunion.db import settings_of
from fediunion.kit.errors import NotFound
from fediunion.kit.text import is_whole_name
from fediunion.social.annotations.queries import endorsed_among, notes_about
from fediunion.social.follows.queries import list_followers, list_following
from fediunion.social.follows.relationships import relationships_of
from fediunion.social.lists.models import AccountList
from fediunion.social.lists.queries import list_lists_with
from fediunion.social.posts.resolving import find_remote_account
from fediunion.social.search.people import search_accounts
from fediunion.social.timelines.queries import account_page

LONGEST_QUERY: Final = 500


async def show_account(call: Call) -> Json:
    """Show one account."""
    return await call.world.db.read(_account, call.id, call.viewer)


def _account(session: Session, actor_id: int, viewer: Viewer) -> Entity:
    actor = get_account(session, actor_id, viewer)
    return _with_moved(session, actor, frame_for(settings_of(session), viewer))


def _with_moved(session: Session, actor: Actor, frame: Frame) -> Entity:
    moved = find_actor_by_uri(session, actor.moved_to_uri) if actor.moved_to_uri else None
    known = moved is not None and moved.deleted_at is None
    return account_entity(actor, frame, moved=account_entity(moved, frame) if moved and known else None)


async def show_accounts(call: Call) -> Json:
    """Show several accounts."""
    frame = frame_for(call.world.settings, call.viewer)
    actors = await call.world.db.read(list_accounts, call.params.ids("id", most=40), call.viewer)
    return [account_entity(actor, frame) for actor in actors]


async def look_up_account(call: Call) -> Json:
    """Show the account of a handle that is known here; nobody else is asked."""
    acct = call.params.text("acct", most=LONGEST_QUERY)
    actor = await call.world.db.read(find_account_by_acct, acct, call.viewer)
    if actor is None:
        raise NotFound("There is no such account.")
    return account_entity(actor, frame_for(call.world.settings, call.viewer))


async def find_accounts(call: Call) -> Json:
    """Search accounts by name; with `resolve` a handle elsewhere is asked for."""
    text = call.params.text("q", most=LONGEST_QUERY).strip()
    limit = call.page(40, 80).limit
    offset = min(max(call.params.whole_number("offset", 0), 0), 10_000)
    following = call.params.flag("following")
    actors = await accounts_matching(call, text, limit=limit, offset=offset, following=following)
    frame = frame_for(call.world.settings, call.viewer)
    return [account_entity(actor, frame) for actor in actors]


async def accounts_matching(
    call: Call, text: str, *, limit: int, offset: int, following: bool
) -> Sequence[Actor]:
    """Return the accounts that a search finds; the one that a full handle or address names comes first."""
    if not text:
        return []
    named = await _named(call, text) if is_whole_name(text) else None
    rest = await call.world.db.read(
        search_accounts, text, call.viewer, limit=limit, offset=offset, following=following
    )
    if named is None or following:
        return rest
    return [named, *(actor for actor in rest if actor.id != named.id)][:limit]


async def _named(call: Call, text: str) -> Actor | None:
    """Return the account that `text` names, unless it is suspended.

    With `resolve` its server is asked, for members only.
    """
    find = find_account_by_address if "://" in text else find_account_by_acct
    known = await call.world.db.read(find, text, call.viewer)
    if known is None and call.params.flag("resolve") and call.caller is not None:
        found = await find_remote_account(call.world, text)
        known = None if found is None else await call.world.db.read(find_account, found.id, call.viewer)
    return None if known is None or known.suspended_at is not None else known


async def show_relationships(call: Call) -> Json:
    """Show how accounts stand to the member; `with_suspended` also those that are suspended."""
    viewer, ids, all_ = call.member.viewer, call.params.ids("id"), call.params.flag("with_suspended")
    return await call.world.db.read(relationship_entities, viewer, ids, with_suspended=all_)


def relationship_entities(
    session: Session, viewer: Viewer, actor_ids: Sequence[int], *, with_suspended: bool = True
) -> list[Entity]:
    """Return the relationships to those of the accounts that exist."""
    actors = list_accounts(session, actor_ids, viewer)
    ids = [actor.id for actor in actors if with_suspended or actor.suspended_at is None]
    assert viewer.actor_id is not None
    notes = notes_about(session, viewer.actor_id, ids)
    endorsed = endorsed_among(session, viewer.actor_id, ids)
    return [
        relationship_entity(each, endorsed=each.actor_id in endorsed, note=notes.get(each.actor_id, ""))
        for each in relationships_of(session, viewer.actor_id, ids)
    ]


async def show_account_statuses(call: Call) -> Answer:
    """Show what an account posted, of what the caller may see."""
    page = call.page()
    params = call.params

    def load(session: Session) -> list[int]:
        actor = get_account(session, call.id, call.viewer)
        return account_page(
            session,
            actor.id,
            call.viewer,
            page,
            only_media=params.flag("only_media"),
            exclude_replies=params.flag("exclude_replies"),
            exclude_boosts=params.flag("exclude_reblogs"),
            pinned=params.flag("pinned"),
            tag=params.text("tagged", most=100) or None,
        )

    return await statuses_answer(call, page, await call.world.db.read(load))


def _shows_follows(actor: Actor, viewer: Viewer) -> bool:
    """Return whether the caller may read who follows or is followed: of people only the person itself.

    What somebody looks for is nobody's business: of a search it is not told either (row J2).
    """
    institution = actor.local and actor.kind not in (ActorKind.MEMBER, ActorKind.SEARCH)
    return actor.id == viewer.actor_id or institution


async def show_followers(call: Call) -> Answer:
    """Show who follows an institution, or oneself."""
    page = call.page(40, 80)

    def load(session: Session) -> Sequence[tuple[int, Actor]]:
        actor = get_account(session, call.id, call.viewer)
        shows = _shows_follows(actor, call.viewer)
        return list_followers(session, actor.id, page, call.viewer) if shows else []

    return accounts_answer(call, page, await call.world.db.read(load))


async def show_following(call: Call) -> Answer:
    """Show whom an institution follows, or oneself."""
    page = call.page(40, 80)

    def load(session: Session) -> Sequence[tuple[int, Actor]]:
        actor = get_account(session, call.id, call.viewer)
        shows = _shows_follows(actor, call.viewer)
        return list_following(session, actor.id, page, call.viewer) if shows else []

    return accounts_answer(call, page, await call.world.db.read(load))


async def show_lists_of_account(call: Call) -> Json:
    """Show on which of the member's lists an account is."""

    def load(session: Session) -> Sequence[AccountList]:
        actor = get_account(session, call.id, call.viewer)
        return list_lists_with(session, call.member.actor_id, actor.id)

    return [list_entity(row) for row in await call.world.db.read(load)]


async def show_familiar_followers(call: Call) -> Json:
    """Show nobody for each: of whom one knows it, that is members here, it is not told who follows whom."""
    return [{"id": str(actor_id), "accounts": []} for actor_id in call.params.ids("id")]


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/accounts", show_accounts, "read:accounts", public=True),
    get("/api/v1/accounts/lookup", look_up_account, "read:accounts", public=True),
    get("/api/v1/accounts/search", find_accounts, "read:accounts"),
    get("/api/v1/accounts/relationships", show_relationships, "read:follows"),
    *on_purpose(
        "Whom members of this server follow is not told to others.",
        get("/api/v1/accounts/familiar_followers", show_familiar_followers, "read:follows"),
    ),
    get("/api/v1/accounts/:id", show_account, "read:accounts", public=True),
    get("/api/v1/accounts/:id/statuses", show_account_statuses, "read:statuses", public=True),
    get("/api/v1/accounts/:id/followers", show_followers, "read:accounts", public=True),
    get("/api/v1/accounts/:id/following", show_following, "read:accounts", public=True),
    get("/api/v1/accounts/:id/lists", show_lists_of_account, "read:lists"),
)
