"""Collections: reads. What is shown of one depends on who asks, and on who still agrees to be in it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import known_to
from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import NotFound
from fediunion.social.collections.models import Collection, CollectionItem
from fediunion.social.follows.models import Block


@dataclass(frozen=True)
class CollectionView:
    """A collection as somebody sees it: its owner, and its items with their accounts, in their order."""

    collection: Collection
    owner: Actor
    items: Sequence[tuple[CollectionItem, Actor]]


def agrees() -> ColumnElement[bool]:
    """Return the condition on Actor that an account agrees to be in collections.

    One of ours does so by being discoverable, which a member says for itself, and which nobody can be who
    is not public. Others cannot be asked: who is not asked does not agree.
    """
    living = and_(Actor.deleted_at.is_(None), Actor.suspended_at.is_(None))
    return and_(living, Actor.local, Actor.discoverable, Actor.reach == Reach.PUBLIC)


def get_collection(session: Session, collection_id: int, viewer: Viewer) -> CollectionView:
    """Return a collection. Raises NotFound where it is not there for the viewer."""
    found = _views(session, viewer, Collection.id == collection_id, limit=1)
    if not found:
        raise NotFound("There is no such collection.")
    return found[0]


def list_collections(
    session: Session, owner_id: int, viewer: Viewer, *, limit: int, offset: int
) -> list[CollectionView]:
    """Return the collections of an account, the latest first."""
    return _views(session, viewer, Collection.owner_id == owner_id, limit=limit, offset=offset)


def list_collections_with(
    session: Session, actor_id: int, viewer: Viewer, *, limit: int, offset: int
) -> list[CollectionView]:
    """Return the collections in which an account is shown, the latest first."""
    item, shown = aliased(CollectionItem), exists().where(Actor.id == actor_id, agrees())
    is_in = exists().where(
        item.collection_id == Collection.id, item.actor_id == actor_id, item.revoked_at.is_(None)
    )
    return _views(session, viewer, and_(is_in, shown), limit=limit, offset=offset)


def _views(
    session: Session, viewer: Viewer, condition: ColumnElement[bool], *, limit: int, offset: int = 0
) -> list[CollectionView]:
    owner = aliased(Actor)
    rows = session.execute(
        select(Collection, owner)
        .join(owner, owner.id == Collection.owner_id)
        .where(
            condition, known_to(viewer, owner), owner.suspended_at.is_(None), not_(_blocked(viewer, owner))
        )
        .order_by(Collection.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    items: dict[int, list[tuple[CollectionItem, Actor]]] = defaultdict(list)
    in_them = session.execute(
        select(CollectionItem, Actor)
        .join(Actor, Actor.id == CollectionItem.actor_id)
        .where(
            CollectionItem.collection_id.in_([collection.id for collection, _ in rows]),
            CollectionItem.revoked_at.is_(None),
            agrees(),
            not_(_blocked(viewer, Actor)),
        )
        .order_by(CollectionItem.id)
    )
    for item, actor in in_them:
        items[item.collection_id].append((item, actor))
    return [CollectionView(collection, owner, items[collection.id]) for collection, owner in rows]


def _blocked(viewer: Viewer, actor: type[Actor]) -> ColumnElement[bool]:
    """Return the condition that the viewer and an account have blocked each other, one way or both."""
    one, who = aliased(Block), viewer.actor_id
    return exists().where(
        or_(
            and_(one.blocker_id == who, one.blocked_id == actor.id),
            and_(one.blocker_id == actor.id, one.blocked_id == who),
        )
    )
