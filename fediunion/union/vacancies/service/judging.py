"""What moderators do about vacancies that look like a fraud: they clear them, or take them away."""

from sqlalchemy.orm import Session

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.officers import Officer
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.service.ending import remove_vacancy
from fediunion.union.vacancies.service.remote import clear_of_doubt


def get_suspect(session: Session, vacancy_id: int) -> Vacancy:
    """Return a vacancy that is hidden for its doubts; raise NotFound for any other."""
    vacancy = session.get(Vacancy, vacancy_id, with_for_update=True)
    if vacancy is None or not vacancy.hidden:
        raise NotFound(Sentence("There is no such vacancy."))
    return vacancy


def clear_suspect(session: Session, vacancy_id: int, *, by: Officer) -> None:
    """Show a vacancy that was hidden: a person says that it is in order. Raises NotFound."""
    vacancy = get_suspect(session, vacancy_id)
    clear_of_doubt(session, vacancy)
    record_audit(
        session, by=by.handle, action="vacancy.clear", subject=vacancy.slug, reason=", ".join(vacancy.flags)
    )


def remove_suspect(session: Session, vacancy_id: int, *, by: Officer) -> None:
    """Take a vacancy that was hidden out of everything here. Raises NotFound."""
    vacancy = get_suspect(session, vacancy_id)
    reasons = ", ".join(vacancy.flags)
    remove_vacancy(session, vacancy)
    vacancy.hidden = False
    record_audit(session, by=by.handle, action="vacancy.remove", subject=vacancy.slug, reason=reasons)
