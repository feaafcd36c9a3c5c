"""The vacancies of the story: published by boards of several unions, who show each other's."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from fediunion.actors.queries import find_local_actor
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.service import create_draft, publish_vacancy
from fediunion.union.vacancies.service.employers import confirm_employer
from scripts.pictures.stage import HERE, Stage, domain_of, name_of
from tests.fakes import bonds
from tests.union.vacancies.samples import notice


async def bring_together(stage: Stage) -> None:
    """Let the unions of the story be affiliated with the one whose pages are shown."""
    for domain in stage.story["network"]:
        await bonds.affiliate(stage.here, stage.unions[domain])
    await stage.settle()


async def advertise(stage: Stage, line: Mapping[str, Any]) -> None:
    """Let a board publish a sample, or keep it as a draft; `as` names it in addresses of pages."""
    told = notice(line["sample"])

    def work(session: Session) -> Vacancy:
        board = find_local_actor(session, name_of(line["by"]))
        assert board is not None, line["by"]
        if line.get("official", True):
            confirm_employer(session, told.employer, told.verified_domains, by=f"@marta.v@{HERE}")
        vacancy = create_draft(session, board, told, by=f"@marta.v@{HERE}")
        if not line.get("draft"):
            publish_vacancy(session, vacancy, by=f"@marta.v@{HERE}")
        return vacancy

    vacancy = await stage.unions[domain_of(line["by"])].world.db.write(work)
    if "as" in line:
        stage.places[line["as"]] = vacancy.slug
    await stage.settle()
