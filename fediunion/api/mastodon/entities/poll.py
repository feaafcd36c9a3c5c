"""The Poll entity."""

from collections.abc import Sequence
from datetime import datetime

from fediunion.actors.models import Actor
from fediunion.api.mastodon.entities.frame import Entity, Frame, emoji_entities, maybe_told_instant
from fediunion.social.posts.models import Poll, Post


def poll_entity(
    poll: Poll,
    post: Post,
    author: Actor,
    own_choices: Sequence[int],
    now: datetime,
    viewer_id: int | None,
    frame: Frame,
) -> Entity:
    """Return a poll; its id is the post's. Authors count as having voted, so that they see the tally.

    Votes are hidden until the end where the poll says so.
    Source: https://docs.joinmastodon.org/entities/Poll/
    """
    expired = poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now)
    shows = expired or not poll.hides_totals
    votes = [option.get("votes") or 0 for option in poll.options]
    entity: Entity = {
        "id": str(poll.post_id),
        "expires_at": maybe_told_instant(poll.ends_at or poll.closed_at, author, frame),
        "expired": expired,
        "multiple": poll.multiple,
        "votes_count": sum(votes),
        "voters_count": poll.voters_count,
        "options": [
            {"title": option["name"], "votes_count": count if shows else None}
            for option, count in zip(poll.options, votes, strict=True)
        ],
        "emojis": emoji_entities(post.emojis, frame),
    }
    if viewer_id is not None:
        entity["voted"] = bool(own_choices) or post.author_id == viewer_id
        entity["own_votes"] = list(own_choices)
    return entity
