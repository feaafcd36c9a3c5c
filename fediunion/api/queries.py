"""Reads that only the client interface asks: accounts as a caller may know them, who liked, search."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor, ActorKind, Instance, Reach
from fediunion.actors.queries import find_actor_by_handle
from fediunion.actors.viewer import Viewer
from fediunion.api.models import IdempotencyKey, TimelineMarker
from fediunion.db import settings_of
from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.kit.text import Mention, find_mentions, normalise_hashtag
from fediunion.social.follows.models import Follow, FollowState, MemberDomainBlock
from fediunion.social.posts.models import Favourite, Post, PostTag
from fediunion.social.posts.service.publishing import ceiling_of
from fediunion.social.posts.visibility import visible_to

_ESCAPE = "\\"


def known_to(viewer: Viewer, actor: type[Actor] = Actor) -> ColumnElement[bool]:
    """Return the condition on Actor, or an alias of it, that holds for whom `viewer` may know of.

    A hidden member exists for members only (decision 8); whoever is deleted for nobody, and the actor that
    reads for hidden members is no account.
    """
    there = actor.deleted_at.is_(None) & (actor.kind != ActorKind.READER)
    return there if viewer.is_member else there & or_(~actor.local, actor.reach != Reach.HIDDEN)


def find_account(session: Session, actor_id: int, viewer: Viewer) -> Actor | None:
    """Return an account, or None for one that is not there for `viewer`."""
    return session.scalar(select(Actor).where(Actor.id == actor_id, known_to(viewer)))


def get_account(session: Session, actor_id: int, viewer: Viewer) -> Actor:
    """Return an account. Raises NotFound for one that is not there for `viewer`."""
    actor = find_account(session, actor_id, viewer)
    if actor is None:
        raise NotFound("There is no such account.")
    return actor


def list_accounts(session: Session, actor_ids: Iterable[int], viewer: Viewer) -> list[Actor]:
    """Return those of the accounts that are there for `viewer`, in the order given."""
    wanted = list(actor_ids)
    found = {a.id: a for a in session.scalars(select(Actor).where(Actor.id.in_(wanted), known_to(viewer)))}
    return [found[actor_id] for actor_id in wanted if actor_id in found]


def find_account_by_acct(session: Session, acct: str, viewer: Viewer) -> Actor | None:
    """Return the account that `name` or `name@host` means, with or without a leading @, if it is known."""
    username, _, host = acct.strip().removeprefix("acct:").removeprefix("@").partition("@")
    return find_actor_by_handle(session, username, host or None, known_to(viewer))


def find_account_by_address(session: Session, address: str, viewer: Viewer) -> Actor | None:
    """Return the known account whose id is `address`, or one of ours whose page it is."""
    page = f"{settings_of(session).base_url}/@"
    if address.startswith(page):
        return find_account_by_acct(session, address.removeprefix(page), viewer)
    return session.scalar(select(Actor).where(Actor.uri == address, known_to(viewer)))


def find_post_by_address(session: Session, address: str) -> int | None:
    """Return the id of the known post whose id (URI) is `address`, or one of ours whose page it is."""
    page = f"{settings_of(session).base_url}/@"
    name, slash, slug = address.removeprefix(page).partition("/")
    if address.startswith(page) and name and slash:
        return session.scalar(select(Post.id).where(Post.slug == slug))
    return session.scalar(select(Post.id).where(Post.uri == address))


def search_accounts(
    session: Session, text: str, viewer: Viewer, *, limit: int, offset: int, following: bool
) -> Sequence[Actor]:
    """Return accounts whose name begins with `text` or whose display name contains it, ours first.

    Nothing in `text` is a wildcard (row O16).
    """
    username, at, host = text.strip().removeprefix("@").lower().partition("@")
    pattern = _literal(username)
    matches: ColumnElement[bool] = Actor.username_key.like(f"{pattern}%", escape=_ESCAPE)
    if at:
        matches = matches & Actor.handle_host.like(f"{_literal(host)}%", escape=_ESCAPE)
    else:
        matches = matches | func.lower(Actor.display_name).like(f"%{pattern}%", escape=_ESCAPE)
    statement = select(Actor).where(matches, known_to(viewer), Actor.suspended_at.is_(None))
    if following:
        statement = statement.join(Follow, Follow.followed_id == Actor.id).where(
            Follow.follower_id == viewer.actor_id, Follow.state == FollowState.ACCEPTED
        )
    ordered = statement.order_by(Actor.local.desc(), Actor.username_key, Actor.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all()


def search_tags(session: Session, text: str, *, limit: int, offset: int) -> Sequence[str]:
    """Return hashtags that begin with `text` and are used in posts that anybody may read."""
    name = normalise_hashtag(text.strip())
    if not name:
        return []
    statement = (
        select(PostTag.name)
        .join(Post, Post.id == PostTag.post_id)
        .where(PostTag.name.like(f"{_literal(name)}%", escape=_ESCAPE), visible_to(Viewer()))
        .distinct()
        .order_by(PostTag.name)
    )
    return session.scalars(statement.limit(limit).offset(offset)).all()


def search_own_posts(session: Session, text: str, viewer: Viewer, page: Page, offset: int) -> Sequence[int]:
    """Return the ids of the reader's own posts whose words contain `text`, newest first."""
    words = text.strip().lower()
    if not words or viewer.actor_id is None:
        return []
    statement = select(Post.id).where(
        Post.author_id == viewer.actor_id,
        Post.deleted_at.is_(None),
        func.lower(Post.source).like(f"%{_literal(words)}%", escape=_ESCAPE),
    )
    return session.scalars(paged(statement, Post.id, page).offset(offset)).all()


