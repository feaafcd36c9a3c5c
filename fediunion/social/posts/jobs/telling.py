"""What others are told later of posts of ours: the end of a poll, its tally, and an edit."""

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.kit.json import JsonObject
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service import polls, publishing, tallies
from fediunion.world import World


async def end_poll(world: World, payload: JsonObject) -> None:
    """Job: end a poll whose time has come."""
    await world.db.write(polls.end_poll, payload["post_id"])


async def tell_tally(world: World, payload: JsonObject) -> None:
    """Job: send the tally of a poll of ours; many votes of a minute are told once."""
    await world.db.write(tallies.tell_tally, payload["post_id"])


async def tell_edit(world: World, payload: JsonObject) -> None:
    """Job: send a post of ours as it is now."""
    await world.db.write(_tell_edit, payload["post_id"])


def _tell_edit(session: Session, post_id: int) -> None:
    post = find_post(session, post_id)
    if post is not None and post.local and post.deleted_at is None:
        publishing.tell_edit(session, get_actor(session, post.author_id), post)
