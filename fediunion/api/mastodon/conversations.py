"""Threads of direct messages. Source: https://docs.joinmastodon.org/methods/conversations/"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.conversation import conversation_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.fragments import fragment, statuses_of
from fediunion.api.mastodon.listing import links
from fediunion.kit.pages import Page
from fediunion.social.posts.models import ConversationEntry
from fediunion.social.timelines.conversations import (
    get_conversation,
    mark_read,
    participants_of,
    remove_conversation,
)
from fediunion.social.timelines.queries import conversations_page

Conversations: TypeAlias = tuple[Sequence[ConversationEntry], Mapping[int, Actor]]


def load_conversations(session: Session, owner_id: int, page: Page) -> Conversations:
    """Return a page of a member's conversations with the accounts in them."""
    return _with_accounts(session, conversations_page(session, owner_id, page))


def _with_accounts(session: Session, rows: Sequence[ConversationEntry]) -> Conversations:
    """Return conversations with the accounts in them, and their owner where nobody else is in one."""
    actors = participants_of(session, rows)
    alone = {row.owner_id for row in rows if not _others_in(row, actors)}
    return rows, actors | {owner_id: get_actor(session, owner_id) for owner_id in alone}


def _others_in(row: ConversationEntry, actors: Mapping[int, Actor]) -> list[int]:
    return [int(actor_id) for actor_id in row.participant_ids if int(actor_id) in actors]


async def conversation_entities(call: Call, loaded: Conversations) -> list[Entity]:
    """Return conversations as the member sees them: with the member where nobody else is in one."""
    rows, actors = loaded
    frame = frame_for(call.world.settings, call.viewer)
    statuses = await statuses_of(call.world, call.viewer, [row.last_post_id for row in rows])
    return [
        conversation_entity(
            row,
            [
                account_entity(actors[actor_id], frame)
                for actor_id in _others_in(row, actors) or [row.owner_id]
            ],
            fragment(statuses[row.last_post_id]) if row.last_post_id in statuses else None,
        )
        for row in rows
    ]


async def show_conversations(call: Call) -> Answer:
    """Show the member's threads of direct messages."""
    page = call.page()
    loaded = await call.world.db.read(load_conversations, call.member.actor_id, page)
    headers = links(call, page, [row.last_post_id for row in loaded[0]])
    return Answer(await conversation_entities(call, loaded), headers=headers)


async def read_conversation(call: Call) -> Json:
    """Mark a thread as read."""
    return await _mark(call, unread=False)


async def unread_conversation(call: Call) -> Json:
    """Mark a thread as unread."""
    return await _mark(call, unread=True)


async def _mark(call: Call, *, unread: bool) -> Json:
    def unit(session: Session) -> Conversations:
        row = get_conversation(session, call.member.actor_id, call.id)
        mark_read(session, row, unread=unread)
        return _with_accounts(session, [row])

    return (await conversation_entities(call, await call.world.db.write(unit)))[0]


async def leave_conversation(call: Call) -> Json:
    """Take a thread off the list; its messages stay."""

    def unit(session: Session) -> None:
        remove_conversation(session, get_conversation(session, call.member.actor_id, call.id))

    await call.world.db.write(unit)
    return {}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/conversations", show_conversations, "read:statuses"),
    post("/api/v1/conversations/:id/read", read_conversation, "write:conversations"),
    post("/api/v1/conversations/:id/unread", unread_conversation, "write:conversations"),
    delete("/api/v1/conversations/:id", leave_conversation, "write:conversations"),
)
