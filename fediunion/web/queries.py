"""What strangers are shown: institutions, public members, their public posts, and the threads around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.domains import find_domain_actions
from fediunion.actors.fetching import asks_for_signatures
from fediunion.actors.models import Actor, ActorKind, DomainAction, Reach
from fediunion.actors.queries import find_visible_local_actor
from fediunion.actors.viewer import ANONYMOUS
from fediunion.db import settings_of
from fediunion.db.pages import paged
from fediunion.kit.errors import Gone, NotFound
from fediunion.kit.pages import Page
from fediunion.social.posts.models import Post, PostEdit
from fediunion.social.posts.queries import PostView, find_local_post, list_thread, views_of
from fediunion.social.posts.service.edits import list_versions
from fediunion.social.timelines.queries import account_page, tag_page

LATEST: Final = 20
REPLIES: Final = 100
"""So many replies are on one page of a thread (row R07)."""

_MOST_ABOVE: Final = 50
_MOST_INSTITUTIONS: Final = 50
_FOLLOWED_INSTITUTIONS: Final = (ActorKind.UNION, ActorKind.BOARD, ActorKind.FEED, ActorKind.GROUP)
_BEYOND: Final = (DomainAction.BLOCK, DomainAction.SILENCE)


@dataclass(frozen=True)
class Thread:
    """A post with what it answers, and one page of what answers it. `next_from` is None on the last page."""

    post: PostView
    above: Sequence[PostView]
    replies: Sequence[PostView]
    next_from: int | None


def list_institutions(session: Session) -> list[Actor]:
    """Return the union and its boards, feeds and groups, in the order in which they were made."""
    statement = (
        select(Actor)
        .where(
            Actor.local.is_(True),
            Actor.kind.in_(_FOLLOWED_INSTITUTIONS),
            Actor.deleted_at.is_(None),
            Actor.suspended_at.is_(None),
        )
        .order_by(Actor.id)
        .limit(_MOST_INSTITUTIONS)
    )
    return list(session.scalars(statement))


def list_news(session: Session, institutions: Sequence[Actor], *, limit: int = LATEST) -> list[PostView]:
    """Return the newest public posts of institutions, without boosts and replies.

    Each is one range of an index, cut before they are merged: it costs the same however much there is.
    """
    if not institutions:
        return []
    page = Page(limit=limit)
    parts = [
        paged(
            select(Post.id).where(
                Post.author_id == actor.id,
                Post.audience == Audience.PUBLIC,
                Post.deleted_at.is_(None),
                Post.boost_of_id.is_(None),
                Post.in_reply_to_uri.is_(None),
            ),
            Post.id,
            page,
        )
        for actor in institutions
    ]
    # SQLite takes no ORDER BY in a part of a UNION; as a sub-select it does.
    ids = sorted(session.scalars(union_all(*(select(part.subquery()) for part in parts))), reverse=True)
    return stranger_views(session, ids[:limit])


def get_page_actor(session: Session, name: str) -> Actor:
    """Return the institution or public member with that name.

    Raises NotFound alike for nobody, for who is hidden or followable, for who is suspended, and for
    members where even public things need a signature; Gone for who was public and is deleted.
    """
    actor = find_visible_local_actor(session, name)
    if actor is None or actor.reach != Reach.PUBLIC or actor.suspended_at is not None:
        raise NotFound(f"Nobody here is called {name}.")
    if actor.kind in (ActorKind.MEMBER, ActorKind.READER) and asks_for_signatures(settings_of(session)):
        raise NotFound(f"Nobody here is called {name}.")
    if actor.deleted_at is not None:
        raise Gone("This account was deleted.")
    return actor


def account_views(
    session: Session,
    actor: Actor,
    page: Page,
    *,
    replies: bool = False,
    media: bool = False,
    boosts: bool = True,
) -> tuple[list[PostView], int | None]:
    """Return a page of what an actor shows to strangers, and the id below which the next page begins."""
    ids = account_page(
        session,
        actor.id,
        ANONYMOUS,
        page,
        exclude_replies=not replies and not media,
        exclude_boosts=not boosts,
        only_media=media,
    )
    return stranger_views(session, ids), ids[-1] if len(ids) == page.limit else None


def pinned_views(session: Session, actor: Actor) -> list[PostView]:
    """Return what an actor shows first."""
    return stranger_views(session, account_page(session, actor.id, ANONYMOUS, Page(limit=5), pinned=True))


def tag_views(session: Session, name: str, page: Page) -> tuple[list[PostView], int | None]:
    """Return a page of this instance's public posts with a hashtag, and where the next begins."""
    ids = tag_page(session, ANONYMOUS, page, [name], local=True)
    return stranger_views(session, ids), ids[-1] if len(ids) == page.limit else None


