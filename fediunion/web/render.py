"""Templates into pages: everything that is put in is escaped, unless it was cleaned before."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from fediunion.config import Settings
from fediunion.kit.catalogues import LANGUAGES
from fediunion.kit.sentences import Sentence
from fediunion.web import functions, navigation
from fediunion.web.plugged import plugged_in
from fediunion.web.reading import Reader, reading
from fediunion.web.visits import Visit, language_of

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES: Final = Path(__file__).parent / "templates"
_HEADINGS: Final = {
    403: Sentence("Not allowed"),
    404: Sentence("There is nothing at this address"),
    410: Sentence("Deleted"),
    429: Sentence("Too many requests"),
    500: Sentence("Something went wrong"),
    503: Sentence("Not now"),
}
_OTHER_HEADING: Final = Sentence("This did not work")


@cache
def environment() -> "Environment":
    """Return what knows the templates. Everything in it that differs between readers asks who reads."""
    # The command line and the worker have no pages: they need not wait for this import.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    made: Any = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=functions.told,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(functions.gettext, functions.ngettext, newstyle=True)
    made.globals.update(functions.GLOBALS)
    made.filters.update(short_day=functions.short_day, told=functions.told)
    environment: Environment = made
    return environment


def page(
    visit: Visit, template: str, *, status: int = 200, active: str = "", **values: object
) -> HTMLResponse:
    """Return the page that `template` makes of `values`. Text is escaped; Markup is trusted to be clean.

    A Sentence among the values is translated where it is printed. `active` is the key of the menu's entry
    that the page belongs to. Templates also have: `instance`, `visitor` (or None), `reader`, `done` (a note),
    `layout` (that of members or of strangers), and the functions of `fediunion.web.functions`.
    """
    reader = visit.reader
    asks_for = {
        **_common(visit.settings, visit.request, reader),
        "query": _query(visit.request),
        "visitor": visit.visitor,
        "done": visit.take_note(),
        "counts": visit.counts,
        "layout": "layouts/public.html" if visit.visitor is None else "layouts/app.html",
        "active": active,
    }
    return HTMLResponse(_rendered(template, _with_token(visit), asks_for | values), status)


def fragment(visit: Visit, template: str, **values: object) -> HTMLResponse:
    """Return a part of a page, for a script that puts it in; it has the values that a page has."""
    return HTMLResponse(_rendered(template, _with_token(visit), {"visitor": visit.visitor} | values))


def error_page(settings: Settings, status: int, sentence: str, request: Request) -> bytes:
    """Return the page about an error. Missing and forbidden things look the same, to everybody."""
    reader = Reader(language=language_of(request, settings), zone=UTC, now=datetime.now(UTC))
    values = {
        **_common(settings, request, reader),
        "query": "",
        "visitor": None,
        "done": None,
        "counts": {},
        "layout": "layouts/public.html",
        "active": "",
        "heading": _HEADINGS.get(status, _OTHER_HEADING),
        "status": status,
        "sentence": sentence,
    }
    return _rendered("core/error.html", reader, values).encode()


def _with_token(visit: Visit) -> Reader:
    """Return the reader of a visit, whose forms carry its token."""

    return replace(visit.reader, form_token=visit.form_token)


def _rendered(template: str, reader: Reader, values: dict[str, object]) -> str:
    with reading(reader):
        return environment().get_template(template).render(values)


def _query(request: Request) -> str:
    """Return what a link to the same page in another language keeps of the address."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return urlencode(pairs) + "&" if pairs and request.method != "POST" else ""


def _common(settings: Settings, request: Request, reader: Reader) -> dict[str, object]:
    return {
        "instance": settings.instance,
        "reader": reader,
        "languages": LANGUAGES,
        "navigation": navigation,
        "menu": plugged_in(request).menu,
    }
