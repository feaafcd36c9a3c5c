"""Reports, and who has to look at them: reads."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.members.models import Member, MemberState, Role
from fediunion.social.moderation.models import Report, ReportNote


def get_report(session: Session, report_id: int) -> Report:
    """Return a report. Raises NotFound."""
    found = session.get(Report, report_id)
    if found is None:
        raise NotFound("There is no such report.")
    return found


def list_reports(
    session: Session,
    page: Page,
    *,
    resolved: bool = False,
    target_id: int | None = None,
    reporter_id: int | None = None,
    target_host: str | None = None,
) -> list[Report]:
    """Return reports, open or resolved ones, newest first; with `target_host` those about its actors."""
    statement = select(Report).where(Report.state == ("resolved" if resolved else "open"))
    if target_id is not None:
        statement = statement.where(Report.target_id == target_id)
    if reporter_id is not None:
        statement = statement.where(Report.reporter_id == reporter_id)
    if target_host is not None:
        statement = statement.join(Actor, Actor.id == Report.target_id).where(Actor.host == target_host)
    return page.newest_first(list(session.scalars(paged(statement, Report.id, page))))


def list_notes(session: Session, report_id: int) -> list[tuple[ReportNote, Actor | None]]:
    """Return the notes about a report with who wrote them, the oldest first."""
    statement = (
        select(ReportNote, Actor)
        .outerjoin(Actor, Actor.id == ReportNote.author_id)
        .where(ReportNote.report_id == report_id)
        .order_by(ReportNote.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def moderator_ids(session: Session) -> Sequence[int]:
    """Return the actors of the members who moderate."""
    statement = select(Member.actor_id).where(
        Member.role.in_([Role.MODERATOR, Role.ADMIN, Role.OWNER]), Member.state == MemberState.ACTIVE
    )
    return session.scalars(statement).all()