def get_public_post(session: Session, name: str, slug: str) -> tuple[Actor, Post]:
    """Return an actor and one of its public or unlisted posts; raises as `get_page_actor`."""
    actor = get_page_actor(session, name)
    post = find_local_post(session, slug)
    if post is None or post.author_id != actor.id or not Audience(post.audience).is_public:
        raise NotFound("There is no such post.")
    if post.deleted_at is not None:
        raise Gone("This post was deleted.")
    if post.boost_of_id is not None:
        raise NotFound("There is no such post.")
    return actor, post


def get_thread(session: Session, name: str, slug: str, *, start: int = 0) -> Thread:
    """Return the thread around a public post, its replies from number `start`; raises as `get_page_actor`.

    What a stranger is not shown leaves no trace, and what answers it stays (row V07).
    """
    _, post = get_public_post(session, name, slug)
    above, below = list_thread(session, post, ANONYMOUS)
    wanted = below[start : start + REPLIES]
    views = stranger_views(session, [*above[-_MOST_ABOVE:], post.id, *wanted])
    by_id = {view.post.id: view for view in views}
    if post.id not in by_id:
        raise NotFound("There is no such post.")
    return Thread(
        post=by_id[post.id],
        above=[by_id[post_id] for post_id in above if post_id in by_id],
        replies=[by_id[post_id] for post_id in wanted if post_id in by_id],
        next_from=start + REPLIES if len(below) > start + REPLIES else None,
    )


def get_history(session: Session, name: str, slug: str) -> tuple[PostView, Sequence[PostEdit]]:
    """Return a public post with how it read before, oldest first; raises as `get_page_actor`."""
    _, post = get_public_post(session, name, slug)
    views, versions = stranger_views(session, [post.id]), list_versions(session, post)
    if not views or not versions:
        raise NotFound("There is no such page.")
    return views[0], versions


def stranger_views(session: Session, post_ids: Iterable[int]) -> list[PostView]:
    """Return the posts that pages show to strangers, in the order of `post_ids`.

    Beyond what anybody may read: nothing of members who are not public, whatever they boost, answer or are
    quoted by; nothing of servers that are blocked or silenced; and only institutions where even public
    things need a signature.
    """
    views = views_of(session, post_ids, ANONYMOUS)
    authors = {each.author.id: each.author for view in views for each in _parts(view)}
    shown = _shown_among(session, authors.values())
    found = []
    for view in views:
        if view.author.id not in shown or (view.boosted and view.boosted.author.id not in shown):
            continue
        found.append(_without_unshown_quotes(view, shown))
    return found


def _without_unshown_quotes(view: PostView, shown: frozenset[int]) -> PostView:
    if view.boosted is not None:
        return replace(view, boosted=_without_unshown_quotes(view.boosted, shown))
    quoted = view.quoted
    return view if quoted is None or quoted.author.id in shown else replace(view, quoted=None)


def _parts(view: PostView) -> Iterable[PostView]:
    yield view
    for inner in (view.boosted, view.quoted):
        if inner is not None:
            yield from _parts(inner)


def _shown_among(session: Session, actors: Iterable[Actor]) -> frozenset[int]:
    """Return the ids of those of these actors whose posts are shown to strangers."""
    strict, wanted = asks_for_signatures(settings_of(session)), list(actors)
    there = [actor for actor in wanted if actor.suspended_at is None and actor.deleted_at is None]
    away = [] if strict else [actor for actor in there if not actor.local and actor.silenced_at is None]
    rules = find_domain_actions(session, {actor.host for actor in away})
    here = {actor.id for actor in there if actor.local and _is_shown(actor, strict=strict)}
    return frozenset(here | {actor.id for actor in away if rules.get(actor.host) not in _BEYOND})


def _is_shown(actor: Actor, *, strict: bool) -> bool:
    person = actor.kind in (ActorKind.MEMBER, ActorKind.READER)
    return actor.reach == Reach.PUBLIC and not actor.pending and not (person and strict)
