"""Taking a post of ours back, and taking any post out of everything."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.vocab import PUBLIC
from fediunion.actors.models import Actor
from fediunion.db import announce, emit, now_of
from fediunion.db.known_uris import bury_uri
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.outbox.ledger import forget_words_of
from fediunion.outbox.publish import HOLDERS, Recipients, publish, withdraw_unsent
from fediunion.social.posts import documents
from fediunion.social.posts.events import PostRemoved
from fediunion.social.posts.models import Post
from fediunion.social.posts.service import quotes, texts
from fediunion.social.posts.service.counting import lock_post, uncount_post, uncount_reply
from fediunion.social.posts.service.interactions.boosts import unboost
from fediunion.social.posts.service.reach import has_left, is_shared, reached_ids, recipients_of
from fediunion.social.posts.service.rendering import author_view
from fediunion.world import CHANGED


def withdraw_post(
    session: Session, author: Actor, post: Post, *, recipients: Recipients | None = None
) -> None:
    """Delete our post or boost everywhere: a Delete goes to everybody who may hold it (row L35).

    `recipients` get it in the place of those, after all that is still on its way to them. Raises NotAllowed
    for another's post.
    """
    if post.author_id != author.id:
        raise NotAllowed(Sentence("Only the author can delete a post."))
    lock_post(session, post.id)
    session.refresh(post, ["deleted_at"])
    if post.deleted_at is not None:
        return
    if post.boost_of_id is not None:
        unboost(session, author, post.boost_of_id)
        return
    if recipients is None:
        withdraw_unsent(session, post.uri)
    _tell_removal(session, author, post, recipients)
    remove_post(session, post)
    uncount_post(session, author, post)


def _tell_removal(session: Session, author: Actor, post: Post, instead: Recipients | None) -> None:
    """Publish the Delete; of what never left the instance there is nothing to tell."""
    if not has_left(session, post.uri):
        return
    remote = [actor for actor in author_view(session, post).addressed if not actor.local]
    to = {
        Audience.PUBLIC: [PUBLIC],
        Audience.UNLISTED: [PUBLIC],
        Audience.FOLLOWERS: [f"{author.uri}/followers"],
    }.get(Audience(post.audience), [actor.uri for actor in remote])
    publish(
        session,
        author,
        documents.delete_document(post, author, to=to),
        instead or _all_who_may_hold(session, author, post, [actor.id for actor in remote]),
        shared=is_shared(post),
    )
    forget_words_of(session, post.uri)


def _all_who_may_hold(session: Session, author: Actor, post: Post, remote_ids: list[int]) -> Recipients:
    recipients = recipients_of(post, author, remote_ids) or Recipients()
    return Recipients(
        (*recipients.actor_ids, *reached_ids(session, post)),
        (),
        (*recipients.expand, f"{HOLDERS}:{post.uri}"),
    )


def remove_post(session: Session, post: Post) -> None:
    """Take a post out of everything: it keeps its id as a tombstone, its words are gone."""
    post.deleted_at = now_of(session)
    emit(session, PostRemoved(post))
    texts.empty(session, post)
    bury_uri(session, post.uri)
    uncount_reply(session, post)
    session.execute(
        update(Post)
        .where(Post.quote_of_id == post.id, Post.quote_state.in_((quotes.ACCEPTED, quotes.PENDING)))
        .values(quote_state=quotes.DELETED)
    )
    announce(session, CHANGED, "posts")
