"""Accounts as somebody may know of them: reads."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_handle, known_to
from fediunion.actors.viewer import Viewer
from fediunion.db import settings_of
from fediunion.kit.errors import NotFound


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
