"""/vacancies/{slug}: one vacancy, for people, for search engines, for programs and for other servers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import orjson
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fediunion.activitypub.media_types import is_activity_type, is_json_type
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.config import FederationMode
from fediunion.kit.errors import NotFound
from fediunion.kit.html import html_to_text, plain_name
from fediunion.kit.sentences import Sentence
from fediunion.social.posts.endpoints import show_post
from fediunion.union.vacancies.exports.calendar import render_calendar
from fediunion.union.vacancies.exports.exported import Exported, exported, job_posting
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.pages.closings import ShownClosing
from fediunion.union.vacancies.pages.open_to_scripts import OPEN_TO_SCRIPTS
from fediunion.union.vacancies.pages.previews import post_preview_of
from fediunion.union.vacancies.pages.readers import reader_of
from fediunion.union.vacancies.pages.shown import RECOGNITIONS, ShownVacancy
from fediunion.union.vacancies.pages.structured import search_engine_posting
from fediunion.union.vacancies.queries import (
    Telling,
    VacancyReader,
    find_board_of,
    get_vacancy,
    tellings_of,
)
from fediunion.union.vacancies.terms.closing import in_zone, zone_name
from fediunion.union.vacancies.terms.countries import find_country
from fediunion.union.vacancies.wording import headline, page_url
from fediunion.web.languages import LOCALES
from fediunion.web.markup import already_clean
from fediunion.web.pages.public.heads import Head
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.structured import LONGEST_DESCRIPTION, json_ld
from fediunion.web.visits import Visit

_LINK: Final = Markup('<a href="{}"{}><bdi>{}</bdi></a>')
_AWAY: Final = Markup(' rel="nofollow noopener noreferrer"')
_TEXTS: Final = (
    (Sentence("What it is about"), "description_html"),
    (Sentence("What one would do"), "responsibilities_html"),
    (Sentence("What one should bring"), "qualifications_html"),
)


@dataclass(frozen=True)
class _Found:
    vacancy: Vacancy
    board: Actor
    tellings: Sequence[Telling]
    exported: Exported | None
    may_edit: bool
    reads_posts: bool


@dataclass(frozen=True)
class _Source:
    """A union's notice in the list: the way to it, and its own closing date where that is another."""

    link: Markup
    received_at: object
    closing: ShownClosing | None


async def show_vacancy(visit: Visit) -> Response:
    """GET /vacancies/{slug}: the page; the JobPosting as JSON; for other servers the note about it."""
    accepted = visit.request.headers.get("accept", "").split(",")
    if any(is_activity_type(part) for part in accepted):
        return await _note(visit)
    found = await visit.world.db.read(_load, visit)
    if "text/html" not in visit.request.headers.get("accept", "") and any(map(is_json_type, accepted)):
        return _json(visit, found)
    if found.vacancy.state == VacancyState.DRAFT:
        return RedirectResponse(f"/boards/{found.board.username}/{found.vacancy.slug}", 303)
    return _page(visit, found)


async def show_posting(visit: Visit) -> Response:
    """GET /vacancies/{slug}/posting.json: the JobPosting, whatever is accepted."""
    return _json(visit, await visit.world.db.read(_load, visit))


async def show_calendar(visit: Visit) -> Response:
    """GET /vacancies/{slug}/closing.ics: the closing date for one's calendar."""
    each = _public(await visit.world.db.read(_load, visit))
    written = await asyncio.to_thread(
        render_calendar,
        [each],
        title=headline(each.notice),
        address=f"{each.page}/closing.ics",
        language=visit.reader.language,
    )
    return Response(written, media_type="text/calendar")


async def _note(visit: Visit) -> Response:
    """Return what other servers know a vacancy by: our Note or its Tombstone, or where another's is."""

    def whose(session: Session) -> tuple[Actor, str]:
        slug = visit.request.path_params["slug"]
        board = find_board_of(session, slug)
        if board is not None:
            # The note says itself whether it is gone, and who may read it.
            return board, ""
        vacancy = get_vacancy(session, slug, VacancyReader())
        told = tellings_of(session, [vacancy.id])[vacancy.id]
        return get_actor(session, vacancy.board_id), told[0].source.uri if told else ""

    board, elsewhere = await visit.world.db.read(whose)
    if elsewhere:
        return RedirectResponse(elsewhere, 302, {"vary": "Accept"})
    if not board.local:
        raise NotFound(Sentence("There is no such vacancy."))
    visit.request.scope["path_params"]["name"] = board.username
    return await show_post(visit.request)


def _load(session: Session, visit: Visit) -> _Found:
    reader = reader_of(session, visit.visitor)
    vacancy = get_vacancy(session, visit.request.path_params["slug"], reader)
    return _Found(
        vacancy,
        get_actor(session, vacancy.board_id),
        tellings_of(session, [vacancy.id]).get(vacancy.id, ()),
        exported=next(iter(exported(session, [vacancy])), None),
        may_edit=vacancy.local and vacancy.board_id in reader.boards,
        reads_posts=reader.is_member,
    )


