"""Who may see a post: the one place that decides it."""

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Instance, Reach
from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.social.follows.models import Block, Follow, FollowState
from fediunion.social.posts.models import Post, PostMention

OPEN_AUDIENCES = (Audience.PUBLIC, Audience.UNLISTED)
_INNER_AUDIENCES = (Audience.LOCAL, Audience.NETWORK)
_MEMBER_AUDIENCES = (*OPEN_AUDIENCES, *_INNER_AUDIENCES)


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on Post that holds for what `viewer` may see.

    Anybody: public and unlisted, unless its author is hidden (row I4). Members: also what is for the
    instance or the network; servers that share a network with us what is for it, of ours (row I3).
    Followers what is for followers. Whoever is addressed, except that what is for the instance or the
    network is nobody's elsewhere. Not those whom the author blocks. A post that is none of these does not
    exist for the viewer.
    """
    unshown_author: ColumnElement[bool] = Actor.suspended_at.is_not(None)
    if not viewer.is_member:
        unshown_author = or_(unshown_author, and_(Actor.local, Actor.reach == Reach.HIDDEN))
    shown = and_(Post.deleted_at.is_(None), not_(exists().where(Actor.id == Post.author_id, unshown_author)))
    audiences = _MEMBER_AUDIENCES if viewer.is_member else OPEN_AUDIENCES
    if viewer.actor_id is None:
        return and_(shown, Post.audience.in_(audiences))
    named: ColumnElement[bool] = exists().where(
        PostMention.post_id == Post.id, PostMention.actor_id == viewer.actor_id
    )
    if not viewer.is_member:
        named = and_(Post.audience.not_in(_INNER_AUDIENCES), named)
    if not viewer.is_member and viewer.host is not None:
        in_network = exists().where(Instance.host == viewer.host, Instance.network_uri.is_not(None))
        named = or_(named, and_(Post.local, Post.audience == Audience.NETWORK, in_network))
    following = exists().where(
        Follow.followed_id == Post.author_id,
        Follow.follower_id == viewer.actor_id,
        Follow.state == FollowState.ACCEPTED,
    )
    blocked = exists().where(Block.blocker_id == Post.author_id, Block.blocked_id == viewer.actor_id)
    return and_(
        shown,
        or_(
            Post.author_id == viewer.actor_id,
            and_(
                or_(
                    Post.audience.in_(audiences),
                    named,
                    and_(Post.audience == Audience.FOLLOWERS, following),
                ),
                not_(blocked),
            ),
        ),
    )


def find_visible_post(session: Session, post_id: int, viewer: Viewer) -> Post | None:
    """Return the post, or None where it is not there for the viewer."""
    return session.scalar(select(Post).where(Post.id == post_id, visible_to(viewer)))


def get_visible_post(session: Session, post_id: int, viewer: Viewer) -> Post:
    """Return the post. Raises NotFound where it is not there for the viewer."""
    post = find_visible_post(session, post_id, viewer)
    if post is None:
        raise NotFound(Sentence("There is no such post."))
    return post


def get_own_post(session: Session, post_id: int, viewer: Viewer) -> Post:
    """Return a post of the viewer's own. Raises NotFound for another's: whose it is, is not told (O12)."""
    post = get_visible_post(session, post_id, viewer)
    if post.author_id != viewer.actor_id:
        raise NotFound(Sentence("There is no such post."))
    return post


def may_see(session: Session, post: Post, viewer: Viewer) -> bool:
    """Return whether `viewer` may see `post`."""
    return find_visible_post(session, post.id, viewer) is not None
