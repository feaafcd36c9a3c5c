"""Liking posts."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import emit, now_of
from fediunion.db.known_uris import forget_uris, remember_uri
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.posts import documents
from fediunion.social.posts.events import PostFavourited
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.queries import find_favourite
from fediunion.social.posts.service.allowing import Rule, check_allowed, names_everybody_at_once
from fediunion.social.posts.service.counting import lock_post, recount_favourites
from fediunion.social.posts.service.reach import stays_here
from fediunion.social.posts.visibility import get_visible_post


def favourite(session: Session, actor: Actor, post_id: int) -> None:
    """Let our `actor` like a post; of a boost, what it boosts.

    Raises NotFound for one that is not there for the actor, Invalid where its author does not let the actor.
    """
    post = get_visible_post(session, post_id, Viewer(actor.id, None, is_member=True))
    if post.boost_of_id is not None:
        favourite(session, actor, post.boost_of_id)
        return
    lock_post(session, post.id)
    if find_favourite(session, actor.id, post.id) is not None:
        return
    check_allowed(session, post, actor, Rule.LIKE)
    author = get_actor(session, post.author_id)
    row = Favourite(actor_id=actor.id, post_id=post.id, created_at=now_of(session))
    if not author.local and not stays_here(actor):
        row.uri = new_activity_uri(actor)
        document = documents.like_document(row.uri, actor, post, author)
        publish(session, actor, document, Recipients(actor_ids=(author.id,)))
        if not names_everybody_at_once(post, Rule.LIKE):
            # Its author may answer to it.
            remember_uri(session, row.uri, "favourite", row.id)
    session.add(row)
    recount_favourites(session, post.id)
    emit(session, PostFavourited(post, actor.id))


def unfavourite(session: Session, actor: Actor, post_id: int) -> None:
    """Take our like back. Does nothing where there is none."""
    lock_post(session, post_id)
    row = find_favourite(session, actor.id, post_id)
    post = session.get(Post, post_id)
    if row is None or post is None:
        return
    if row.uri:
        # Whoever has become hidden since takes it back all the same: it was told once.
        author = get_actor(session, post.author_id)
        undone = documents.like_document(row.uri, actor, post, author)
        document = documents.undo_document(f"{row.uri}#undo", actor, undone)
        publish(session, actor, document, Recipients(actor_ids=(author.id,)))
        forget_uris(session, [row.uri])
    session.delete(row)
    recount_favourites(session, post_id)
