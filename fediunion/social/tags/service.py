"""Following hashtags: the rules."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import normalise_hashtag, valid_hashtag
from fediunion.social.tags.models import FollowedTag
from fediunion.social.tags.queries import count_followed_tags, find_followed_tag

MAX_FOLLOWED_TAGS = 500


def follow_tag(session: Session, member: Actor, name: str) -> FollowedTag:
    """Let `member` follow a hashtag; again changes nothing. Return the row.

    Raises Invalid for what is no hashtag, and for one too many.
    """
    normalised = normalise_hashtag(name)
    if not valid_hashtag(normalised):
        raise Invalid(Sentence("This is not a hashtag."), field="name")
    followed = find_followed_tag(session, member.id, normalised)
    if followed is None:
        if count_followed_tags(session, member.id) >= MAX_FOLLOWED_TAGS:
            raise Invalid(
                Sentence("%(most)s hashtags can be followed at most.", most=MAX_FOLLOWED_TAGS), field="name"
            )
        followed = FollowedTag(actor_id=member.id, name=normalised, created_at=now_of(session))
        session.add(followed)
    return followed


def unfollow_tag(session: Session, member: Actor, name: str) -> None:
    """Let `member` follow a hashtag no longer. What stands at home already stays there."""
    followed = find_followed_tag(session, member.id, normalise_hashtag(name))
    if followed is not None:
        session.delete(followed)
