"""Lists: reads. A list is there for its owner alone."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.lists.models import AccountList, ListedAccount


def find_list(session: Session, owner_id: int, list_id: int) -> AccountList | None:
    """Return the owner's list of that number, or None."""
    return session.scalar(
        select(AccountList).where(AccountList.id == list_id, AccountList.owner_id == owner_id)
    )


def get_list(session: Session, owner_id: int, list_id: int) -> AccountList:
    """Return the owner's list of that number. Raises NotFound."""
    found = find_list(session, owner_id, list_id)
    if found is None:
        raise NotFound("There is no such list.")
    return found


def list_lists(session: Session, owner_id: int) -> Sequence[AccountList]:
    """Return all lists of an owner, the oldest first."""
    statement = select(AccountList).where(AccountList.owner_id == owner_id).order_by(AccountList.id)
    return session.scalars(statement).all()


def list_lists_with(session: Session, owner_id: int, actor_id: int) -> Sequence[AccountList]:
    """Return the owner's lists that an actor is on, the oldest first."""
    statement = (
        select(AccountList)
        .join(ListedAccount, ListedAccount.list_id == AccountList.id)
        .where(AccountList.owner_id == owner_id, ListedAccount.actor_id == actor_id)
        .order_by(AccountList.id)
    )
    return session.scalars(statement).all()


def list_members(session: Session, owner_id: int, list_id: int, page: Page) -> Sequence[Actor]:
    """Return the accounts on a list, by their ids, newest first. Raises NotFound."""
    get_list(session, owner_id, list_id)
    statement = (
        select(Actor)
        .join(ListedAccount, ListedAccount.actor_id == Actor.id)
        .where(ListedAccount.list_id == list_id, Actor.deleted_at.is_(None))
    )
    return page.newest_first(list(session.scalars(paged(statement, Actor.id, page))))
