"""Routes of pages: who may see them, whose forms are taken, and what may keep the answers, in one place."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import header_address
from fediunion.members.models import Role
from fediunion.members.rights import rank_of
from fediunion.web.forms import Form, read_form, read_form_with_files
from fediunion.web.notes import KEPT, NOTE_COOKIE, Note, Tone, sealed_note
from fediunion.web.visitors import to_proof, to_sign_in
from fediunion.web.visits import Visit, begin_visit, keep_cookie

Show = Callable[[Visit], Awaitable[Response]]
Take = Callable[[Visit, Form], Awaitable[Response]]

UPLOADS: Final = "/uploads/"
_PERSONAL: Final = {"cache-control": "no-store", "vary": "Cookie"}
# A public address answers ActivityPub too, and each reader in another language.
_PUBLIC: Final = {"cache-control": "no-cache", "vary": "Accept, Accept-Language, Cookie"}


class Who(Enum):
    """For whom a page is; each also for those whose role is higher."""

    ANYBODY = None
    MEMBER = Role.MEMBER
    MODERATOR = Role.MODERATOR
    ADMIN = Role.ADMIN
    OWNER = Role.OWNER


def shown(path: str, show: Show, *, to: Who) -> Route:
    """Return the route of a page that is looked at (GET, HEAD): `show` may read, and changes nothing (W05).

    Who is not signed in is led to the sign-in page and back; whose role is too low gets the page of an
    address where nothing is. Personal pages are kept by nobody and are in no search engine (W21).
    """

    async def answer(request: Request) -> Response:
        visit = await begin_visit(request)
        return _turned_away(visit, to) or _finished(visit, await show(visit), to)

    return Route(path, answer, methods=["GET"])


def sent(path: str, take: Take, *, to: Who) -> Route:
    """Return the route that takes a form (POST) of a page of ours, else answers 403 (W04).

    `take` gets the fields and answers with `see_other`, or with the page again and a status of 4xx.
    """

    async def answer(request: Request) -> Response:
        visit = await begin_visit(request)
        form = await read_form(request, visit.settings, visit.cookie)
        return _turned_away(visit, to) or _finished(visit, await take(visit, form), to)

    return Route(path, answer, methods=["POST"])


def sent_with_files(path: str, take: Take, *, to: Who) -> Route:
    """Return the route of a form with files (`enctype="multipart/form-data"`), as `sent`.

    Its path begins with /uploads/: only there bodies may be as large as files are (app/bodies.py). Nothing
    of a stranger is written to the disk where `to` is not ANYBODY.
    """
    assert path.startswith(UPLOADS), path

    async def answer(request: Request) -> Response:
        visit = await begin_visit(request)
        turned_away = _turned_away(visit, to)
        if turned_away is not None:
            return turned_away
        async with read_form_with_files(request, visit.settings, visit.cookie) as form:
            return _finished(visit, await take(visit, form), to)

    return Route(path, answer, methods=["POST"])


def see_other(visit: Visit, path: str, told: Sentence | None = None, *, tone: Tone = Tone.OK) -> Response:
    """Return the way to the page that shows what was done (303); it says `told` once, on top."""
    response = Response(status_code=303)
    # Not quoted anew: the address of an app is compared character by character.
    response.headers["location"] = header_address(path)
    note = (
        "" if told is None else sealed_note(Note(told, tone), visit.cookie, visit.reader.now, visit.settings)
    )
    if note:
        keep_cookie(response, visit.settings, NOTE_COOKIE, note, int(KEPT.total_seconds()))
    return response


def require_step_up(visit: Visit, *, back: str) -> Response | None:
    """Return None where the member proved to be the one within the last minutes, else the way to do so (W19).

    From there the member comes `back`, to a page: what was in a form is not kept. Both the page of what
    is dangerous and its form ask: `if (elsewhere := require_step_up(visit, back=PATH)): return elsewhere`.
    """
    return None if visit.member.is_proved else to_proof(back)


def may_open(role: str, to: Who) -> bool:
    """Return whether who has this role may see what is for `to`."""
    return to.value is None or rank_of(role) >= rank_of(to.value)


def _turned_away(visit: Visit, to: Who) -> Response | None:
    if to is Who.ANYBODY:
        return None
    if visit.visitor is None:
        return to_sign_in(visit.request)
    if not may_open(visit.visitor.role, to):
        raise NotFound("There is no such page.")
    return None


def _finished(visit: Visit, response: Response, to: Who) -> Response:
    visit.give_cookies(response)
    personal = to is not Who.ANYBODY or visit.is_personal or visit.request.method == "POST"
    for name, value in (_PERSONAL if personal else _PUBLIC).items():
        response.headers.setdefault(name, value)
    if to is not Who.ANYBODY:
        response.headers.setdefault("x-robots-tag", "noindex")
    return response
