"""Posts of others: storing, changing and removing what other servers send."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, narrower
from fediunion.activitypub.authority import is_ours
from fediunion.activitypub.vocab import PUBLIC_SPELLINGS, PostDocument
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_actors_by_uri
from fediunion.actors.viewer import Viewer
from fediunion.db import announce, emit, now_of, settings_of
from fediunion.db.known_uris import TOMBSTONE, is_buried, lift_burial
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.follows.refusals import refusing_ids
from fediunion.social.posts.events import PostEdited, PostStored
from fediunion.social.posts.kinds import FETCH_ANCESTORS
from fediunion.social.posts.models import Post, PostMention
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service import numbering, remote_edits, remote_parts, remote_rows
from fediunion.social.posts.service.counting import count_reply, uncount_reply
from fediunion.social.posts.service.edits import forget_versions
from fediunion.social.posts.service.interactions.boosts import remove_boost
from fediunion.social.posts.service.publishing.removal import remove_post
from fediunion.social.posts.service.remote_audience import audience_here
from fediunion.social.posts.service.rows import insert_post
from fediunion.social.posts.visibility import OPEN_AUDIENCES, may_see
from fediunion.world import CHANGED

MAX_MENTIONS = 200


@dataclass(frozen=True)
class _Addressed:
    """Whom a document addresses, as far as they are known here; `named_uris` stand in the text."""

    actors: Sequence[Actor]
    named_uris: frozenset[str]


def record_remote_post(
    session: Session,
    author: Actor,
    document: PostDocument,
    *,
    wanted: bool = False,
    live: bool = True,
    older_than: int | None = None,
) -> Post | None:
    """Store a remote post, or return the stored one. None where nobody here has to do with it (row A34).

    `wanted`: somebody here asked for it (a thread, a boost, a search). `live`: it has just been published,
    followers and addressees learn of it; also where it was stored before as something that was not.
    `older_than`: the number of a post that is known to be newer, where both tell the same moment.
    It does not hang under a post of ours that its author may not see (A38).
    Raises Refused for what is deleted, NotAllowed for a document of somebody else.
    """
    if document.attributed_to and author.uri not in document.attributed_to:
        raise NotAllowed("is attributed to somebody else", reason="not-its-own")
    parent_uri = document.in_reply_to
    known = remote_rows.find_known(session, document.id, parent_uri)
    own = known.get(document.id)
    if own is not None and own.kind == TOMBSTONE and not is_buried(own.kind, own.row_id, author.id):
        lift_burial(session, document.id)
        own = None
    if own is not None:
        return _met_again(session, own, author, document, live=live)
    parent_row = known.get(parent_uri) if parent_uri else None
    parent = _parent(session, author, parent_row)
    follower_ids = local_follower_ids(session, author.id)
    addressed = _addressed(session, author, document)
    local_ids = _addressed_here(session, author, addressed.actors)
    audience = audience_here(session, author, document)
    concerned = wanted or follower_ids or local_ids or audience is Audience.NETWORK
    if not (concerned or _answers_somebody_read_here(session, parent)):
        return None
    orphans = remote_rows.find_orphans(session, document.id)
    post = _insert(
        session, author, document, audience, parent, orphans, addressed, live=live, older_than=older_than
    )
    if parent is not None:
        count_reply(session, parent, audience)
    elif (
        parent_uri and parent_row is None and live and not is_ours(parent_uri, settings_of(session).authority)
    ):
        enqueue(session, FETCH_ANCESTORS, key=f"ancestors:{parent_uri}", post_id=post.id)
    emit(
        session,
        PostStored(
            post,
            author,
            follower_ids,
            local_ids,
            live,
            tagged=bool(document.hashtags),
            answered=bool(orphans),
            document=document,
        ),
    )
    return post


def _met_again(
    session: Session, own: remote_rows.Known, author: Actor, document: PostDocument, *, live: bool
) -> Post:
    if own.kind == TOMBSTONE:
        raise Refused("was deleted before", reason="deleted-before")
    if own.kind != "post":
        raise Refused(f"its id names a {own.kind}", reason="id-in-use")
    post = find_post(session, own.row_id or 0)
    if post is None or post.author_id != author.id or post.boost_of_id is not None:
        raise NotAllowed("is stored as somebody else's", reason="not-its-own")
    remote_edits.keep_earlier_version(session, post, document)
    if live and not post.live:
        post.live = True
        addressed = session.scalars(
            select(Actor)
            .join(PostMention, PostMention.actor_id == Actor.id)
            .where(PostMention.post_id == post.id)
        ).all()
        local_ids = _addressed_here(session, author, addressed)
        emit(session, PostStored(post, author, local_follower_ids(session, author.id), local_ids))
    return post


def _parent(session: Session, author: Actor, known: remote_rows.Known | None) -> Post | None:
    """Return what the post hangs under; None where its author may not know of it (row A38)."""
    if known is None or known.kind != "post":
        return None
    parent = find_post(session, known.row_id or 0)
    if parent is not None and parent.boost_of_id is not None:
        return None
    if parent is not None and parent.local and not may_see(session, parent, Viewer(author.id, author.host)):
        return None
    return parent


def _answers_somebody_read_here(session: Session, parent: Post | None) -> bool:
    """Return whether a reply belongs to a thread of ours, or to one whose author somebody here follows.

    That is what servers forward replies for. Source: Mastodon, `responds_to_followed_account?`.
    """
    return parent is not None and (parent.local or bool(local_follower_ids(session, parent.author_id)))


def _addressed(session: Session, author: Actor, document: PostDocument) -> _Addressed:
    """Return whom a document addresses. Hidden members are not there: who guesses one reaches nobody."""
    named = frozenset(mention.href for mention in document.mentions[:MAX_MENTIONS])
    uris = {*named, *document.to[:MAX_MENTIONS], *document.cc[:MAX_MENTIONS]}
    uris -= {*PUBLIC_SPELLINGS, author.uri, author.followers_url or ""}
    found = find_actors_by_uri(session, uris) if uris else {}
    actors = [
        actor
        for actor in found.values()
        if actor.deleted_at is None and not (actor.local and actor.reach == Reach.HIDDEN)
    ]
    return _Addressed(actors, named)


def _addressed_here(session: Session, author: Actor, addressed: Sequence[Actor]) -> list[int]:
    """Return the addressed actors of this instance that want to hear of the author (A23)."""
    ids = [actor.id for actor in addressed if actor.local]
    refusing = refusing_ids(session, ids, author) if ids else set()
    return [row_id for row_id in ids if row_id not in refusing]


def _insert(
    session: Session,
    author: Actor,
    document: PostDocument,
    audience: Audience,
    parent: Post | None,
    orphans: Sequence[remote_rows.Orphan],
    addressed: _Addressed,
    *,
    live: bool,
    older_than: int | None,
) -> Post:
    now = now_of(session)
    published = remote_rows.published_at(document.published, now)
    newer = [orphan.id for orphan in orphans] + ([] if older_than is None else [older_than])
    row_id = numbering.id_for(session, author.id, published, now, older_than=min(newer, default=None))
    edited_at = min(document.updated, now) if document.updated and remote_parts.is_edit(document) else None
    row = {
        "id": row_id,
        "uri": document.id,
        "author_id": author.id,
        "local": False,
        "live": live,
        "audience": audience.value,
        "in_reply_to_uri": document.in_reply_to,
        "in_reply_to_id": parent.id if parent else None,
        "in_reply_to_author_id": parent.author_id if parent else None,
        "thread_id": parent.thread_id if parent else row_id,
        "context_uri": document.context or document.conversation,
        "published_at": published,
        "received_at": now,
        "edited_at": edited_at,
        "replies_count": sum(orphan.audience in OPEN_AUDIENCES for orphan in orphans),
        "stated_boosts_count": document.shares_count or 0,
        "stated_favourites_count": document.likes_count or 0,
        **remote_parts.words_of(document),
        **remote_parts.quote_of(document),
    }
    post = insert_post(session, row)
    remote_rows.insert_mentions(session, row_id, addressed.actors, addressed.named_uris)
    remote_parts.add_parts(session, post, document)
    if orphans:
        remote_rows.adopt(session, post, orphans)
    if document.quote_uri:
        remote_parts.check_quote(session, post)
    return post


def record_remote_edit(session: Session, author: Actor, post: Post, document: PostDocument) -> None:
    """Change a stored remote post as its author says.

    Never the author, the parent or the id; the audience never widens (A05, A06, A11); an older version
    than ours is ignored (A08). Without `updated` only counts and tallies change, as Mastodon reads it.
    Raises NotAllowed for another's post, Refused for a deleted one.
    """
    if post.author_id != author.id or post.local or post.boost_of_id is not None:
        raise NotAllowed("changes somebody else's post", reason="not-its-own")
    if post.deleted_at is not None:
        raise Refused("was deleted before", reason="deleted-before")
    audience = narrower(Audience(post.audience), audience_here(session, author, document))
    narrowed = audience != post.audience
    if narrowed and not audience.is_public:
        uncount_reply(session, post)
    post.audience = audience
    edited_at = remote_edits.newer_version(session, post, document)
    if not remote_edits.is_older(post, document):
        remote_edits.refresh_counts(session, post, document)
        remote_edits.renew_quote(session, post, document)
    if edited_at is not None:
        addressed = _addressed(session, author, document)
        newcomers = remote_edits.rewrite(
            session, post, document, edited_at, addressed.actors, addressed.named_uris
        )
        narrowed = narrowed or (newcomers and not audience.is_public)
    if narrowed:
        forget_versions(session, post)
    announce(session, CHANGED, "posts")
    if narrowed or edited_at is not None:
        emit(session, PostEdited(post, document if edited_at is not None else None))


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
