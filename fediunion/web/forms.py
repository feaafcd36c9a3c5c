"""Forms that people send: read within limits, and only from pages of this server."""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from fediunion.config import Settings
from fediunion.kit.errors import NotAllowed, TooLarge
from fediunion.members.sessions import is_form_token

TOKEN_FIELD: Final = "form_token"  # noqa: S105 - the name of a field
_FORM: Final = "application/x-www-form-urlencoded"
_LONGEST_BYTES: Final = 65_536
_MOST_FIELDS: Final = 50
_NOT_OURS: Final = (
    "This form did not come from a page of this server, or it is old: go back and load the page again"
)


async def read_form(request: Request, settings: Settings, cookie: str) -> dict[str, str]:
    """Return the fields of a form. Raises NotAllowed unless a page shown to this cookie sent it (row W04).

    A browser says where a form comes from; what it says has to be us. The token proves it in any case.
    Raises TooLarge beyond 64 KiB.
    """
    _check_origin(request, settings)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise NotAllowed(_NOT_OURS, reason="not-a-form")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_BYTES:
            raise TooLarge(f"A form has at most {_LONGEST_BYTES} bytes.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise NotAllowed(_NOT_OURS, reason="not-a-form") from error
    fields = dict(pairs)
    repeated = len(fields) != len(pairs)
    if repeated or not cookie or not is_form_token(fields.pop(TOKEN_FIELD, ""), cookie, settings):
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
