"""Forms that people send: read within limits, and only from pages of this server."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from fediunion.config import Settings
from fediunion.kit.errors import BadDocument, NotAllowed, TooLarge
from fediunion.kit.multipart import UploadedFile, multipart_fields
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import is_storable
from fediunion.members.sessions import is_form_token
from fediunion.web.functions import TOKEN_FIELD

_FORM: Final = "application/x-www-form-urlencoded"
_FORM_WITH_FILES: Final = "multipart/form-data"
_LONGEST_BYTES: Final = 65_536
_MOST_FIELDS: Final = 200
_NO_TEXT: Final = Sentence("What was sent contains what is no character")
_NOT_OURS: Final = Sentence(
    "This form did not come from a page of this server, or it is old: go back and load the page again"
)


class Form(dict[str, str]):
    """The fields of a form by name; those whose name ends in `[]` may come several times."""

    def __init__(
        self, pairs: Sequence[tuple[str, str]], files: Sequence[tuple[str, UploadedFile]] = ()
    ) -> None:
        super().__init__(pairs)
        self._pairs, self._files = pairs, files

    def every(self, name: str) -> list[str]:
        """Return all values of a field, in the order of the page."""
        return [value for key, value in self._pairs if key == name]

    def files(self, name: str) -> list[UploadedFile]:
        """Return the files of a field; those that nobody moves are gone after the answer."""
        return [file for key, file in self._files if key == name]

    @property
    def is_text(self) -> bool:
        """Return whether databases take all names and values."""
        return all(is_storable(text) for pair in self._pairs for text in pair)

    @property
    def repeats(self) -> bool:
        """Return whether a field comes twice that may not."""
        once = [name for name, _ in self._pairs if not name.endswith("[]")]
        return len(set(once)) != len(once)


async def read_form(request: Request, settings: Settings, cookie: str) -> Form:
    """Return the fields of a form. Raises NotAllowed unless a page shown to this cookie sent it (row W04).

    A browser says where a form comes from; what it says has to be us. The token proves it in any case.
    Raises TooLarge beyond 64 KiB.
    """
    _check_origin(request, settings)
    if _media_type(request) != _FORM:
        raise NotAllowed(_NOT_OURS, reason="not-a-form")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_BYTES:
            raise TooLarge(Sentence("A form has at most %(most)s bytes.", most=_LONGEST_BYTES))
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise NotAllowed(_NOT_OURS, reason="not-a-form") from error
    return _checked(Form(pairs), cookie, settings)


@asynccontextmanager
async def read_form_with_files(request: Request, settings: Settings, cookie: str) -> AsyncIterator[Form]:
    """Give the fields and files of a multipart form; the files go afterwards. Raises as `read_form`.

    A file has at most the bytes of an uploaded film.
    """
    _check_origin(request, settings)
    if _media_type(request) != _FORM_WITH_FILES:
        raise NotAllowed(_NOT_OURS, reason="not-a-form")
    media, kind = settings.media, request.headers["content-type"].encode("latin-1")
    most = max(media.image_max_bytes, media.video_max_bytes)
    async with multipart_fields(request.receive, kind, media.dir / "incoming", most) as fields:
        pairs = [(name, value) for name, value in fields if isinstance(value, str)]
        files = [(name, value) for name, value in fields if isinstance(value, UploadedFile)]
        yield _checked(Form(pairs, files), cookie, settings)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _checked(fields: Form, cookie: str, settings: Settings) -> Form:
    if not fields.is_text:
        # No browser sends it from a page, and databases refuse to look for it.
        raise BadDocument(_NO_TEXT, reason="not-a-text")
    if fields.repeats or not cookie or not is_form_token(fields.pop(TOKEN_FIELD, ""), cookie, settings):
        raise NotAllowed(_NOT_OURS, reason="bad-form-token")
    return fields


def _check_origin(request: Request, settings: Settings) -> None:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = {f"{settings.instance.scheme}://{authority}" for authority in settings.authority}
    if site not in (None, "same-origin") or (origin is not None and origin not in ours):
        raise NotAllowed(_NOT_OURS, reason="cross-site-form")


def safe_next(text: str) -> str:
    """Return a path of this server to go on to; "/" for whatever could lead elsewhere (row W07)."""
    plain = text.startswith("/") and not text.startswith("//") and "\\" not in text
    if not plain or not all("!" <= character <= "~" for character in text):
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else "/"


def sign_in_path(then: str) -> str:
    """Return the address of the sign-in page that goes on to `then`."""
    return f"/sign-in?{urlencode({'next': then})}"