def _page(visit: Visit, found: _Found) -> Response:
    vacancy, settings = found.vacancy, visit.settings
    it = ShownVacancy(vacancy=vacancy, tellings=found.tellings)
    notice, board = it.notice, found.board
    federates = settings.federation.mode is not FederationMode.OFF
    own = next((each for each in found.tellings if each.board.local), None)
    told_to_all = own is not None and vacancy.audience == "public" and federates
    return page(
        visit,
        "vacancies/vacancy.html",
        active="vacancies",
        heading=headline(notice),
        about=_head(visit, found, notice),
        it=it,
        crumbs=_crumbs(visit, notice),
        texts=[(heading, already_clean(html)) for heading, name in _TEXTS if (html := getattr(notice, name))],
        earlier=_first_closing(vacancy),
        is_exported=found.exported is not None,
        post_preview=post_preview_of(vacancy, notice, board, settings.base_url)
        if vacancy.local and vacancy.post_id
        else None,
        sources=[_source(each, vacancy) for each in found.tellings],
        board_link=_link(board.display_name or board.username, f"/@{board.username}"),
        board_handle=f"@{board.username}@{board.handle_host}" if federates else "",
        interact=own.source.uri if own is not None and told_to_all and visit.visitor is None else "",
        post_path=f"/posts/{vacancy.post_id}" if found.reads_posts and vacancy.post_id else "",
        alike=f"/vacancies?{_alike(notice)}",
        recognition=RECOGNITIONS.get(notice.recognition),
        union_at_employer=notice.union_at_employer.removeprefix("acct:"),
        edit_path=f"/boards/{board.username}/{vacancy.slug}" if found.may_edit else "",
    )


def _head(visit: Visit, found: _Found, notice: Notice) -> Head:
    """Return what machines read: a title alone where it is not verified, or not for everybody."""
    vacancy, base_url = found.vacancy, visit.settings.base_url
    indexed = vacancy.audience == "public" and vacancy.source_status == "verified" and not vacancy.hidden
    own = page_url(vacancy, base_url)
    # One page of each vacancy is enough for search engines: that of the union whose notice it is.
    first = found.tellings[0].source.url if found.tellings and not vacancy.local else own
    closing = in_zone(vacancy.closes_at, vacancy.closes_zone)
    words = html_to_text(notice.description_html) or notice.title
    description = (
        f"{notice.employer}. {closing:%Y-%m-%d %H:%M} {zone_name(closing, vacancy.closes_zone)}. {words}"
    )
    return Head(
        address=first if indexed else own,
        title=headline(notice),
        kind="article",
        description=plain_name(description, LONGEST_DESCRIPTION) if indexed else "",
        indexed=indexed,
        activity=own if vacancy.post_id is not None and indexed else "",
        data=json_ld(search_engine_posting(vacancy, found.exported)) if indexed and found.exported else "",
    )


def _first_closing(vacancy: Vacancy) -> ShownClosing | None:
    """Return when a vacancy was to close at first, where it was put off since."""
    first = vacancy.first_closes_at
    return None if first is None or first >= vacancy.closes_at else ShownClosing(first, vacancy.closes_zone)


def _public(found: _Found) -> Exported:
    if found.exported is None:
        raise NotFound(Sentence("There is no such vacancy."))
    return found.exported


def _source(telling: Telling, vacancy: Vacancy) -> _Source:
    source, board = telling.source, telling.board
    name = board.display_name or board.username
    link = _link(name, f"/@{board.username}" if board.local else source.url)
    differs = source.closes_at != vacancy.closes_at
    closing = ShownClosing(source.closes_at, source.closes_zone) if differs else None
    return _Source(link, source.received_at, closing)


def _link(name: str, address: str) -> Markup:
    return _LINK.format(address, "" if address.startswith("/") else _AWAY, name)


def _crumbs(visit: Visit, notice: Notice) -> list[tuple[str, str]]:
    """Return the ways up: what else there is in that country, and at that employer."""
    codes = dict.fromkeys(station.country for station in notice.stations if station.country)
    code = next(iter(codes)) if len(codes) == 1 else ""
    country = find_country(code) if code else None
    found = []
    if country is not None:
        name = country.name(LOCALES[visit.reader.language])
        found.append((name, f"/vacancies?{urlencode({'country': code})}"))
    return [*found, (notice.employer, f"/vacancies?{urlencode({'employer': notice.employer})}")]


def _alike(notice: Notice) -> str:
    """Return the search for vacancies of that grade, or else of that kind of contract."""
    if notice.grade_matched:
        return urlencode({"grade": notice.grade})
    return urlencode({"contract_type": notice.contract_type}) if notice.contract_type else ""


def _json(visit: Visit, found: _Found) -> Response:
    headers = OPEN_TO_SCRIPTS if visit.visitor is None else {}
    body = orjson.dumps(job_posting(_public(found), alone=True))
    return Response(body, media_type="application/ld+json", headers=headers)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/vacancies/{slug}/closing.ics", show_calendar, to=Who.ANYBODY),
    shown("/vacancies/{slug}/posting.json", show_posting, to=Who.ANYBODY),
    shown("/vacancies/{slug}", show_vacancy, to=Who.ANYBODY),
)
