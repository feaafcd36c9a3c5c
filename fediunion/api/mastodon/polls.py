"""Polls. Source: https://docs.joinmastodon.org/methods/polls/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.api.endpoint import Call, Endpoint, Json, get, on_purpose, post
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.standing import gather
from fediunion.kit.errors import Invalid, NotFound, Refused
from fediunion.social.posts.service.polls import vote
from fediunion.social.posts.service.publishing import MAX_OPTIONS


def _poll(session: Session, post_id: int, viewer: Viewer) -> Entity:
    """Return the poll of a post that `viewer` may see. Raises NotFound."""
    poll = gather(session, [post_id], viewer).polls.get(post_id)
    if poll is None:
        raise NotFound("There is no such poll.")
    return poll


async def show_poll(call: Call) -> Json:
    """Show a poll; its id is that of its post."""
    return await call.world.db.read(_poll, call.id, call.viewer)


async def make_no_poll(_call: Call) -> Json:
    """Say how a poll is made. Raises Refused."""
    raise Refused("A poll is made together with its post: POST /api/v1/statuses with `poll`")


async def vote_in_poll(call: Call) -> Json:
    """Vote; a vote cannot be changed."""
    caller, post_id = call.member, call.id
    given = call.params.texts("choices", most=MAX_OPTIONS * 50, longest=10)
    if not given or not all(choice.isascii() and choice.isdecimal() for choice in given):
        raise Invalid("Choices are the numbers of options", field="choices")

    def unit(session: Session) -> Entity:
        _poll(session, post_id, caller.viewer)
        vote(session, get_actor(session, caller.actor_id), post_id, [int(choice) for choice in given])
        return _poll(session, post_id, caller.viewer)

    return await call.world.db.write(unit)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/polls/:id", show_poll, "read:statuses", public=True),
    post("/api/v1/polls/:id/votes", vote_in_poll, "write:statuses"),
    *on_purpose(
        "A poll is made together with its post; by itself it is refused with that sentence.",
        post("/api/v1/polls", make_no_poll, "write:statuses"),
    ),
)
