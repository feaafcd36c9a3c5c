"""Who reads a page: the language, the time zone, the instant, and the token of the forms that are shown."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from fediunion.kit.catalogues import RIGHT_TO_LEFT, first_language

LANGUAGE_COOKIE: Final = "lang"
_MOST_WISHES: Final = 20


@dataclass(frozen=True)
class Reader:
    """For whom a page is written. `form_token` is asked for by each form that is shown.

    `zone_is_known` is whether the zone is the reader's own: then times need not name it. `wishes` are the
    tags of the languages that the browser prefers, the first first.
    """

    language: str
    zone: tzinfo
    now: datetime
    zone_is_known: bool = False
    wishes: Sequence[str] = ()
    form_token: Callable[[], str] | None = None

    @property
    def direction(self) -> str:
        """Return "rtl" or "ltr", as in `dir`."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"


_READER: ContextVar[Reader] = ContextVar("reader")


@contextmanager
def reading(reader: Reader) -> Generator[None, None, None]:
    """Have everything that is rendered inside written for `reader`."""
    token = _READER.set(reader)
    try:
        yield
    finally:
        _READER.reset(token)


def current_reader() -> Reader:
    """Return for whom the page is that is being rendered. Raises LookupError outside of one."""
    return _READER.get()


def choose_language(*, asked: str, member: str, cookie: str, header: str, default: str) -> str:
    """Return the language of a page: the first that we have of

    what this address asks for (`?lang=`), what the member set, what this browser chose before, what the
    browser prefers (Accept-Language), what the instance prefers. English where nothing fits.
    """
    return first_language(asked, member, cookie, *language_wishes(header), default)


def language_wishes(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, the preferred first. Source: RFC 9110, section 12.5.4."""
    weighted = []
    for part in header.split(",")[:_MOST_WISHES]:
        tag, _, parameter = part.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if weight > 0:
            weighted.append((weight, tag))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def find_zone(name: str) -> tzinfo | None:
    """Return the time zone of a name such as `Africa/Nairobi`, None where there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        # A ZoneInfoNotFoundError is a KeyError; a folder of zones is an OSError.
        return None
    except KeyError:
        return None
