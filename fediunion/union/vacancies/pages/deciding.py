"""/boards/{name}/{slug}/publish, extend and end: each says first what will be sent to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.vacancies.models import ENDED_STATES, OPEN_STATES, Vacancy, VacancyState
from fediunion.union.vacancies.pages.choices import choices_for_form
from fediunion.union.vacancies.pages.drafts import BOARDS, Preview, preview_of
from fediunion.union.vacancies.pages.fields import problems_of
from fediunion.union.vacancies.pages.readers import board_in_path
from fediunion.union.vacancies.pages.receivers import (
    servers_of_change,
    servers_of_news,
    servers_that_hold,
)
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.queries import find_own_vacancy
from fediunion.union.vacancies.service import change_notice, end_vacancy, publish_vacancy
from fediunion.union.vacancies.service.rows import notice_of
from fediunion.union.vacancies.terms.closing import read_closing
from fediunion.union.vacancies.terms.source import SourceStatus
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

_OWN: Final = f"{BOARDS}/{{name}}/{{slug}}"
_PUBLISHED: Final = Sentence("The vacancy is published.")
_HERE_ALONE: Final = Sentence("The vacancy is open here, marked as unverified. It was sent to nobody.")
_EXTENDED: Final = Sentence("The vacancy is extended.")
_ENDED: Final = Sentence("The vacancy has ended; those who have it are told.")
_THROWN: Final = Sentence("The draft is gone.")
_EARLIER: Final = Sentence("This is not later than the closing date that it has.")
ENDS: Final = (
    (VacancyState.FILLED, Sentence("Filled"), Sentence("Somebody was found.")),
    (VacancyState.CLOSED, Sentence("Closed"), Sentence("No more applications are taken.")),
    (VacancyState.WITHDRAWN, Sentence("Withdrawn"), Sentence("The employer took it back.")),
)


@dataclass(frozen=True)
class _Stand:
    board: Actor
    vacancy: Vacancy
    servers: Sequence[str]
    preview: Preview | None = None


async def show_publish(visit: Visit) -> Response:
    """GET …/publish: how it reads, what it is doubted for, and who gets it."""
    return _publish_page(visit, await visit.world.db.read(_draft, visit))


async def publish(visit: Visit, form: Form) -> Response:
    """POST …/publish: opens it, and sends it."""
    try:
        verified = await visit.world.db.write(_publish, visit)
    except Invalid as error:
        stand = await visit.world.db.read(_draft, visit)
        return _publish_page(visit, stand, {"": sentence_of(error)})
    slug = visit.request.path_params["slug"]
    return see_other(visit, f"/vacancies/{slug}", _PUBLISHED if verified else _HERE_ALONE)


async def show_extend(visit: Visit) -> Response:
    """GET …/extend: another closing date, and who hears of it."""
    return _extend_page(visit, await visit.world.db.read(_opened, visit), {})


async def extend(visit: Visit, form: Form) -> Response:
    """POST …/extend: lets it close later."""
    try:
        await visit.world.db.write(_extend, visit, form)
    except Invalid as error:
        stand = await visit.world.db.read(_opened, visit)
        return _extend_page(visit, stand, form, problems_of(error))
    return see_other(visit, f"/vacancies/{visit.request.path_params['slug']}", _EXTENDED)


async def show_end(visit: Visit) -> Response:
    """GET …/end: how it ended, and who hears of it; of a draft, whether it goes."""
    return _end_page(visit, await visit.world.db.read(_ending, visit))


async def end(visit: Visit, form: Form) -> Response:
    """POST …/end: ends it; a draft is gone."""
    how = form.get("how", "")
    if how not in ENDED_STATES:
        stand = await visit.world.db.read(_ending, visit)
        return _end_page(visit, stand, {"how": Sentence("Choose how it ended.")})
    was_draft = await visit.world.db.write(_end, visit, VacancyState(how))
    board = visit.request.path_params["name"]
    return see_other(visit, f"{BOARDS}/{board}", _THROWN if was_draft else _ENDED)


def _find(session: Session, visit: Visit, states: Sequence[VacancyState]) -> tuple[Actor, Vacancy]:
    board = board_in_path(session, visit)
    vacancy = find_own_vacancy(session, board, visit.request.path_params["slug"])
    if vacancy is None or vacancy.state not in states:
        raise NotFound(Sentence("There is no such vacancy."))
    return board, vacancy


def _draft(session: Session, visit: Visit) -> _Stand:
    board, vacancy = _find(session, visit, (VacancyState.DRAFT,))
    preview = preview_of(session, visit, board, vacancy, notice_of(vacancy))
    sent_out = vacancy.source_status == SourceStatus.VERIFIED
    return _Stand(
        board, vacancy, servers_of_news(session, board, vacancy.audience) if sent_out else (), preview
    )


def _opened(session: Session, visit: Visit) -> _Stand:
    board, vacancy = _find(session, visit, OPEN_STATES)
    return _Stand(board, vacancy, servers_of_change(session, board, vacancy))


def _ending(session: Session, visit: Visit) -> _Stand:
    board, vacancy = _find(session, visit, (VacancyState.DRAFT, *OPEN_STATES))
    return _Stand(board, vacancy, servers_that_hold(session, board, vacancy))


def _publish(session: Session, visit: Visit) -> bool:
    _, vacancy = _find(session, visit, (VacancyState.DRAFT,))
    publish_vacancy(session, vacancy, by=visit.member.handle)
    return vacancy.source_status == SourceStatus.VERIFIED


def _extend(session: Session, visit: Visit, form: Form) -> None:
    _, vacancy = _find(session, visit, OPEN_STATES)
    notice = notice_of(vacancy)
    day, clock = form.get("closes_day", "").strip(), form.get("closes_time", "").strip() or "23:59"
    zone = form.get("closing_zone", "").strip() or notice.closes_zone
    closing = read_closing(f"{day} {clock}", zone=zone, now=visit.reader.now, field="validThrough")
    if closing.at <= notice.closes_at:
        raise Invalid(_EARLIER, field="validThrough")
    later = replace(notice, closes_at=closing.at, closes_zone=closing.zone)
    change_notice(session, vacancy, later, by=visit.member.handle)


def _end(session: Session, visit: Visit, how: VacancyState) -> bool:
    _, vacancy = _find(session, visit, (VacancyState.DRAFT, *OPEN_STATES))
    was_draft = vacancy.state == VacancyState.DRAFT
    end_vacancy(session, vacancy, VacancyState.WITHDRAWN if was_draft else how, by=visit.member.handle)
    return was_draft


def _publish_page(
    visit: Visit, stand: _Stand, problems: Mapping[str, str] = MappingProxyType({})
) -> Response:
    return _page(
        visit,
        "vacancies/publish.html",
        stand,
        problems=problems,
        preview=stand.preview,
        is_verified=stand.vacancy.source_status == SourceStatus.VERIFIED,
        is_officer=False,
    )


def _extend_page(
    visit: Visit,
    stand: _Stand,
    typed: Mapping[str, str],
    problems: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    zones = choices_for_form(visit)["zones"]
    return _page(visit, "vacancies/extend.html", stand, problems=problems, typed=typed, zones=zones)


def _end_page(visit: Visit, stand: _Stand, problems: Mapping[str, str] = MappingProxyType({})) -> Response:
    return _page(visit, "vacancies/end.html", stand, problems=problems, ends=ENDS)


def _page(
    visit: Visit, template: str, stand: _Stand, *, problems: Mapping[str, str], **values: object
) -> Response:
    return page(
        visit,
        template,
        status=422 if problems else 200,
        active="vacancies",
        board=stand.board,
        it=ShownVacancy(vacancy=stand.vacancy),
        is_draft=stand.vacancy.state == VacancyState.DRAFT,
        path=f"{BOARDS}/{stand.board.username}",
        own_path=f"{BOARDS}/{stand.board.username}/{stand.vacancy.slug}",
        servers=stand.servers,
        problems=problems,
        **values,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{_OWN}/publish", show_publish, to=Who.MEMBER),
    sent(f"{_OWN}/publish", publish, to=Who.MEMBER),
    shown(f"{_OWN}/extend", show_extend, to=Who.MEMBER),
    sent(f"{_OWN}/extend", extend, to=Who.MEMBER),
    shown(f"{_OWN}/end", show_end, to=Who.MEMBER),
    sent(f"{_OWN}/end", end, to=Who.MEMBER),
)
