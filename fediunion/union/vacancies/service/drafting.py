"""Vacancies that an editor writes or imports: made, and changed."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.ids import new_slug
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.service.doubts import status_of_source
from fediunion.union.vacancies.service.publishing import tell_change
from fediunion.union.vacancies.service.rows import lock_vacancy, touch, write_notice

AUDIENCES = (Audience.PUBLIC, Audience.NETWORK)


def create_draft(
    session: Session, board: Actor, notice: Notice, *, by: str, audience: Audience = Audience.PUBLIC
) -> Vacancy:
    """Return a new draft on a board; nobody but its editors sees it. Raises Invalid, NotAllowed."""
    if not board.local or board.kind not in (ActorKind.BOARD, ActorKind.UNION) or board.deleted_at:
        raise NotAllowed(Sentence("Vacancies are published by a board or by the union itself."))
    if audience not in AUDIENCES:
        raise Invalid(Sentence("A vacancy is public, or for the network of unions."), field="audience")
    now = now_of(session)
    vacancy = Vacancy(
        slug=new_slug(),
        state=VacancyState.DRAFT,
        local=True,
        board_id=board.id,
        post_id=None,
        source_status=status_of_source(session, notice, believed=False),
        flags=[],
        hidden=False,
        audience=audience,
        posted_at=now,
        created_at=now,
        updated_at=now,
    )
    write_notice(vacancy, notice)
    touch(session, vacancy)
    session.add(vacancy)
    session.flush()
    record_audit(session, by=by, action="vacancy.draft", subject=board.uri, reason=vacancy.slug)
    return vacancy


def change_notice(session: Session, vacancy: Vacancy, notice: Notice, *, by: str) -> None:
    """Let a vacancy of ours say something else; everybody who may hold it is told.

    A later closing date extends it. Raises NotAllowed for what has ended, Invalid for a date in the past or
    for words that may not be published.
    """
    lock_vacancy(session, vacancy)
    if not vacancy.local or vacancy.state not in (VacancyState.DRAFT, *OPEN_STATES):
        raise NotAllowed(Sentence("A vacancy that has ended is not changed any more."))
    later = notice.closes_at > vacancy.closes_at
    if vacancy.state == VacancyState.DRAFT:
        write_notice(vacancy, notice)
        vacancy.source_status = status_of_source(session, notice, believed=False)
        touch(session, vacancy)
    else:
        tell_change(session, vacancy, notice, extended=later)
    record_audit(
        session,
        by=by,
        action="vacancy.extend" if later and vacancy.state != VacancyState.DRAFT else "vacancy.change",
        subject=vacancy.slug,
    )
