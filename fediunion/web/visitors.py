"""Who looks at a page: the cookie of a session, and the member behind it."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediunion.actors.viewer import Viewer
from fediunion.config import Scheme, Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Unavailable
from fediunion.members.known_browsers import KEPT
from fediunion.members.preferences import TIME_ZONE
from fediunion.members.rights import rights_in_session
from fediunion.members.sessions import LONGEST, find_session, is_proved, note_seen, seen_is_due
from fediunion.web.counts import load_counts
from fediunion.web.forms import safe_next, sign_in_path
from fediunion.world import world_of

SIGN_IN_PATH: Final = "/sign-in"
PROOF_PATH: Final = "/sign-in/again"

_KNOWN_BROWSER: Final = "known-browser"
_PAGE: Final = "document"
_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Visitor:
    """A member who is signed in.

    `language` and `zone` are as the member set them, and may be none of ours; `picture` an address or "".
    `is_proved`: within the last minutes the member proved to be the one (row W19). `counts` are the numbers
    beside entries of the menu; empty where no whole page is asked for.
    """

    session_id: int
    member_id: int
    actor_id: int
    role: str
    name: str
    handle: str
    language: str
    zone: str
    picture: str
    is_proved: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def viewer(self) -> Viewer:
        """Return who asks, for queries."""
        return Viewer(self.actor_id, None, is_member=True)


def cookie_of(request: Request) -> str:
    """Return the cookie of the browser, "" where there is none in the form that we give."""
    text = request.cookies.get(_cookie_name(world_of(request).settings), "")
    return text if _COOKIE.fullmatch(text) else ""


async def find_visitor(request: Request) -> Visitor | None:
    """Return who is signed in, or None. The use of the session is noted now and then."""
    world, cookie = world_of(request), cookie_of(request)
    if not cookie:
        return None
    # What scripts fetch has no menu. A browser that does not say asks for a page.
    counts = request.headers.get("sec-fetch-dest", _PAGE) == _PAGE
    found = await world.db.read(_load_visitor, cookie, counts)
    if found is None:
        return None
    visitor, is_due = found
    if is_due:
        with contextlib.suppress(Unavailable):
            await world.db.write(note_seen, visitor.session_id)
    return visitor


def _load_visitor(session: Session, cookie: str, counts: bool) -> tuple[Visitor, bool] | None:
    found = find_session(session, cookie)
    if found is None:
        return None
    row, member, actor = found
    role = rights_in_session(row, member, settings_of(session))
    visitor = Visitor(
        session_id=row.id,
        member_id=member.id,
        actor_id=actor.id,
        role=role,
        name=actor.display_name or actor.username,
        handle=f"@{actor.username}@{actor.handle_host}",
        language=member.locale,
        zone=str(member.settings.get(TIME_ZONE, "")),
        picture=actor.icon_url or "",
        is_proved=is_proved(row, now_of(session)),
        counts=load_counts(session, actor.id, role) if counts else {},
    )
    return visitor, seen_is_due(row, now_of(session))


def set_cookie(response: Response, settings: Settings, cookie: str, *, lasts: bool) -> None:
    """Give the browser its cookie: for 30 days where somebody signed in, else until it is closed (W01).

    The name with `__Host-` binds it to this host and to TLS; without TLS, in development, there is none.
    """
    secure = settings.instance.scheme is Scheme.HTTPS
    response.set_cookie(
        _cookie_name(settings),
        cookie,
        max_age=int(LONGEST.total_seconds()) if lasts else None,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, settings: Settings) -> None:
    """Take the cookie from the browser, and what it keeps of the pages."""
    secure = settings.instance.scheme is Scheme.HTTPS
    response.delete_cookie(_cookie_name(settings), path="/", secure=secure, httponly=True, samesite="lax")
    response.delete_cookie(_KNOWN_BROWSER, path=SIGN_IN_PATH, secure=secure, httponly=True, samesite="strict")
    # Not "cookies": that would reach those of other programs on the same domain.
    response.headers["clear-site-data"] = '"cache", "storage"'


def kept_by_browser(request: Request) -> str:
    """Return what the browser keeps of who signed in with it before, "" where it keeps nothing."""
    return request.cookies.get(_KNOWN_BROWSER, "")


def let_browser_keep(response: Response, settings: Settings, kept: str) -> None:
    """Have the browser keep `kept` (members/known_browsers.py); it shows it where one signs in alone."""
    secure = settings.instance.scheme is Scheme.HTTPS
    response.set_cookie(
        _KNOWN_BROWSER,
        kept,
        max_age=int(KEPT.total_seconds()),
        path=SIGN_IN_PATH,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def to_proof(then: str) -> Response:
    """Return the way to the page that asks the member for a proof once more, and on to `then`."""
    return RedirectResponse(f"{PROOF_PATH}?{urlencode({'next': then})}", 303, {"cache-control": "no-store"})


def to_sign_in(request: Request) -> Response:
    """Return the way to the sign-in page and back to the page that was asked for, or that held the form."""
    page = str(request.url) if request.method != "POST" else request.headers.get("referer", "")
    return RedirectResponse(sign_in_path(_path_of(page)), 303, {"cache-control": "no-store"})


def _path_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return safe_next(urlunsplit(("", "", parts.path, parts.query, "")))


def _cookie_name(settings: Settings) -> str:
    return "__Host-session" if settings.instance.scheme is Scheme.HTTPS else "session"
