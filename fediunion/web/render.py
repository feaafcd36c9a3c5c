"""Templates into pages: everything that is put in is escaped, unless it was cleaned before."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse

from fediunion.config import Settings

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES: Final = Path(__file__).parent / "templates"
_HEADINGS: Final = {
    403: "Not allowed",
    404: "Nothing here",
    410: "Deleted",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not now",
}


@cache
def _environment() -> "Environment":
    # The command line and the worker have no pages: they need not wait for this import.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(settings: Settings, template: str, **values: object) -> HTMLResponse:
    """Return the page that `template` makes of `values`. Text is escaped; Markup is trusted to be clean.

    It may be kept by nobody in between: the same address also answers ActivityPub.
    """
    html = _environment().get_template(template).render(instance=settings.instance, **values)
    return HTMLResponse(html, headers={"vary": "Accept", "cache-control": "no-cache"})


def error_page(settings: Settings, status: int, sentence: str) -> bytes:
    """Return the page about an error. Missing and forbidden things look the same."""
    template = _environment().get_template("core/error.html")
    heading = _HEADINGS.get(status, "This did not work")
    text = template.render(instance=settings.instance, heading=heading, sentence=sentence.rstrip("."))
    return text.encode()
