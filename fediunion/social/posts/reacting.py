"""Who liked, boosted and quoted a post, as somebody may know of them: reads."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.queries import is_listed, known_to
from fediunion.actors.viewer import Viewer
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.visibility import visible_to


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
        .where(Post.boost_of_id == post_id, visible_to(viewer), known_to(viewer, booster), is_listed(booster))
    )
    rows = session.execute(paged(statement, Post.id, page))
    return page.newest_first([(row_id, actor) for row_id, actor in rows])


def list_quoting(session: Session, post_id: int, viewer: Viewer, page: Page) -> Sequence[int]:
    """Return the ids of the posts that quote a post with consent, of those that `viewer` may see."""
    statement = select(Post.id).where(
        Post.quote_of_id == post_id, Post.quote_state == "accepted", visible_to(viewer)
    )
    return page.newest_first(list(session.scalars(paged(statement, Post.id, page))))
