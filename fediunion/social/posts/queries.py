"""Posts: reads. `views_of` loads everything that a page or an entity shows, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import (
    Bookmark,
    Favourite,
    Pin,
    Poll,
    PollVote,
    Post,
    PostMention,
    PostTag,
    ThreadMute,
)
from fediunion.social.posts.visibility import OPEN_AUDIENCES, visible_to

_LARGEST_THREAD = 4096


@dataclass(frozen=True)
class PostView:
    """A post with all that belongs to it, as one viewer sees it.

    `boosted` is there for a boost, `quoted` where the quoted post may be shown. `mentions` leaves out
    silent ones. `own_choices` are the viewer's votes; where it `is_boosted` the viewer boosted the post.
    """

    post: Post
    author: Actor
    boosted: "PostView | None" = None
    quoted: "PostView | None" = None
    mentions: Sequence[Actor] = ()
    addressed: Sequence[Actor] = ()
    tags: Sequence[PostTag] = ()
    attachments: Sequence[Attachment] = ()
    poll: Poll | None = None
    own_choices: Sequence[int] = ()
    favourited: bool = False
    is_boosted: bool = False
    bookmarked: bool = False
    pinned: bool = False
    thread_muted: bool = False


@dataclass
class _Loaded:
    """What was read for a set of posts, by post id."""

    authors: Mapping[int, Actor]
    mentions: dict[int, list[tuple[Actor, bool]]] = field(default_factory=lambda: defaultdict(list))
    tags: dict[int, list[PostTag]] = field(default_factory=lambda: defaultdict(list))
    attachments: dict[int, list[Attachment]] = field(default_factory=lambda: defaultdict(list))
    polls: dict[int, Poll] = field(default_factory=dict)
    choices: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    favourited: set[int] = field(default_factory=set)
    boosted: set[int] = field(default_factory=set)
    bookmarked: set[int] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)
    muted_threads: set[int] = field(default_factory=set)


def find_post(session: Session, post_id: int) -> Post | None:
    """Return the post with that number, whoever may see it, deleted too."""
    return session.get(Post, post_id)


def find_post_by_uri(session: Session, uri: str) -> Post | None:
    """Return the post with that ActivityPub id, whoever may see it, deleted too."""
    return session.scalar(select(Post).where(Post.uri == uri))


def is_open_here(session: Session, uri: str) -> bool:
    """Return whether we have a post of another server by that id that anybody may read."""
    open_ones = Post.audience.in_(OPEN_AUDIENCES)
    found = select(Post.id).where(Post.uri == uri, ~Post.local, Post.deleted_at.is_(None), open_ones)
    return session.scalar(found) is not None


def find_local_post(session: Session, slug: str) -> Post | None:
    """Return our post with that slug, whoever may see it, deleted too."""
    return session.scalar(select(Post).where(Post.slug == slug))


def find_boost(session: Session, booster_id: int, post_id: int) -> Post | None:
    """Return the boost of a post by an actor."""
    return session.scalar(
        select(Post).where(
            Post.boost_of_id == post_id, Post.author_id == booster_id, Post.deleted_at.is_(None)
        )
    )


def find_favourite(session: Session, actor_id: int, post_id: int) -> Favourite | None:
    """Return the favourite of a post by an actor."""
    return session.scalar(
        select(Favourite).where(Favourite.post_id == post_id, Favourite.actor_id == actor_id)
    )


def list_thread(session: Session, post: Post, viewer: Viewer) -> tuple[list[int], list[int]]:
    """Return the ids of what `post` replies to, oldest first, and of its replies, depth first.

    What the viewer may not see is left out without a trace; what hangs below it stays (row V07).
    """
    rows = session.execute(
        select(Post.id, Post.in_reply_to_id, visible_to(viewer))
        .where(Post.thread_id == post.thread_id, Post.boost_of_id.is_(None))
        .order_by(Post.id)
        .limit(_LARGEST_THREAD)
    ).all()
    parents: dict[int, int | None] = {row_id: parent_id for row_id, parent_id, _ in rows}
    visible = {row_id for row_id, _, seen in rows if seen}
    children: dict[int, list[int]] = defaultdict(list)
    for row_id, parent_id, _ in rows:
        if parent_id is not None:
            children[parent_id].append(row_id)
    ancestors: list[int] = []
    above = post.in_reply_to_id
    while above is not None and above in parents and above not in ancestors:
        ancestors.append(above)
        above = parents[above]
    descendants: list[int] = []
    waiting = list(reversed(children.get(post.id, [])))
    met = {post.id}
    while waiting:
        row_id = waiting.pop()
        if row_id not in met:
            met.add(row_id)
            descendants.append(row_id)
            waiting.extend(reversed(children.get(row_id, [])))
    return [i for i in ancestors[::-1] if i in visible], [i for i in descendants if i in visible]


def views_of(session: Session, post_ids: Iterable[int], viewer: Viewer) -> list[PostView]:
    """Return the posts that `viewer` may see, in the order of `post_ids`, with all that belongs to them."""
    wanted = list(dict.fromkeys(post_ids))
    if not wanted:
        return []
    posts = _visible(session, wanted, viewer)
    inner_ids = {
        inner
        for post in posts.values()
        for inner in (post.boost_of_id, post.quote_of_id if post.quote_state == "accepted" else None)
        if inner is not None and inner not in posts
    }
    everything = posts | (_visible(session, inner_ids, viewer) if inner_ids else {})
    quoted_ids = {
        post.quote_of_id
        for post in everything.values()
        if post.quote_of_id is not None and post.quote_state == "accepted"
    } - everything.keys()
    if quoted_ids:
        everything |= _visible(session, quoted_ids, viewer)
    loaded = _load(session, everything, viewer)
    views: list[PostView] = []
    for post_id in wanted:
        post = posts.get(post_id)
        if post is None or (post.boost_of_id is not None and post.boost_of_id not in everything):
            continue
        views.append(_view(post, loaded, everything, viewer))
    return views


def view_of(session: Session, post: Post, viewer: Viewer) -> PostView | None:
    """Return one post with all that belongs to it, or None where the viewer may not see it."""
    views = views_of(session, [post.id], viewer)
    return views[0] if views else None


def own_view(session: Session, post: Post) -> PostView:
    """Return our post with its parts, whoever may see it: for those who send it, not for those who ask.

    What its author does with it (bookmarks, pins) is left out.
    """
    return _view(post, _load(session, {post.id: post}, ANONYMOUS), {post.id: post}, ANONYMOUS)


def _visible(session: Session, ids: Iterable[int], viewer: Viewer) -> dict[int, Post]:
    return {p.id: p for p in session.scalars(select(Post).where(Post.id.in_(list(ids)), visible_to(viewer)))}


def _view(post: Post, loaded: _Loaded, everything: Mapping[int, Post], viewer: Viewer) -> PostView:
    boosted = everything.get(post.boost_of_id) if post.boost_of_id is not None else None
    quoted = everything.get(post.quote_of_id) if post.quote_of_id is not None else None
    return PostView(
        post=post,
        author=loaded.authors[post.author_id],
        boosted=_view(boosted, loaded, everything, viewer) if boosted is not None else None,
        quoted=(
            _view(quoted, loaded, {}, viewer)
            if quoted is not None and post.quote_state == "accepted"
            else None
        ),
        mentions=[actor for actor, silent in loaded.mentions[post.id] if not silent],
        addressed=[actor for actor, _ in loaded.mentions[post.id]],
        tags=loaded.tags[post.id],
        attachments=loaded.attachments[post.id],
        poll=loaded.polls.get(post.id),
        own_choices=loaded.choices[post.id],
        favourited=post.id in loaded.favourited,
        is_boosted=post.id in loaded.boosted,
        bookmarked=post.id in loaded.bookmarked,
        pinned=post.id in loaded.pinned,
        thread_muted=post.thread_id in loaded.muted_threads,
    )


def _load(session: Session, posts: Mapping[int, Post], viewer: Viewer) -> _Loaded:
    ids = list(posts)
    author_ids = {post.author_id for post in posts.values()}
    loaded = _Loaded({a.id: a for a in session.scalars(select(Actor).where(Actor.id.in_(author_ids)))})
    for mention, actor in session.execute(
        select(PostMention, Actor)
        .join(Actor, Actor.id == PostMention.actor_id)
        .where(PostMention.post_id.in_(ids))
        .order_by(PostMention.post_id, Actor.id)
    ):
        loaded.mentions[mention.post_id].append((actor, mention.silent))
    for tag in session.scalars(select(PostTag).where(PostTag.post_id.in_(ids)).order_by(PostTag.name)):
        loaded.tags[tag.post_id].append(tag)
    for attachment in session.scalars(
        select(Attachment).where(Attachment.post_id.in_(ids)).order_by(Attachment.position)
    ):
        loaded.attachments[attachment.post_id or 0].append(attachment)
    question_ids = [post.id for post in posts.values() if post.wire_type == "Question"]
    if question_ids:
        for poll in session.scalars(select(Poll).where(Poll.post_id.in_(question_ids))):
            loaded.polls[poll.post_id] = poll
    if viewer.is_member and viewer.actor_id is not None:
        _load_own(session, loaded, ids, question_ids, viewer.actor_id)
        threads = {post.thread_id for post in posts.values()}
        loaded.muted_threads = set(
            session.scalars(
                select(ThreadMute.thread_id).where(
                    ThreadMute.actor_id == viewer.actor_id, ThreadMute.thread_id.in_(threads)
                )
            )
        )
    return loaded


def _load_own(
    session: Session, loaded: _Loaded, ids: list[int], question_ids: list[int], actor_id: int
) -> None:
    loaded.favourited = set(
        session.scalars(
            select(Favourite.post_id).where(Favourite.post_id.in_(ids), Favourite.actor_id == actor_id)
        )
    )
    boosts = session.scalars(
        select(Post.boost_of_id).where(
            Post.boost_of_id.in_(ids), Post.author_id == actor_id, Post.deleted_at.is_(None)
        )
    )
    loaded.boosted = {post_id for post_id in boosts if post_id is not None}
    loaded.bookmarked = set(
        session.scalars(
            select(Bookmark.post_id).where(Bookmark.post_id.in_(ids), Bookmark.actor_id == actor_id)
        )
    )
    loaded.pinned = set(
        session.scalars(select(Pin.post_id).where(Pin.post_id.in_(ids), Pin.actor_id == actor_id))
    )
    if question_ids:
        for vote in session.scalars(
            select(PollVote)
            .where(PollVote.post_id.in_(question_ids), PollVote.actor_id == actor_id)
            .order_by(PollVote.choice)
        ):
            loaded.choices[vote.post_id].append(vote.choice)


def find_post_ids(session: Session, uris: Sequence[str]) -> dict[str, int]:
    """Return the ids of the posts with these URIs that are still there, by URI."""
    if not uris:
        return {}
    rows = session.execute(select(Post.uri, Post.id).where(Post.uri.in_(uris), Post.deleted_at.is_(None)))
    return {row.uri: row.id for row in rows}
