"""Posts of others: storing, changing and removing what other servers send."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, audience_of, narrower
from fediunion.activitypub.vocab import PUBLIC_SPELLINGS, PostDocument
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_actors_by_uri
from fediunion.actors.viewer import Viewer
from fediunion.db import emit, now_of
from fediunion.db.known_uris import TOMBSTONE, find_known_uris, remember_uri
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.kit.ids import new_id
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.posts.events import PostStored
from fediunion.social.posts.models import Post, PostMention
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service import remote_parts
from fediunion.social.posts.service.interactions import count_boosts, remove_boost
from fediunion.social.posts.service.publishing import remove_post
from fediunion.social.posts.visibility import may_see

MAX_MENTIONS = 200


@dataclass(frozen=True)
class _Around:
    """What a new remote post hangs on: its parent, whom it addresses, who follows its author here."""

    parent: Post | None
    addressed: Sequence[Actor]
    named_uris: frozenset[str]
    follower_ids: Sequence[int]

    @property
    def local_ids(self) -> list[int]:
        """The addressed of this instance."""
        return [actor.id for actor in self.addressed if actor.local]


def record_remote_post(
    session: Session, author: Actor, document: PostDocument, *, wanted: bool = False, live: bool = True
) -> Post | None:
    """Store a remote post, or return the stored one. None where nobody here has to do with it (row A34).

    `wanted`: somebody here asked for it (a thread, a boost, a search). `live`: it has just been published,
    followers and addressees learn of it. Raises Refused for what is deleted or hangs on a thread that its
    author may not see (A38), NotAllowed for a document of somebody else.
    """
    if document.attributed_to and author.uri not in document.attributed_to:
        raise NotAllowed("is attributed to somebody else", reason="not-its-own")
    uris = [uri for uri in (document.id, document.in_reply_to) if uri]
    known = find_known_uris(session, uris)
    own = known.get(document.id)
    if own is not None:
        if own.kind == TOMBSTONE:
            raise Refused("was deleted before", reason="deleted-before")
        if own.kind != "post":
            raise Refused(f"its id names a {own.kind}", reason="id-in-use")
        return _stored(session, own.row_id, author)
    parent_row = known.get(document.in_reply_to) if document.in_reply_to else None
    parent = find_post(session, parent_row.row_id or 0) if parent_row and parent_row.kind == "post" else None
    around = _around(session, author, document, parent)
    if not (wanted or around.follower_ids or around.local_ids or _continues_ours(parent)):
        return None
    audience = audience_of(document.to, document.cc, author.followers_url)
    parent = _allowed_parent(session, author, parent)
    post = _new_post(session, author, document, audience, parent)
    session.add(post)
    remember_uri(session, post.uri, "post", post.id)
    session.add_all(
        PostMention(post_id=post.id, actor_id=actor.id, silent=actor.uri not in around.named_uris)
        for actor in around.addressed
    )
    remote_parts.add_parts(session, post, document)
    if parent is not None:
        session.execute(update(Post).where(Post.id == parent.id).values(replies_count=Post.replies_count + 1))
    elif document.in_reply_to and (parent_row is None or parent_row.kind != TOMBSTONE):
        enqueue(session, "posts.fetch_ancestors", key=f"ancestors:{document.in_reply_to}", post_id=post.id)
    _adopt_replies(session, post)
    remote_parts.check_quote(session, post, document)
    emit(session, PostStored(post, author, around.follower_ids, around.local_ids, live=live))
    return post


def _stored(session: Session, row_id: int | None, author: Actor) -> Post:
    post = find_post(session, row_id or 0)
    if post is None or post.author_id != author.id:
        raise NotAllowed("is stored as somebody else's", reason="not-its-own")
    return post


def _around(session: Session, author: Actor, document: PostDocument, parent: Post | None) -> _Around:
    named = [mention.href for mention in document.mentions[:MAX_MENTIONS]]
    uris = {*named, *document.to[:MAX_MENTIONS], *document.cc[:MAX_MENTIONS]}
    uris -= {*PUBLIC_SPELLINGS, author.uri, author.followers_url or ""}
    found = find_actors_by_uri(session, uris) if uris else {}
    # A hidden member is not there for the outside: who guesses its address reaches nobody.
    addressed = [
        actor
        for actor in found.values()
        if actor.deleted_at is None and not (actor.local and actor.reach == Reach.HIDDEN)
    ]
    return _Around(parent, addressed, frozenset(named), local_follower_ids(session, author.id))


def _continues_ours(parent: Post | None) -> bool:
    return parent is not None and parent.local


def _allowed_parent(session: Session, author: Actor, parent: Post | None) -> Post | None:
    """Return the parent to attach to. Raises Refused where the author may not know our thread (row A38)."""
    if parent is None or not parent.local:
        return parent
    if not may_see(session, parent, Viewer(author.id, author.host)):
        raise Refused("replies to a thread that it may not see", reason="thread-not-visible")
    return parent


def _new_post(
    session: Session, author: Actor, document: PostDocument, audience: Audience, parent: Post | None
) -> Post:
    now = now_of(session)
    published = min(document.published or now, now)
    row_id = new_id(published)
    return Post(
        id=row_id,
        uri=document.id,
        author_id=author.id,
        local=False,
        slug=None,
        audience=audience,
        in_reply_to_uri=document.in_reply_to,
        in_reply_to_id=parent.id if parent else None,
        in_reply_to_author_id=parent.author_id if parent else None,
        thread_id=parent.thread_id if parent else row_id,
        context_uri=document.context or document.conversation,
        published_at=published,
        received_at=now,
        edited_at=document.updated if remote_parts.is_edit(document) else None,
        stated_boosts_count=document.shares_count or 0,
        stated_favourites_count=document.likes_count or 0,
        **remote_parts.words_of(document),
    )


def _adopt_replies(session: Session, post: Post) -> None:
    """Attach replies that came before what they reply to (row L20)."""
    orphans = session.execute(
        select(Post.id, Post.thread_id).where(
            Post.in_reply_to_uri == post.uri, Post.in_reply_to_id.is_(None), Post.deleted_at.is_(None)
        )
    ).all()
    for orphan_id, old_thread_id in orphans:
        session.execute(
            update(Post)
            .where(Post.id == orphan_id)
            .values(in_reply_to_id=post.id, in_reply_to_author_id=post.author_id)
        )
        session.execute(update(Post).where(Post.thread_id == old_thread_id).values(thread_id=post.thread_id))
    post.replies_count += len(orphans)


def record_remote_boost(
    session: Session, booster: Actor, boosted: Post, uri: str, to: Iterable[str], cc: Iterable[str]
) -> Post | None:
    """Store that a remote actor boosted a post that we have. None where nobody here has to do with it.

    Raises Refused for a post that may not be passed on: another's followers-only or direct one (row A15).
    """
    own = boosted.author_id == booster.id and boosted.audience == Audience.FOLLOWERS
    if boosted.boost_of_id is not None or boosted.deleted_at is not None:
        raise Refused("boosts what is no post", reason="not-a-post")
    if not Audience(boosted.audience).is_public and not own:
        raise Refused("boosts what is not public", reason="not-public")
    existing = session.scalar(
        select(Post).where(
            Post.boost_of_id == boosted.id, Post.author_id == booster.id, Post.deleted_at.is_(None)
        )
    )
    if existing is not None:
        return existing
    follower_ids = local_follower_ids(session, booster.id)
    if not follower_ids and not boosted.local:
        return None
    now = now_of(session)
    row_id = new_id(now)
    wish = audience_of(to, cc, booster.followers_url)
    post = Post(
        id=row_id,
        uri=uri,
        author_id=booster.id,
        local=False,
        wire_type="Announce",
        audience=narrower(wish if wish != Audience.DIRECT else Audience.UNLISTED, Audience(boosted.audience)),
        boost_of_id=boosted.id,
        thread_id=row_id,
        published_at=now,
        received_at=now,
    )
    session.add(post)
    remember_uri(session, uri, "post", row_id)
    count_boosts(session, boosted.id, 1)
    mentioned = [boosted.author_id] if boosted.local else []
    emit(session, PostStored(post, booster, follower_ids, mentioned))
    return post


def record_remote_edit(session: Session, author: Actor, post: Post, document: PostDocument) -> None:
    """Change a stored remote post as its author says.

    Never the author, the parent or the id; the audience never widens (A05, A06, A11); an older version
    than ours is ignored (A08). Without `updated` only counts and tallies change (trap 28).
    Raises NotAllowed for another's post.
    """
    if post.author_id != author.id or post.local or post.boost_of_id is not None:
        raise NotAllowed("changes somebody else's post", reason="not-its-own")
    if post.deleted_at is not None:
        raise Refused("was deleted before", reason="deleted-before")
    remote_parts.refresh_counts(session, post, document)
    if not remote_parts.is_edit(document) or document.updated is None:
        return
    if document.updated <= (post.edited_at or post.published_at):
        return
    remote_parts.rewrite(session, post, document, min(document.updated, now_of(session)))
    told = audience_of(document.to, document.cc, author.followers_url)
    post.audience = narrower(Audience(post.audience), told)


def forget_remote_post(session: Session, author: Actor, post: Post) -> None:
    """Remove a stored remote post or boost, as its author says. Raises NotAllowed for another's."""
    if post.author_id != author.id or post.local:
        raise NotAllowed("deletes somebody else's post", reason="not-its-own")
    if post.deleted_at is not None:
        return
    if post.boost_of_id is not None:
        remove_boost(session, post)
    else:
        remove_post(session, post)
