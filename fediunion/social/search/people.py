"""Searching accounts and hashtags by how they begin."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union
from sqlalchemy.orm import Session

from fediunion.actors.models import ACTOR_NAMES, Actor, Instance
from fediunion.actors.queries import is_listed, known_to
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db.full_text import Phrase, matching
from fediunion.db.pages import begins_with
from fediunion.kit.text import normalise_hashtag
from fediunion.kit.words import folded_words
from fediunion.social.follows.conditions import follows
from fediunion.social.posts.models import Post, PostTag
from fediunion.social.posts.visibility import visible_to

_MATCHES: Final = 500
_MOST_WORDS: Final = 8


def search_accounts(
    session: Session, text: str, viewer: Viewer, *, limit: int, offset: int, following: bool
) -> Sequence[Actor]:
    """Return accounts whose handle, or a word of whose name, begins with `text`: followed first, then ours.

    By its name is found who wants to be discovered, whom the viewer follows, and members by each other. A
    hidden member is found by members only; by its whole handle alone who stands in no list (`is_listed`).
    Nothing in `text` is a wildcard (row O16).
    """
    names, handle = _matching_names(session, text), _handle_begins(text)
    named = None if names is None else Actor.id.in_(names)
    matches = [condition for condition in (handle, named) if condition is not None]
    order: list[ColumnElement[Any]] = [Actor.local.desc(), Actor.username_key.asc(), Actor.id.asc()]
    parts: list[Select[Any]] = []
    if viewer.actor_id is not None:
        followed = follows(literal(viewer.actor_id), Actor.id)
        parts += [select(Actor.id).where(each, followed) for each in matches]
        order.insert(0, followed.desc())
    if not following and handle is not None:
        may_be_named = or_(is_listed(), _is_whole_handle(text))
        by_handle = select(Actor.id).where(handle, may_be_named).order_by(Actor.username_key)
        parts.append(by_handle.limit(_MATCHES + offset))
    if not following and names is not None:
        some = Actor.id.in_(select(names.limit(_MATCHES + offset).subquery().c.id))
        parts.append(select(Actor.id).where(some, _lets_be_found(viewer)))
    if not parts:
        return []
    found = union(*(select(part.subquery().c.id) for part in parts)).subquery()
    statement = select(Actor).where(
        Actor.id.in_(select(found.c.id)), known_to(viewer), Actor.suspended_at.is_(None)
    )
    return session.scalars(statement.order_by(*order).limit(limit).offset(offset)).all()


def search_tags(session: Session, text: str, *, limit: int, offset: int) -> Sequence[str]:
    """Return hashtags that begin with `text` and are used in posts that anybody may read, by name.

    Goes from name to name in the index, however often each is used.
    """
    prefix = normalise_hashtag(text.strip())
    if not prefix:
        return []
    begins = begins_with(PostTag.name, prefix)
    names = select(func.min(PostTag.name).label("name")).where(begins).cte("names", recursive=True)
    following = (
        select(func.min(PostTag.name)).where(begins, PostTag.name > names.c.name).correlate(names)
    ).scalar_subquery()
    names = names.union_all(select(following).where(names.c.name.is_not(None)))
    read_by_all = exists().where(
        PostTag.name == names.c.name, Post.id == PostTag.post_id, visible_to(ANONYMOUS)
    )
    statement = select(names.c.name).where(names.c.name.is_not(None), read_by_all).order_by(names.c.name)
    return [name for name in session.scalars(statement.limit(limit).offset(offset)) if name is not None]


def search_peers(session: Session, text: str, *, limit: int) -> Sequence[str]:
    """Return the known servers whose names begin with `text`."""
    prefix = text.strip().lower()
    if not prefix:
        return []
    begins = begins_with(Instance.host, prefix)
    return session.scalars(select(Instance.host).where(begins).order_by(Instance.host).limit(limit)).all()


def _handle_begins(text: str) -> ColumnElement[bool] | None:
    username, host = _parts_of(text)
    if not username:
        return None
    begins = begins_with(Actor.username_key, username)
    return begins & begins_with(Actor.handle_host, host) if host else begins


def _is_whole_handle(text: str) -> ColumnElement[bool]:
    username, host = _parts_of(text)
    named = Actor.username_key == username
    return named & (Actor.handle_host == host) if host else named


def _parts_of(handle: str) -> tuple[str, str]:
    """Return what stands before and after the @ of a handle, or of its beginning."""
    username, _, host = handle.strip().removeprefix("@").lower().partition("@")
    return username, host


def _matching_names(session: Session, text: str) -> Select[tuple[int]] | None:
    """Return the ids of who has all words of `text` in the name; None where it has none, or is a handle."""
    words = folded_words(text).split()
    if not words or "@" in text:
        return None
    return matching(
        session, ACTOR_NAMES, [Phrase("display_key", word, prefix=True) for word in words[:_MOST_WORDS]]
    )


def _lets_be_found(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_member:
        return or_(Actor.discoverable, Actor.local & is_listed())
    return Actor.discoverable.is_(True)
