"""Notes and recommendations: reads."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import known_to
from fediunion.actors.viewer import Viewer
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.annotations.models import AccountNote, Endorsement


def notes_about(session: Session, actor_id: int, about_ids: Iterable[int]) -> dict[int, str]:
    """Return what `actor_id` noted about these accounts, by their ids."""
    statement = select(AccountNote.about_id, AccountNote.text).where(
        AccountNote.actor_id == actor_id, AccountNote.about_id.in_(list(about_ids))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def endorsed_among(session: Session, actor_id: int, endorsed_ids: Iterable[int]) -> set[int]:
    """Return which of these accounts `actor_id` recommends."""
    statement = select(Endorsement.endorsed_id).where(
        Endorsement.actor_id == actor_id, Endorsement.endorsed_id.in_(list(endorsed_ids))
    )
    return set(session.scalars(statement))


def list_endorsed(session: Session, actor_id: int, page: Page, viewer: Viewer) -> Sequence[tuple[int, Actor]]:
    """Return (row id, actor) of whom `actor_id` recommends, newest first, of whom `viewer` may know of."""
    statement = (
        select(Endorsement.id, Actor)
        .join(Actor, Actor.id == Endorsement.endorsed_id)
        .where(Endorsement.actor_id == actor_id, known_to(viewer), Actor.suspended_at.is_(None))
    )
    rows = session.execute(paged(statement, Endorsement.id, page)).all()
    return page.newest_first([(row_id, actor) for row_id, actor in rows])
