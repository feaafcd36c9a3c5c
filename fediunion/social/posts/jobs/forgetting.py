"""Forgetting what is old: posts of elsewhere that nobody here has touched."""

from datetime import timedelta
from typing import Final

from sqlalchemy import exists, not_, select
from sqlalchemy.orm import Session, aliased

from fediunion.db import now_of, settings_of
from fediunion.kit.ids import first_id_at
from fediunion.kit.json import JsonObject
from fediunion.social.posts.models import Bookmark, Favourite, Pin, PollVote, Post
from fediunion.social.posts.service.remote_removal import erase_posts
from fediunion.world import World

_FORGOTTEN_AT_ONCE: Final = 500


async def forget_old_posts(world: World, _payload: JsonObject) -> None:
    """Job, daily: forget remote posts past their retention that nobody here has touched."""
    while await world.db.write(_forget_some) == _FORGOTTEN_AT_ONCE:
        pass


def _forget_some(session: Session) -> int:
    oldest = now_of(session) - timedelta(days=settings_of(session).privacy.remote_post_days)
    kept_reply, boost, quoting = aliased(Post), aliased(Post), aliased(Post)
    kept = [exists().where(table.post_id == Post.id) for table in (Favourite, Bookmark, Pin, PollVote)]
    old = session.scalars(
        select(Post)
        .where(
            ~Post.local,
            Post.received_at < oldest,
            # Ids follow the times of publishing: without a bound, all that is too young would be read too.
            Post.id < first_id_at(oldest),
            *(not_(condition) for condition in kept),
            not_(exists().where(kept_reply.in_reply_to_id == Post.id, kept_reply.local)),
            not_(exists().where(boost.boost_of_id == Post.id, boost.local)),
            not_(exists().where(quoting.quote_of_id == Post.id, quoting.local)),
        )
        .order_by(Post.id)
        .limit(_FORGOTTEN_AT_ONCE)
    ).all()
    erase_posts(session, old)
    return len(old)