def _literal(text: str) -> str:
    """Return a text for LIKE in which nothing is a wildcard."""
    return text.replace(_ESCAPE, _ESCAPE * 2).replace("%", f"{_ESCAPE}%").replace("_", f"{_ESCAPE}_")


def unknown_handles(session: Session, actor_id: int, text: str) -> list[Mention]:
    """Return the mentions of other servers' accounts in `text` that are not stored yet.

    Nobody's, where the author's posts stay on the instance anyway: asking would tell others.
    """
    author = session.get(Actor, actor_id)
    if author is None or not ceiling_of(author).leaves_the_instance:
        return []
    return [
        mention
        for mention in find_mentions(text)
        if mention.host is not None and find_actor_by_handle(session, mention.username, mention.host) is None
    ]


def list_favouriters(session: Session, post_id: int, viewer: Viewer, page: Page) -> list[tuple[int, Actor]]:
    """Return (favourite id, actor) of who likes a post, of those whom `viewer` may know of."""
    statement = (
        select(Favourite.id, Actor)
        .join(Actor, Actor.id == Favourite.actor_id)
        .where(Favourite.post_id == post_id, known_to(viewer))
    )
    rows = session.execute(paged(statement, Favourite.id, page))
    return page.newest_first([(row_id, actor) for row_id, actor in rows])


def list_boosters(session: Session, post_id: int, viewer: Viewer, page: Page) -> list[tuple[int, Actor]]:
    """Return (boost id, actor) of who boosted a post, of the boosts that `viewer` may see."""
    booster = aliased(Actor)
    statement = (
        select(Post.id, booster)
        .join(booster, booster.id == Post.author_id)
        .where(Post.boost_of_id == post_id, visible_to(viewer), known_to(viewer, booster))
    )
    rows = session.execute(paged(statement, Post.id, page))
    return page.newest_first([(row_id, actor) for row_id, actor in rows])


def list_quoting(session: Session, post_id: int, viewer: Viewer, page: Page) -> Sequence[int]:
    """Return the ids of the posts that quote a post with consent, of those that `viewer` may see."""
    statement = select(Post.id).where(
        Post.quote_of_id == post_id, Post.quote_state == "accepted", visible_to(viewer)
    )
    return page.newest_first(list(session.scalars(paged(statement, Post.id, page))))


def list_blocked_hosts(session: Session, viewer: Viewer, page: Page) -> list[tuple[int, str]]:
    """Return (row id, host) of the servers that a member blocks, newest first."""
    statement = select(MemberDomainBlock.id, MemberDomainBlock.host).where(
        MemberDomainBlock.actor_id == viewer.actor_id
    )
    rows = session.execute(paged(statement, MemberDomainBlock.id, page))
    return page.newest_first([(row_id, host) for row_id, host in rows])


def list_peers(session: Session) -> Sequence[str]:
    """Return the servers that are known, by name."""
    return session.scalars(select(Instance.host).order_by(Instance.host)).all()


def count_peers(session: Session) -> int:
    """Return how many servers are known."""
    return session.scalar(select(func.count()).select_from(Instance)) or 0


def count_requests(session: Session, actor_id: int) -> int:
    """Return how many follows wait for an answer."""
    statement = select(func.count()).where(
        Follow.followed_id == actor_id, Follow.state == FollowState.REQUESTED
    )
    return session.scalar(statement) or 0


def find_markers(session: Session, actor_id: int, timelines: Sequence[str]) -> Sequence[TimelineMarker]:
    """Return how far a member read the named timelines."""
    return session.scalars(
        select(TimelineMarker).where(
            TimelineMarker.actor_id == actor_id, TimelineMarker.timeline.in_(timelines)
        )
    ).all()


def find_idempotent(session: Session, actor_id: int, key_hash: str) -> int | None:
    """Return the id of the post that a member's request with this key made."""
    return session.scalar(
        select(IdempotencyKey.post_id).where(
            IdempotencyKey.actor_id == actor_id, IdempotencyKey.key_hash == key_hash
        )
    )
