"""The index of posts: what goes in, and when. Nothing is added to what storing a post costs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import insert_ignoring, now_of
from fediunion.kit.html import html_to_text
from fediunion.kit.words import folded_words
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post, PostMention
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.social.search.asking import language_facet
from fediunion.social.search.models import ANY_POST, DismissedSuggestion, IndexProgress, PostWords

AT_ONCE: Final = 200
_POSTS: Final = "posts"
_LONGEST_UNIT: Final = timedelta(minutes=2)
"""Nothing that was received earlier can still be uncommitted: statements end after half a minute."""
_OPENLY: Final = frozenset({Audience.PUBLIC, Audience.LOCAL, Audience.NETWORK})
_LINK: Final = re.compile(r"<a\s([^>]*+)>")
_NAMES_SOMEBODY: Final = re.compile(r'\bclass="[^"]*\b(?:mention|hashtag)\b')
_UNWATCHED: Final = {"synchronize_session": False}


def index_new_posts(session: Session) -> bool:
    """Put posts into the index that came since the last time, some at once; return whether there are more."""
    now = now_of(session)
    progress = session.get(IndexProgress, _POSTS)
    statement = (
        select(Post)
        .where(
            Post.boost_of_id.is_(None),
            Post.deleted_at.is_(None),
            ~exists().where(PostWords.post_id == Post.id),
        )
        .order_by(Post.received_at)
        .limit(AT_ONCE)
    )
    if progress is not None:
        statement = statement.where(Post.received_at >= progress.reached_at - _LONGEST_UNIT)
    posts = session.scalars(statement).all()
    _insert(session, posts)
    more = len(posts) == AT_ONCE
    reached = posts[-1].received_at if more else now
    if progress is None:
        session.add(IndexProgress(name=_POSTS, reached_at=reached))
    else:
        progress.reached_at = max(progress.reached_at, reached)
    return more


def index_again(session: Session, post: Post) -> None:
    """Let a post be found by what it says now."""
    session.flush()
    forget_post(session, post.id)
    if post.deleted_at is None and post.boost_of_id is None:
        _insert(session, [post])


def forget_post(session: Session, post_id: int) -> None:
    """Let a post be found no longer."""
    session.execute(delete(PostWords).where(PostWords.post_id == post_id), execution_options=_UNWATCHED)


def mark_consent(session: Session, actor_id: int, below: int | None) -> int | None:
    """Note in an author's posts whether they may be found, newest first, some at once.

    Begin without `below`; go on with what is returned, until that is None.
    """
    author = session.get(Actor, actor_id)
    statement = select(Post).where(Post.author_id == actor_id, Post.boost_of_id.is_(None))
    if below is not None:
        statement = statement.where(Post.id < below)
    posts = session.scalars(statement.order_by(Post.id.desc()).limit(AT_ONCE)).all()
    rows = session.execute(
        select(PostWords.post_id, PostWords.facets).where(PostWords.post_id.in_([post.id for post in posts]))
    )
    held = {row.post_id: row.facets for row in rows}
    for post in posts:
        if author is None or post.id not in held:
            continue
        others = [facet for facet in held[post.id].split() if facet not in ("open", "circle")]
        facets = " ".join([*_consent(author, post), *others])
        if facets != held[post.id]:
            session.execute(
                update(PostWords).where(PostWords.post_id == post.id).values(facets=facets),
                execution_options=_UNWATCHED,
            )
    return posts[-1].id if len(posts) == AT_ONCE else None


def dismiss_suggestion(session: Session, actor_id: int, suggested_id: int) -> None:
    """Suggest an account to a member no more; again changes nothing."""
    row = DismissedSuggestion(actor_id=actor_id, suggested_id=suggested_id, created_at=now_of(session))
    values = {name: getattr(row, name) for name in ("id", "actor_id", "suggested_id", "created_at")}
    insert_ignoring(session, DismissedSuggestion, [values])


def _insert(session: Session, posts: Sequence[Post]) -> None:
    if not posts:
        return
    ids = [post.id for post in posts]
    author_ids = {post.author_id for post in posts}
    authors = {actor.id: actor for actor in session.scalars(select(Actor).where(Actor.id.in_(author_ids)))}
    polls = {poll.post_id: poll for poll in session.scalars(select(Poll).where(Poll.post_id.in_(ids)))}
    attached: dict[int | None, list[Attachment]] = defaultdict(list)
    for attachment in session.scalars(select(Attachment).where(Attachment.post_id.in_(ids))):
        attached[attachment.post_id].append(attachment)
    addressed: dict[int, list[int]] = defaultdict(list)
    for post_id, actor_id in session.execute(
        select(PostMention.post_id, PostMention.actor_id)
        .join(Actor, Actor.id == PostMention.actor_id)
        .where(PostMention.post_id.in_(ids), Actor.local)
    ):
        addressed[post_id].append(actor_id)
    rows: list[dict[str, Any]] = []
    for post in posts:
        poll, files, author = polls.get(post.id), attached[post.id], authors[post.author_id]
        facets = [*_consent(author, post), ANY_POST, f"a{author.id}"]
        facets += [f"m{actor_id}" for actor_id in ([author.id] if author.local else []) + addressed[post.id]]
        facets += _facets(post, poll, files)
        rows.append({"post_id": post.id, "words": _words(post, poll, files), "facets": " ".join(facets)})
    session.execute(insert(PostWords), rows)


def _consent(author: Actor, post: Post) -> list[str]:
    """Return for whom the author lets a post be found. What is unlisted is read, not found."""
    if not author.indexable:
        return []
    if post.audience in _OPENLY:
        return ["open"]
    return ["circle"] if post.audience == Audience.FOLLOWERS else []


def _facets(post: Post, poll: Poll | None, files: Iterable[Attachment]) -> list[str]:
    kinds = {"gifv": "video", "unknown": ""}
    found = {kinds.get(file.kind, file.kind) for file in files} - {""}
    facets = sorted(found)
    if found:
        facets.append("media")
    if poll is not None:
        facets.append("poll")
    if any(not _NAMES_SOMEBODY.search(link[1]) for link in _LINK.finditer(without_quote_link(post.content))):
        facets.append("link")
    if post.in_reply_to_uri is not None or post.in_reply_to_id is not None:
        facets.append("reply")
    if post.sensitive:
        facets.append("sensitive")
    if post.language:
        facets.append(language_facet(post.language))
    return facets


def _words(post: Post, poll: Poll | None, files: Iterable[Attachment]) -> str:
    options = [str(option.get("name", "")) for option in poll.options] if poll is not None else []
    texts = [
        post.title,
        post.content_warning,
        html_to_text(without_quote_link(post.content)),
        *options,
        *(file.description for file in files),
    ]
    return folded_words("\n".join(texts))
