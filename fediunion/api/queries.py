"""Reads that only the client interface asks: accounts as a caller may know them, who liked, search."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor, Instance
from fediunion.actors.queries import find_actor_by_handle, known_to
from fediunion.actors.viewer import Viewer
from fediunion.api.models import TimelineMarker
from fediunion.db import settings_of
from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.kit.text import Mention, find_mentions
from fediunion.social.follows.models import Follow, FollowState, MemberDomainBlock
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.service.publishing import ceiling_of
from fediunion.social.posts.visibility import visible_to


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
