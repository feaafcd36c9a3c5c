"""Public posts with a hashtag, into the homes of those who follow it."""

from typing import Final, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import insert_ignoring
from fediunion.db.prepared import select_column
from fediunion.social.posts.events import PostStored
from fediunion.social.posts.models import PostTag
from fediunion.social.tags.models import FollowedTag
from fediunion.social.timelines.models import HomeEntry

_TAG, _FOLLOWED = cast("Table", PostTag.__table__), cast("Table", FollowedTag.__table__)
_FOLLOWERS: Final = (
    select(_FOLLOWED.c.actor_id)
    .join(_TAG, _TAG.c.name == _FOLLOWED.c.name)
    .where(_TAG.c.post_id == bindparam("post"))
    .distinct()
)


def add_to_homes_of_tag_followers(session: Session, event: PostStored) -> None:
    """Put a public post into the homes of whoever follows one of its hashtags.

    Unlisted posts and boosts are left out, as Mastodon does it. Blocks and mutes count when home is read.
    """
    post = event.post
    if not (event.live and event.tagged) or post.audience != Audience.PUBLIC or post.boost_of_id is not None:
        return
    readers = select_column(session, _FOLLOWERS, {"post": post.id})
    insert_ignoring(session, HomeEntry, [{"actor_id": reader, "post_id": post.id} for reader in readers])
