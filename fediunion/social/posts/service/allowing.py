"""Whether the author of a post from elsewhere lets a member reply to it, like it or boost it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import PUBLIC
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.social.follows.queries import is_following
from fediunion.social.posts.models import Post, PostMention


class Rule(StrEnum):
    """The rules of a policy, as they are called on the wire."""

    LIKE = "canLike"
    REPLY = "canReply"
    ANNOUNCE = "canAnnounce"


_REFUSALS: Final = {
    Rule.LIKE: (Sentence("The author of this post does not let you favourite it."), "id"),
    Rule.REPLY: (Sentence("The author of this post does not let you reply to it."), "in_reply_to_id"),
    Rule.ANNOUNCE: (Sentence("The author of this post does not let you boost it."), "id"),
}


def names_everybody_at_once(post: Post, rule: Rule) -> bool:
    """Return whether a policy lets everybody, without being asked; one that says nothing does."""
    said = post.interaction_policy.get(rule) or {}
    return not _named(said) or PUBLIC in said["automaticApproval"]


def check_allowed(session: Session, post: Post, actor: Actor, rule: Rule) -> None:
    """Raise Invalid where the author of a post from elsewhere plainly excludes our `actor`.

    Whose consent has to be asked for is let through: what is sent is what asks. Whom a post mentions or
    answers may always reply to it. Nothing is asked of the database for a policy that lets everybody.
    Source: https://docs.gotosocial.org/en/latest/federation/interaction_controls/
    """
    named = _named(post.interaction_policy.get(rule) or {})
    if post.local or not named or not named.isdisjoint((PUBLIC, actor.uri)):
        return
    if rule is Rule.REPLY and _is_spoken_to(session, post, actor):
        return
    author = get_actor(session, post.author_id)
    if author.followers_url in named and is_following(session, actor.id, author.id):
        return
    if author.following_url in named and is_following(session, author.id, actor.id):
        return
    sentence, field = _REFUSALS[rule]
    raise Invalid(sentence, field=field)


def _named(said: Mapping[str, Sequence[str]]) -> set[str]:
    return {*said.get("automaticApproval", ()), *said.get("manualApproval", ())}


def _is_spoken_to(session: Session, post: Post, actor: Actor) -> bool:
    return post.in_reply_to_author_id == actor.id or session.get(PostMention, (post.id, actor.id)) is not None
