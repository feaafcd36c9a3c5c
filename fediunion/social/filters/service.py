"""The rules of filters. What changes in them is announced, so that nobody is shown posts by old ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import announce, emit, insert_ignoring, now_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.ids import new_id
from fediunion.kit.sentences import Sentence
from fediunion.social.filters.events import FiltersChanged
from fediunion.social.filters.matching import fold
from fediunion.social.filters.models import Filter, FilterAction, FilterKeyword, FilterPost
from fediunion.social.filters.queries import FilterView, get_filter, get_filter_post, get_keyword
from fediunion.social.posts.visibility import get_visible_post
from fediunion.world import CHANGED

CONTEXTS: Final = ("home", "notifications", "public", "thread", "account")
CACHE: Final = "filters"
"""Announced as changed with the commit."""

MAX_FILTERS: Final = 100
MAX_KEYWORDS: Final = 500
"""As many keywords in all the filters of a member: each is looked for in every post that is shown."""

MAX_POSTS: Final = 500
MAX_TITLE_CHARACTERS: Final = 256
MAX_KEYWORD_CHARACTERS: Final = 512


@dataclass(frozen=True)
class Lasting:
    """How long a filter is used: until a moment, or with None for good."""

    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class KeywordWish:
    """A keyword as a filter is to have it. With `id` an old one is meant; None leaves a thing as it is."""

    keyword: str | None = None
    whole_word: bool | None = None
    id: int | None = None
    removed: bool = False


def create_filter(
    session: Session,
    owner: Actor,
    *,
    title: str,
    contexts: Sequence[str],
    action: str = FilterAction.WARN,
    lasting: Lasting | None = None,
    keywords: Iterable[KeywordWish] = (),
) -> FilterView:
    """Return a new filter of `owner`. Raises Invalid, naming the field, for what cannot be one."""
    held = session.scalar(select(func.count()).select_from(Filter).where(Filter.owner_id == owner.id))
    if (held or 0) >= MAX_FILTERS:
        raise Invalid(Sentence("There can be %(most)s filters at most.", most=MAX_FILTERS), field="title")
    row = Filter(
        owner_id=owner.id,
        title=_checked_title(title),
        contexts=_checked_contexts(contexts),
        action=_checked_action(action),
        expires_at=_checked_end(session, lasting or Lasting()),
        created_at=now_of(session),
    )
    session.add(row)
    session.flush()
    for wish in keywords:
        _fulfil(session, owner, row, wish)
    return _changed(session, row)


def change_filter(
    session: Session,
    owner: Actor,
    filter_id: int,
    *,
    title: str | None = None,
    contexts: Sequence[str] | None = None,
    action: str | None = None,
    lasting: Lasting | None = None,
    keywords: Iterable[KeywordWish] = (),
) -> FilterView:
    """Change what is given of a filter; return it. Raises NotFound, and Invalid as create_filter does."""
    row = get_filter(session, owner.id, filter_id).filter
    if title is not None:
        row.title = _checked_title(title)
    if contexts is not None:
        row.contexts = _checked_contexts(contexts)
    if action is not None:
        row.action = _checked_action(action)
    if lasting is not None:
        row.expires_at = _checked_end(session, lasting)
    for wish in keywords:
        _fulfil(session, owner, row, wish)
    return _changed(session, row)


def delete_filter(session: Session, owner: Actor, filter_id: int) -> None:
    """Remove a filter with what is in it. Raises NotFound."""
    session.delete(get_filter(session, owner.id, filter_id).filter)
    _announce(session, owner.id)


def add_keyword(
    session: Session, owner: Actor, filter_id: int, *, keyword: str, whole_word: bool
) -> FilterKeyword:
    """Return a new keyword of a filter. Raises NotFound, and Invalid for a keyword that is none."""
    row = get_filter(session, owner.id, filter_id).filter
    added = _add_keyword(session, row, keyword, whole_word)
    _announce(session, owner.id)
    return added


def change_keyword(
    session: Session,
    owner: Actor,
    keyword_id: int,
    *,
    keyword: str | None = None,
    whole_word: bool | None = None,
) -> FilterKeyword:
    """Change what is given of a keyword; return it. Raises NotFound, and Invalid as add_keyword does."""
    _, row = get_keyword(session, owner.id, keyword_id)
    _change_keyword(row, keyword, whole_word)
    _announce(session, owner.id)
    return row


def delete_keyword(session: Session, owner: Actor, keyword_id: int) -> None:
    """Take a keyword out of its filter. Raises NotFound."""
    session.delete(get_keyword(session, owner.id, keyword_id)[1])
    _announce(session, owner.id)


def add_post(session: Session, owner: Actor, filter_id: int, post_id: int) -> FilterPost:
    """Return what makes a post part of a filter; what is part already stays.

    Raises NotFound for somebody else's filter and for a post that the owner may not see, Invalid for one
    too many.
    """
    row = get_filter(session, owner.id, filter_id).filter
    get_visible_post(session, post_id, Viewer(owner.id, None, is_member=True))
    held = session.scalar(select(func.count()).select_from(FilterPost).where(FilterPost.filter_id == row.id))
    if (held or 0) >= MAX_POSTS:
        raise Invalid(Sentence("A filter can have %(most)s posts at most.", most=MAX_POSTS), field="post_id")
    insert_ignoring(session, FilterPost, [{"id": new_id(), "filter_id": row.id, "post_id": post_id}])
    _announce(session, owner.id)
    return session.scalars(
        select(FilterPost).where(FilterPost.filter_id == row.id, FilterPost.post_id == post_id)
    ).one()


def delete_post(session: Session, owner: Actor, row_id: int) -> FilterPost:
    """Take a single post out of its filter; return what made it part. Raises NotFound."""
    row = get_filter_post(session, owner.id, row_id)
    session.delete(row)
    _announce(session, owner.id)
    return row


def forget_filters(session: Session, owner_id: int) -> None:
    """Remove all filters of a member."""
    session.execute(delete(Filter).where(Filter.owner_id == owner_id))
    _announce(session, owner_id)


def _fulfil(session: Session, owner: Actor, row: Filter, wish: KeywordWish) -> None:
    if wish.id is None:
        if not wish.removed:
            _add_keyword(session, row, wish.keyword or "", wish.whole_word is not False)
        return
    holder, keyword = get_keyword(session, owner.id, wish.id)
    if holder.id != row.id:
        raise NotFound("There is no such keyword.")
    if wish.removed:
        session.delete(keyword)
    else:
        _change_keyword(keyword, wish.keyword, wish.whole_word)


def _add_keyword(session: Session, row: Filter, keyword: str, whole_word: bool) -> FilterKeyword:
    session.flush()
    of_owner = (
        select(func.count())
        .select_from(FilterKeyword)
        .join(Filter, Filter.id == FilterKeyword.filter_id)
        .where(Filter.owner_id == row.owner_id)
    )
    if (session.scalar(of_owner) or 0) >= MAX_KEYWORDS:
        raise Invalid(Sentence("There can be %(most)s keywords at most.", most=MAX_KEYWORDS), field="keyword")
    added = FilterKeyword(filter_id=row.id, keyword=_checked_keyword(keyword), whole_word=whole_word)
    session.add(added)
    return added


def _change_keyword(row: FilterKeyword, keyword: str | None, whole_word: bool | None) -> None:
    if keyword is not None:
        row.keyword = _checked_keyword(keyword)
    if whole_word is not None:
        row.whole_word = whole_word


def _changed(session: Session, row: Filter) -> FilterView:
    _announce(session, row.owner_id)
    session.flush()
    return get_filter(session, row.owner_id, row.id)


def _announce(session: Session, owner_id: int) -> None:
    announce(session, CHANGED, CACHE)
    emit(session, FiltersChanged(owner_id))


def _checked_title(title: str) -> str:
    title = title.strip()
    if not title:
        raise Invalid(Sentence("A filter needs a title."), field="title", reason="blank")
    if len(title) > MAX_TITLE_CHARACTERS:
        raise Invalid(
            Sentence("A title has %(most)s characters at most.", most=MAX_TITLE_CHARACTERS),
            field="title",
            reason="too-long",
        )
    return title


def _checked_keyword(keyword: str) -> str:
    keyword = keyword.strip()
    if not fold(keyword):
        raise Invalid(Sentence("A keyword needs a character."), field="keyword", reason="blank")
    if len(keyword) > MAX_KEYWORD_CHARACTERS:
        raise Invalid(
            Sentence("A keyword has %(most)s characters at most.", most=MAX_KEYWORD_CHARACTERS),
            field="keyword",
            reason="too-long",
        )
    return keyword


def _checked_contexts(contexts: Sequence[str]) -> list[str]:
    if not contexts or any(context not in CONTEXTS for context in contexts):
        raise Invalid(f"A context is one of {', '.join(CONTEXTS)}.", field="context")
    return list(dict.fromkeys(contexts))


def _checked_action(action: str) -> str:
    if action not in list(FilterAction):
        raise Invalid(Sentence("A filter warns, hides or blurs."), field="action", reason="inclusion")
    return action


def _checked_end(session: Session, lasting: Lasting) -> datetime | None:
    if lasting.until is not None and lasting.until <= now_of(session):
        raise Invalid(Sentence("A filter ends in the future."), field="expires_at")
    return lasting.until
