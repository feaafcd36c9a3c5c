"""Long lists on pages: which part of one an address asks for, and the ways to the parts beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import LARGEST_ID
from fediunion.kit.pages import Page
from fediunion.web.rows import Place
from fediunion.web.shown import ShownPerson
from fediunion.web.visits import Visit

AT_ONCE: Final = 20
_BOUNDS: Final = ("max_id", "min_id")


@dataclass(frozen=True)
class Ways:
    """Where newer and older rows are, "" where there are none."""

    newer: str = ""
    older: str = ""


def page_of(visit: Visit, limit: int = AT_ONCE) -> Page:
    """Return the part that `?max_id=` or `?min_id=` asks for; what is no number asks for nothing."""
    return Page(limit=limit, max_id=number_in(visit, "max_id"), min_id=number_in(visit, "min_id"))


def ways_on(visit: Visit, page: Page, ids: Sequence[int]) -> Ways:
    """Return the ways beside a page on which the rows `ids` were found, before any of them is left out.

    The other parameters of the address stay as they are.
    """
    if not ids:
        return Ways()
    newer = page.max_id is not None or (page.min_id is not None and len(ids) >= page.limit)
    older = page.min_id is not None or len(ids) >= page.limit
    return Ways(
        _address(visit, min_id=ids[0]) if newer else "", _address(visit, max_id=ids[-1]) if older else ""
    )


def number_in(visit: Visit, name: str) -> int | None:
    """Return the number that the address gives as `name`, None where it gives none."""
    return whole_number(visit.request.query_params.get(name, ""))


def whole_number(text: str) -> int | None:
    """Return the id that a text is, None where it is none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return number if 0 < number <= LARGEST_ID else None


def people_of(visit: Visit, actors: Iterable[Actor]) -> dict[int, ShownPerson]:
    """Return accounts as templates show them, by id."""
    place = Place(visit, "", "")
    return {actor.id: place.person(actor) for actor in actors}


def _address(visit: Visit, **bound: int) -> str:
    kept = [pair for pair in visit.request.query_params.multi_items() if pair[0] not in _BOUNDS]
    return f"{visit.request.url.path}?{urlencode([*kept, *bound.items()])}"


def id_in_path(visit: Visit, name: str = "id") -> int:
    """Return the `{id:int}` of a path, or that of another name. Raises NotFound where no id is so large."""
    number = int(visit.request.path_params[name])
    if number > LARGEST_ID:
        raise NotFound("There is no such page.")
    return number
