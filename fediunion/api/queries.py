"""Reads that only the client interface asks: accounts as a caller may know them, who liked, search."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance
from fediunion.actors.viewer import Viewer
from fediunion.api.models import TimelineMarker
from fediunion.db import settings_of
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.follows.models import Follow, FollowState, MemberDomainBlock
from fediunion.social.posts.models import Post


def find_post_by_address(session: Session, address: str) -> int | None:
    """Return the id of the known post whose id (URI) is `address`, or one of ours whose page it is."""
    page = f"{settings_of(session).base_url}/@"
    name, slash, slug = address.removeprefix(page).partition("/")
    if address.startswith(page) and name and slash:
        return session.scalar(select(Post.id).where(Post.slug == slug))
    return session.scalar(select(Post.id).where(Post.uri == address))


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
