"""Searching posts: what a member wrote, kept or is addressed in, and what others let be found.

Each part of a search looks at the newest matches only, some thousand of them: a page costs the same however
much there is. What is found there is shown if the viewer may see it now and wants to.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_handle, is_silenced, known_to
from fediunion.actors.viewer import Viewer
from fediunion.db import UtcDateTime, now_of
from fediunion.db.full_text import Phrase, matched_key, matching
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.follows.conditions import follows, unread_by
from fediunion.social.posts.models import Bookmark, Favourite, Post
from fediunion.social.posts.visibility import visible_to
from fediunion.social.search.asking import Asked, Wanted, Within, read_question
from fediunion.social.search.models import ANY_POST, POST_WORDS

_MATCHES: Final = 2_000
_KEPT: Final = 2_000
"""As many of the newest favourites, bookmarks, boosts and answers are looked through."""
_FOUND_BY_ALL: Final = (Audience.PUBLIC, Audience.LOCAL, Audience.NETWORK, Audience.FOLLOWERS)


def search_posts(
    session: Session, text: str, viewer: Viewer, page: Page, *, offset: int = 0, author_id: int | None = None
) -> Sequence[int]:
    """Return a page of the ids of posts in which a member finds what `text` asks for, newest first.

    Found is what the member wrote, is addressed in, liked, boosted, bookmarked or answered (the library), and
    posts of authors that let them be found (FEP-5feb), unlisted ones excepted. All of them only while the
    member may see them, and blocks and mutes nobody of them. `author_id`: of this account only.
    """
    asked = read_question(text)
    phrases = _phrases(session, asked, viewer)
    if asked.is_empty or phrases is None or viewer.actor_id is None:
        return []
    if author_id is not None:
        phrases = [*phrases, Phrase("facets", f"a{author_id}")]
    parts: list[Select[Any]] = []
    if asked.within is not Within.LIBRARY:
        parts += _found_openly(session, phrases, viewer, page, asked, offset)
    if asked.within is not Within.PUBLIC:
        parts += _library(session, phrases, viewer.actor_id, page, asked, offset)
    found = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    statement = select(Post.id).where(
        Post.id.in_(select(found.c.id)), visible_to(viewer), _wanted_by(session, viewer.actor_id)
    )
    return page.newest_first(list(session.scalars(paged(statement, Post.id, page).offset(offset))))


def _phrases(session: Session, asked: Asked, viewer: Viewer) -> list[Phrase] | None:
    """Return what is looked up in the index; None where it names an author of whom nobody here knows."""
    phrases = [Phrase("words", wanted.text, wanted.absent) for wanted in asked.phrases]
    phrases += [Phrase("facets", wanted.text, wanted.absent) for wanted in asked.facets]
    for wanted in asked.authors:
        author_id = _author(session, wanted, viewer)
        if author_id is not None:
            phrases.append(Phrase("facets", f"a{author_id}", wanted.absent))
        elif not wanted.absent:
            return None
    return phrases


def _author(session: Session, wanted: Wanted, viewer: Viewer) -> int | None:
    if wanted.text.lower() == "me":
        return viewer.actor_id
    username, _, host = wanted.text.partition("@")
    actor = find_actor_by_handle(session, username, host or None, known_to(viewer))
    return None if actor is None else actor.id


def _found_openly(
    session: Session, phrases: Sequence[Phrase], viewer: Viewer, page: Page, asked: Asked, offset: int
) -> list[Select[Any]]:
    """Return the ids of posts whose authors let them be found now, whatever the index remembers."""
    heard = or_(
        not_(is_silenced(session)),
        follows(literal(viewer.actor_id), Actor.id),
        Actor.id == viewer.actor_id,
    )
    consents = exists().where(Actor.id == Post.author_id, Actor.indexable, heard)
    facets = ["open"] if asked.within is Within.PUBLIC else ["open", "circle"]
    audiences = [Audience.PUBLIC] if asked.within is Within.PUBLIC else _FOUND_BY_ALL
    parts: list[Select[Any]] = []
    for facet in facets:
        matches = _newest(session, [Phrase("facets", facet), *phrases], page, asked, offset).subquery()
        parts.append(
            select(Post.id)
            .join(matches, matches.c.id == Post.id)
            .where(Post.audience.in_(audiences), consents)
        )
    return parts


def _library(
    session: Session, phrases: Sequence[Phrase], member_id: int, page: Page, asked: Asked, offset: int
) -> list[Select[Any]]:
    """Return the ids of what a member wrote or is addressed in, and of what it kept in some way."""
    kept = [
        select(Favourite.post_id.label("id"))
        .where(Favourite.actor_id == member_id)
        .order_by(Favourite.id.desc()),
        select(Bookmark.post_id.label("id"))
        .where(Bookmark.actor_id == member_id)
        .order_by(Bookmark.id.desc()),
        select(Post.boost_of_id.label("id"))
        .where(Post.author_id == member_id, Post.boost_of_id.is_not(None), Post.deleted_at.is_(None))
        .order_by(Post.id.desc()),
        select(Post.in_reply_to_id.label("id"))
        .where(Post.author_id == member_id, Post.in_reply_to_id.is_not(None), Post.deleted_at.is_(None))
        .order_by(Post.id.desc()),
    ]
    ids = union_all(*(select(each.limit(_KEPT).subquery().c.id) for each in kept)).subquery()
    any_author = [] if any(not phrase.absent for phrase in phrases) else [Phrase("facets", ANY_POST)]
    among_kept = _newest(session, [*any_author, *phrases], page, asked, offset).where(
        matched_key(session, POST_WORDS).in_(select(ids.c.id))
    )
    own = _newest(session, [Phrase("facets", f"m{member_id}"), *phrases], page, asked, offset)
    return [own, among_kept]


def _newest(
    session: Session, phrases: Sequence[Phrase], page: Page, asked: Asked, offset: int
) -> Select[Any]:
    """Return the newest matches of a page's range, or the oldest where the page begins below."""
    key = matched_key(session, POST_WORDS)
    bounds: list[ColumnElement[bool]] = [] if asked.first_id is None else [key >= asked.first_id]
    bounds += [key < end for end in (asked.end_id, page.max_id) if end is not None]
    bounds += [key > begin for begin in (page.since_id, page.min_id) if begin is not None]
    order = key.asc() if page.min_id is not None else key.desc()
    statement = matching(session, POST_WORDS, phrases).where(*bounds)
    return statement.order_by(order).limit(_MATCHES + offset)


def _wanted_by(session: Session, member_id: int) -> ColumnElement[bool]:
    unread = unread_by(literal(member_id), Actor.id, Actor.host, literal(now_of(session), UtcDateTime()))
    return not_(exists().where(Actor.id == Post.author_id, unread))
