"""Timelines of everybody: local, public, network and hashtags.

An audience is one range of an index. Several audiences, or hashtags, are cut to the page one by one and then
merged, so that a page costs the same however much there is.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, exists, select, union_all
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.viewer import Viewer
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.kit.text import normalise_hashtag
from fediunion.social.posts.models import Post, PostTag
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.queries.conditions import (
    has_media,
    is_no_reply_to_others,
    not_silenced,
    wanted_by,
)


def local_page(session: Session, viewer: Viewer, page: Page, *, only_media: bool = False) -> list[int]:
    """Return the ids of this instance's public posts; for members also those for the instance or network."""
    return _page(session, _audiences(viewer), viewer, page, local=True, only_media=only_media)


def public_page(
    session: Session, viewer: Viewer, page: Page, *, only_remote: bool = False, only_media: bool = False
) -> list[int]:
    """Return the ids of all public posts that we know; `only_remote`: those of other servers."""
    local = False if only_remote else None
    return _page(session, [Audience.PUBLIC], viewer, page, local=local, only_media=only_media)


def network_page(session: Session, viewer: Viewer, page: Page) -> list[int]:
    """Return the ids of what the affiliated unions write for each other; nothing for who is no member."""
    if not viewer.is_member:
        return []
    return _page(session, [Audience.NETWORK], viewer, page, local=None, only_media=False)


def tag_page(
    session: Session,
    viewer: Viewer,
    page: Page,
    any_of: Collection[str],
    *,
    all_of: Collection[str] = (),
    none_of: Collection[str] = (),
    local: bool | None = None,
    only_media: bool = False,
) -> list[int]:
    """Return the ids of posts with one of the hashtags `any_of`, all of `all_of` and none of `none_of`.

    `local` True: of this instance; False: of others. Only what is public, and for members what is for them
    (row V10): never what is for followers or addressees.
    """
    parts: list[Select[Any]] = []
    for name in dict.fromkeys(map(normalise_hashtag, any_of)):
        statement = (
            select(PostTag.post_id)
            .join(Post, Post.id == PostTag.post_id)
            .where(
                PostTag.name == name,
                Post.audience.in_(_audiences(viewer)),
                visible_to(viewer),
                wanted_by(session, viewer, Post.author_id),
                not_silenced(session, viewer),
            )
        )
        statement = statement.where(*(_is_tagged(tag) for tag in all_of))
        statement = statement.where(*(~_is_tagged(tag) for tag in none_of))
        if local is not None:
            statement = statement.where(Post.local.is_(local))
        if only_media:
            statement = statement.where(has_media())
        parts.append(paged(statement, PostTag.post_id, page))
    return _merged(session, parts, page)


def _page(
    session: Session,
    audiences: Sequence[Audience],
    viewer: Viewer,
    page: Page,
    *,
    local: bool | None,
    only_media: bool,
) -> list[int]:
    parts: list[Select[Any]] = []
    for audience in audiences:
        statement = select(Post.id).where(
            Post.audience == audience,
            Post.boost_of_id.is_(None),
            is_no_reply_to_others(),
            visible_to(viewer),
            wanted_by(session, viewer, Post.author_id),
            not_silenced(session, viewer),
        )
        if local is not None:
            statement = statement.where(Post.local.is_(local))
        if only_media:
            statement = statement.where(has_media())
        parts.append(paged(statement, Post.id, page))
    return _merged(session, parts, page)


def _merged(session: Session, parts: Sequence[Select[Any]], page: Page) -> list[int]:
    """Return one page of statements that are each cut to the page."""
    if not parts:
        return []
    if len(parts) == 1:
        return page.newest_first(list(session.scalars(parts[0])))
    # SQLite takes no ORDER BY in a part of a UNION; as a sub-select it does.
    rows = session.scalars(union_all(*(select(part.subquery()) for part in parts)))
    ids = sorted(set(rows), reverse=page.min_id is None)
    return page.newest_first(ids[: page.limit])


def _is_tagged(name: str) -> Any:
    return exists().where(PostTag.post_id == Post.id, PostTag.name == normalise_hashtag(name)).correlate(Post)


def _audiences(viewer: Viewer) -> list[Audience]:
    if viewer.is_member:
        return [Audience.PUBLIC, Audience.NETWORK, Audience.LOCAL]
    return [Audience.PUBLIC]
