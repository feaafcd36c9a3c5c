"""A board with vacancies in an instance: one is open, one waits for its editor."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from fediunion.actors.models import ActorKind
from fediunion.social.institutions.service import name_editor
from fediunion.union.vacancies.reading import read_notice
from fediunion.union.vacancies.service import create_draft, publish_vacancy
from fediunion.union.vacancies.service.employers import confirm_employer
from tests.social.builders import local_actor
from tests.union.vacancies.samples import current


def add_vacancies(session: Session, *, editor: str, words: str) -> Mapping[str, str]:
    """Add the board `jobs` with an editor; return what stands in addresses. `words` are long ones."""
    board = local_actor(session, "jobs", kind=ActorKind.BOARD)
    session.flush()
    name_editor(session, board, editor, by="olga")
    now = datetime.now(UTC)
    opened = read_notice(current("V-01"), now=now)
    confirm_employer(session, opened.employer, opened.verified_domains, by="olga")
    vacancy = create_draft(session, board, opened, by=editor)
    publish_vacancy(session, vacancy, by=editor)
    waiting = create_draft(
        session, board, read_notice(current("V-02") | {"title": words}, now=now), by=editor
    )
    return {"vacancy": vacancy.slug, "draft": waiting.slug}
