"""/boards/{name}/…: the form of a vacancy, how it reads elsewhere, and what it is doubted for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.pages.choices import choices_for_form
from fediunion.union.vacancies.pages.fields import LABELS, Typed, notice_in, problems_of, typed_in, typed_of
from fediunion.union.vacancies.pages.previews import post_preview_of
from fediunion.union.vacancies.pages.readers import board_in_path, is_officer
from fediunion.union.vacancies.pages.receivers import servers_of_change
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.queries import find_own_vacancy
from fediunion.union.vacancies.service import change_notice, create_draft
from fediunion.union.vacancies.service.doubts import SOURCE_DOMAIN, doubts_about
from fediunion.union.vacancies.service.employers import list_employers
from fediunion.union.vacancies.service.rows import notice_of
from fediunion.union.vacancies.terms.text_rules import REASONS
from fediunion.web.forms import Form
from fediunion.web.previews import PostPreview
from fediunion.web.render import fragment, page
from fediunion.web.routes import UPLOADS, Who, see_other, sent_with_files, shown
from fediunion.web.visits import Visit

BOARDS: Final = "/boards"
_FORMS: Final = f"{UPLOADS}boards"
_SAVED: Final = Sentence("The draft is saved. Only the editors of this board see it.")
_CHANGED: Final = Sentence("The change is saved, and told to those who have the vacancy.")
_NEW: Final = "new"


@dataclass(frozen=True)
class ShownDoubt:
    """Why a notice is doubtful: what for, the words that it is about, and whether it may not be published."""

    reason: Sentence
    phrase: str
    forbids: bool


@dataclass(frozen=True)
class Preview:
    """How a notice reads elsewhere, and what it is doubted for; `missing` is what it lacks for that."""

    post_preview: PostPreview | None = None
    doubts: Sequence[ShownDoubt] = ()
    missing: Sequence[Sentence | str] = ()


@dataclass(frozen=True)
class _Place:
    """What the form stands on: the board, the vacancy where there is one, and who hears of it."""

    board: Actor
    vacancy: Vacancy | None
    servers: Sequence[str]
    employers: Sequence[str]


async def show_new(visit: Visit) -> Response:
    """GET /boards/{name}/new: the empty form."""
    place = await visit.world.db.read(_load, visit)
    return _form(visit, place, Typed())


async def show_draft(visit: Visit) -> Response:
    """GET /boards/{name}/{slug}: the form of a draft or an open vacancy; what has ended has none."""
    place = await visit.world.db.read(_load, visit)
    assert place.vacancy is not None  # else it is not found
    if place.vacancy.state not in (VacancyState.DRAFT, *OPEN_STATES):
        return RedirectResponse(f"/vacancies/{place.vacancy.slug}", 303)
    return _form(visit, place, typed_of(notice_of(place.vacancy), place.vacancy.audience))


async def take_new(visit: Visit, form: Form) -> Response:
    """POST …/new: shows how it would look, or keeps it as a draft."""
    return await _take(visit, form)


async def take_draft(visit: Visit, form: Form) -> Response:
    """POST …/{slug}: shows how it would look, or keeps the change."""
    return await _take(visit, form)


async def show_preview(visit: Visit, form: Form) -> Response:
    """POST …/preview: the part of the page with the preview, for the script that asks while one types."""
    slug = visit.request.query_params.get("vacancy", "")
    place = await visit.world.db.read(_load, visit, slug)
    preview = await visit.world.db.read(_preview, visit, place, typed_in(form))
    return fragment(visit, "vacancies/preview.html", preview=preview, is_officer=is_officer(visit))


async def _take(visit: Visit, form: Form) -> Response:
    typed, act = typed_in(form), form.get("act", "preview")
    place = await visit.world.db.read(_load, visit)
    if act == "preview":
        preview = await visit.world.db.read(_preview, visit, place, typed)
        return _form(visit, place, typed, preview=preview)
    try:
        slug, was_open = await visit.world.db.write(_keep, visit, typed)
    except Invalid as error:
        return _form(visit, place, typed, problems=problems_of(error))
    path = f"{BOARDS}/{place.board.username}/{slug}"
    if act == "publish" and not was_open:
        return see_other(visit, f"{path}/publish")
    return see_other(visit, path, _CHANGED if was_open else _SAVED)


def _keep(session: Session, visit: Visit, typed: Typed) -> tuple[str, bool]:
    """Keep what was typed; return the name of the vacancy, and whether it was open before."""
    place = _load(session, visit)
    vacancy, by = place.vacancy, visit.member.handle
    kept = None if vacancy is None else notice_of(vacancy)
    notice = notice_in(typed, now=visit.reader.now, kept=kept)
    if vacancy is None:
        audience = Audience(typed.audience) if typed.audience in list(Audience) else Audience.DIRECT
        return create_draft(session, place.board, notice, by=by, audience=audience).slug, False
    was_open = vacancy.state in OPEN_STATES
    change_notice(session, vacancy, notice, by=by)
    return vacancy.slug, was_open


def _load(session: Session, visit: Visit, asked: str = "") -> _Place:
    place = _load_board(session, visit)
    slug = visit.request.path_params.get("slug", asked)
    if not slug:
        return place
    vacancy = find_own_vacancy(session, place.board, slug)
    if vacancy is None:
        raise NotFound(Sentence("There is no such vacancy."))
    servers = () if vacancy.state == VacancyState.DRAFT else servers_of_change(session, place.board, vacancy)
    return _Place(place.board, vacancy, servers, place.employers)


def _load_board(session: Session, visit: Visit) -> _Place:
    board = board_in_path(session, visit)
    return _Place(board, None, (), [each.name for each in list_employers(session)])


def _preview(session: Session, visit: Visit, place: _Place, typed: Typed) -> Preview:
    kept = None if place.vacancy is None else notice_of(place.vacancy)
    try:
        notice = notice_in(typed, now=visit.reader.now, kept=kept)
    except Invalid as error:
        problems = problems_of(error)
        return Preview(missing=[LABELS.get(name) or sentence for name, sentence in problems.items()])
    return preview_of(session, visit, place.board, place.vacancy, notice)


def preview_of(
    session: Session, visit: Visit, board: Actor, vacancy: Vacancy | None, notice: Notice
) -> Preview:
    """Return how a notice of a board reads elsewhere, and all that it is doubted for."""
    opened = Vacancy(slug=vacancy.slug if vacancy is not None else _NEW, state=VacancyState.OPEN)
    doubts = [
        ShownDoubt(_reason(each.reason), each.phrase, each.reason != SOURCE_DOMAIN)
        for each in doubts_about(session, notice, believed=False)
    ]
    return Preview(post_preview_of(opened, notice, board, visit.settings.base_url), doubts)


def _reason(rule: str) -> Sentence:
    source = Sentence(
        "This address is not on a site that is known as the employer's own. The vacancy will be shown here "
        "as unverified, and sent to nobody, until an officer confirms the employer's site."
    )
    return source if rule == SOURCE_DOMAIN else REASONS[rule]


def _form(
    visit: Visit,
    place: _Place,
    typed: Typed,
    *,
    preview: Preview | None = None,
    problems: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    board, vacancy = place.board, place.vacancy
    path = f"{BOARDS}/{board.username}"
    return page(
        visit,
        "vacancies/form.html",
        status=422 if problems else 200,
        active="vacancies",
        board=board,
        it=None if vacancy is None else ShownVacancy(vacancy=vacancy),
        is_open=vacancy is not None and vacancy.state in OPEN_STATES,
        typed=typed,
        problems=problems,
        labels={name: LABELS[name] for name in problems if name in LABELS},
        preview=preview,
        is_officer=is_officer(visit),
        servers=place.servers,
        employers=place.employers,
        choices=choices_for_form(visit),
        path=path,
        own_path=path if vacancy is None else f"{path}/{vacancy.slug}",
        action=f"{_FORMS}/{board.username}/{_NEW if vacancy is None else vacancy.slug}",
        preview_path=f"{_FORMS}/{board.username}/preview" + (f"?vacancy={vacancy.slug}" if vacancy else ""),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{BOARDS}/{{name}}/{_NEW}", show_new, to=Who.MEMBER),
    sent_with_files(f"{_FORMS}/{{name}}/{_NEW}", take_new, to=Who.MEMBER),
    sent_with_files(f"{_FORMS}/{{name}}/preview", show_preview, to=Who.MEMBER),
    shown(f"{BOARDS}/{{name}}/{{slug}}", show_draft, to=Who.MEMBER),
    sent_with_files(f"{_FORMS}/{{name}}/{{slug}}", take_draft, to=Who.MEMBER),
)
