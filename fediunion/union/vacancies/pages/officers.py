"""/admin/vacancies and /admin/employers: what is hidden, who sends how much, and official sites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.vacancies.models import Employer, Vacancy, VacancySource, VacancyState
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.queries import tellings_of
from fediunion.union.vacancies.service.doubts import SOURCE_DOMAIN, doubts_about
from fediunion.union.vacancies.service.employers import MOST_DOMAINS, list_employers
from fediunion.union.vacancies.service.judging import clear_suspect, remove_suspect
from fediunion.union.vacancies.service.rows import notice_of
from fediunion.union.vacancies.service.verifying import verify_employer
from fediunion.union.vacancies.terms.text_rules import REASONS
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

VACANCIES: Final = "/admin/vacancies"
EMPLOYERS: Final = "/admin/employers"
_MOST: Final = 100
_CLEARED: Final = Sentence("The vacancy is shown.")
_REMOVED: Final = Sentence("The vacancy is removed here.")
_CONFIRMED: Final = Sentence("These sites are the employer's own; what waited for that is published.")
_OTHER_SITE: Final = Sentence("Its address is not on a site that is known as the employer's own.")


@dataclass(frozen=True)
class Suspect:
    """A hidden vacancy: why, each reason with the words that it is about, and whose it is."""

    shown: ShownVacancy
    doubts: Sequence[tuple[Sentence, str]]

    @property
    def senders(self) -> Sequence[str]:
        """The handles of the boards that told it."""
        return [f"@{each.board.username}@{each.board.handle_host}" for each in self.shown.tellings]


@dataclass(frozen=True)
class Sender:
    """A server with the number of notices that are here from it, and when the last one came."""

    host: str
    count: int
    last_at: datetime


async def show_vacancies(visit: Visit) -> Response:
    """GET /admin/vacancies: hidden ones with their reasons, and from where how many came."""
    suspects, senders = await read_as(visit, Role.MODERATOR, _load)
    return page(
        visit,
        "vacancies/officers.html",
        active="vacancies-admin",
        suspects=suspects,
        senders=senders,
        is_cut=len(suspects) == _MOST,
    )


async def clear(visit: Visit, form: Form) -> Response:
    """POST /admin/vacancies/{id}/clear: shows it."""
    number = id_in_path(visit)
    await write_as(visit, Role.MODERATOR, lambda session, officer: clear_suspect(session, number, by=officer))
    return see_other(visit, VACANCIES, _CLEARED)


async def remove(visit: Visit, form: Form) -> Response:
    """POST /admin/vacancies/{id}/remove: takes it away."""
    number = id_in_path(visit)
    await write_as(
        visit, Role.MODERATOR, lambda session, officer: remove_suspect(session, number, by=officer)
    )
    return see_other(visit, VACANCIES, _REMOVED)


async def show_employers(visit: Visit) -> Response:
    """GET /admin/employers: employers, their sites, and whose word that is."""
    return await _employers(visit)


async def confirm(visit: Visit, form: Form) -> Response:
    """POST /admin/employers: notes which sites are an employer's own."""
    name, domains = form.get("employer", ""), form.get("domains", "").split()

    def work(session: Session, officer: Officer) -> Employer:
        if not domains:
            raise Invalid(Sentence("Name at least one site."), field="domains")
        return verify_employer(session, name, domains, by=officer.handle)

    try:
        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _employers(visit, form, {error.field: sentence_of(error)})
    return see_other(visit, EMPLOYERS, _CONFIRMED)


async def _employers(
    visit: Visit,
    typed: Mapping[str, str] = MappingProxyType({}),
    problems: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    def load(session: Session, _officer: Officer) -> Sequence[Employer]:
        return list_employers(session)

    return page(
        visit,
        "vacancies/employers.html",
        status=422 if problems else 200,
        active="employers",
        employers=await read_as(visit, Role.ADMIN, load),
        most=MOST_DOMAINS,
        typed=typed,
        problems=problems,
    )


def _load(session: Session, _officer: Officer) -> tuple[list[Suspect], list[Sender]]:
    hidden = select(Vacancy).where(Vacancy.hidden.is_(True), Vacancy.state != VacancyState.REMOVED)
    vacancies = session.scalars(hidden.order_by(Vacancy.id.desc()).limit(_MOST)).all()
    tellings = tellings_of(session, [each.id for each in vacancies])
    suspects = [
        Suspect(ShownVacancy(vacancy=each, tellings=tellings.get(each.id, ())), _doubts(session, each))
        for each in vacancies
    ]
    rows = session.execute(
        select(Actor.host, func.count(), func.max(VacancySource.received_at))
        .join(VacancySource, VacancySource.board_id == Actor.id)
        .where(Actor.local.is_(False))
        .group_by(Actor.host)
        .order_by(func.count().desc(), Actor.host)
        .limit(_MOST)
    )
    return suspects, [Sender(host or "", count, last_at) for host, count, last_at in rows]


def _doubts(session: Session, vacancy: Vacancy) -> list[tuple[Sentence, str]]:
    return [
        (_OTHER_SITE if each.reason == SOURCE_DOMAIN else REASONS[each.reason], each.phrase)
        for each in doubts_about(session, notice_of(vacancy), believed=False)
    ]


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(VACANCIES, show_vacancies, to=Who.MODERATOR),
    sent(f"{VACANCIES}/{{id:int}}/clear", clear, to=Who.MODERATOR),
    sent(f"{VACANCIES}/{{id:int}}/remove", remove, to=Who.MODERATOR),
    shown(EMPLOYERS, show_employers, to=Who.ADMIN),
    sent(EMPLOYERS, confirm, to=Who.ADMIN),
)
