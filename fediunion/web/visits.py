"""One request for a page: who looks, in which language, and what the answer has to give the browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from fediunion.config import Scheme, Settings
from fediunion.kit.catalogues import LANGUAGES
from fediunion.members.sessions import form_token, new_session_cookie
from fediunion.web.notes import NOTE_COOKIE, Note, read_note
from fediunion.web.reading import LANGUAGE_COOKIE, Reader, choose_language, find_zone, language_wishes
from fediunion.web.visitors import Visitor, cookie_of, find_visitor, set_cookie
from fediunion.world import World, world_of

_LANGUAGE_KEPT_SECONDS: Final = 365 * 24 * 3600


@dataclass
class Visit:
    """A request with what every page needs of it."""

    request: Request
    world: World
    visitor: Visitor | None
    cookie: str
    reader: Reader
    _fresh_cookie: str = ""
    _form_token: str = ""
    _note_was_shown: bool = False

    @property
    def settings(self) -> Settings:
        """Return the settings of the instance."""
        return self.world.settings

    @property
    def member(self) -> Visitor:
        """Return who is signed in, on pages for members."""
        assert self.visitor is not None, "the route is not for members only"
        return self.visitor

    @property
    def address(self) -> str:
        """Return the address of who asks, by which tries are counted."""
        return self.request.client.host if self.request.client else ""

    @property
    def counts(self) -> Mapping[str, int]:
        """Return the numbers beside entries of the menu, by their keys."""
        return {} if self.visitor is None else self.visitor.counts

    def form_token(self) -> str:
        """Return what forms of this page bring back. A browser without a cookie is given one for it."""
        if not self.cookie:
            self.cookie = self._fresh_cookie = new_session_cookie()
        # One for all forms of the page: it is long, and different ones cannot be compressed.
        self._form_token = self._form_token or form_token(self.cookie, self.settings)
        return self._form_token

    def take_note(self) -> Note | None:
        """Return what is to be said about what was just done; it is said once."""
        text = self.request.cookies.get(NOTE_COOKIE, "")
        if not text:
            return None
        self._note_was_shown = True
        return read_note(text, self.cookie, self.reader.now, self.settings)

    @property
    def is_personal(self) -> bool:
        """Return whether the answer is for this browser only."""
        return self.visitor is not None or bool(self._fresh_cookie) or self._note_was_shown

    def give_cookies(self, response: Response) -> None:
        """Give and take the cookies that came up while the page was made."""
        if self._fresh_cookie:
            set_cookie(response, self.settings, self._fresh_cookie, lasts=False)
        if self._note_was_shown:
            response.delete_cookie(NOTE_COOKIE, path="/", httponly=True, samesite="lax")
        chosen = self.request.query_params.get("lang", "")
        if self.visitor is None and chosen in LANGUAGES:
            keep_cookie(response, self.settings, LANGUAGE_COOKIE, chosen, _LANGUAGE_KEPT_SECONDS)


async def begin_visit(request: Request) -> Visit:
    """Return the visit that a request is. The use of the session is noted."""
    world, visitor = world_of(request), await find_visitor(request)
    zone = find_zone(visitor.zone) if visitor is not None and visitor.zone else None
    reader = Reader(
        language=language_of(request, world.settings, visitor),
        zone=zone or UTC,
        now=world.clock.now(),
        zone_is_known=zone is not None,
        wishes=language_wishes(request.headers.get("accept-language", "")),
    )
    return Visit(request, world, visitor, cookie_of(request), reader)


def language_of(request: Request, settings: Settings, visitor: Visitor | None = None) -> str:
    """Return the language that a request is answered in."""
    return choose_language(
        asked=request.query_params.get("lang", ""),
        member="" if visitor is None else visitor.language,
        cookie=request.cookies.get(LANGUAGE_COOKIE, ""),
        header=request.headers.get("accept-language", ""),
        default=settings.instance.languages[0],
    )


def keep_cookie(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie for a while; no script reads it, and no other site sends it with a form."""
    secure = settings.instance.scheme is Scheme.HTTPS
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")
