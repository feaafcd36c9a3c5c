"""/conversations: threads of direct messages, read by those who take part in them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.sentences import Sentence
from fediunion.social.posts.models import ConversationEntry
from fediunion.social.timelines.conversations import (
    conversation_posts,
    get_conversation,
    mark_read,
    participants_of,
    remove_conversation,
)
from fediunion.social.timelines.queries import conversations_page
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, people_of, ways_on
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import load_rows
from fediunion.web.visits import Visit

PATH: Final = "/conversations"
_READ: Final = Sentence("The conversation is marked as read.")
_REMOVED: Final = Sentence("The conversation is off your list. A new message brings it back.")


async def show_conversations(visit: Visit) -> Response:
    """GET /conversations: the member's threads, the one with the newest message first."""
    wanted = page_of(visit)

    def load(session: Session) -> tuple[list[ConversationEntry], dict[int, Actor]]:
        rows = conversations_page(session, visit.member.actor_id, wanted)
        return rows, participants_of(session, rows)

    rows, actors = await visit.world.db.read(load)
    last = await load_rows(visit, [row.last_post_id for row in rows], back=PATH, context="")
    posts, people = {post.number: post for post in last}, people_of(visit, actors.values())
    return page(
        visit,
        "conversations/list.html",
        active="conversations",
        conversations=[
            (
                row,
                [people[each] for each in row.participant_ids if each in people],
                posts[str(row.last_post_id)],
            )
            for row in rows
            if str(row.last_post_id) in posts
        ],
        ways=ways_on(visit, wanted, [row.last_post_id for row in rows]),
    )


async def show_conversation(visit: Visit) -> Response:
    """GET /conversations/{id}: the messages of a thread that the member may see. Raises NotFound."""
    wanted = page_of(visit)

    def load(session: Session) -> tuple[ConversationEntry, dict[int, Actor], list[int]]:
        row = _own(session, visit)
        return row, participants_of(session, [row]), conversation_posts(session, row, wanted)

    row, actors, post_ids = await visit.world.db.read(load)
    address = f"{PATH}/{row.id}"
    posts = await load_rows(visit, post_ids, back=address, context="")
    return page(
        visit,
        "conversations/conversation.html",
        active="conversations",
        conversation=row,
        people=list(people_of(visit, actors.values()).values()),
        posts=posts[::-1],
        ways=ways_on(visit, wanted, post_ids),
    )


async def read(visit: Visit, form: Form) -> Response:
    """POST /conversations/{id}/read: marks a thread as read. Raises NotFound."""
    del form
    await visit.world.db.write(lambda session: mark_read(session, _own(session, visit)))
    return see_other(visit, PATH, _READ)


async def remove(visit: Visit, form: Form) -> Response:
    """POST /conversations/{id}/remove: takes a thread off the list; its messages stay. Raises NotFound."""
    del form
    await visit.world.db.write(lambda session: remove_conversation(session, _own(session, visit)))
    return see_other(visit, PATH, _REMOVED)


def _own(session: Session, visit: Visit) -> ConversationEntry:
    return get_conversation(session, visit.member.actor_id, id_in_path(visit))


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_conversations, to=Who.MEMBER),
    shown(f"{PATH}/{{id:int}}", show_conversation, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/read", read, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/remove", remove, to=Who.MEMBER),
)
