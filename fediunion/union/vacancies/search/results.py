"""What a search answers: ids in order, how many there are, and how many have which value."""

from dataclasses import dataclass
from typing import Final

from fediunion.union.vacancies.search.cursor import write_cursor
from fediunion.union.vacancies.search.query import VacancyQuery
from fediunion.union.vacancies.search.shelf import Found, Shelf

FACETS: Final = (
    "grade",
    "band",
    "network",
    "isco",
    "country",
    "city",
    "hardship",
    "contract_type",
    "language",
    "employer",
    "closing_within_days",
    "state",
    "source",
    "remote",
    "non_family",
)
CLOSING_DAYS: Final = (7, 14, 30)
MOST_VALUES: Final = 20
_ISCO_DIGITS: Final = 2


@dataclass(frozen=True)
class FacetValue:
    """A value that the results have: as a query spells it, how many have it, and whether it is asked for.

    `name` is how an employer is written; "" for all else, see naming.name_of.
    """

    value: str
    count: int
    chosen: bool = False
    name: str = ""


@dataclass(frozen=True)
class SearchResult:
    """A page of a search: `ids` of vacancies in order, `total` of all pages, `next` the cursor after it.

    `facets` are counts over the results as they would be without the facet's own parameter, at most 20 values
    of each, the most frequent first; what is asked for is always among them. Those of closing_within_days
    count each other's too: 7 days are within 14.
    """

    ids: tuple[int, ...]
    total: int
    facets: dict[str, tuple[FacetValue, ...]]
    next: str | None


def result_of(shelf: Shelf, query: VacancyQuery, found: Found) -> SearchResult:
    """Return the page of a query, from what it finds."""
    positions = shelf.page(query, found)
    shown = positions[: query.limit]
    return SearchResult(
        ids=tuple(position.id for position in shown),
        total=len(found.all),
        facets={facet: _facet(shelf, facet, query, found) for facet in FACETS},
        next=write_cursor(query.sort, shown[-1]) if len(positions) > len(shown) else None,
    )


def _facet(shelf: Shelf, facet: str, query: VacancyQuery, found: Found) -> tuple[FacetValue, ...]:
    if facet == "closing_within_days":
        return _closing(shelf, query, found)
    chosen = query.values(facet)
    if facet == "employer":
        counts = dict(shelf.employers(found, MOST_VALUES, chosen))
    else:
        counts = dict(shelf.counts(facet, found, lambda value: value in chosen or _is_listed(facet, value)))
    counts |= {value: 0 for value in chosen if value not in counts}
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    kept = set(ranked[:MOST_VALUES]) | set(chosen)
    return tuple(
        FacetValue(
            value,
            counts[value],
            value in chosen,
            shelf.employer_name(value) if facet == "employer" else "",
        )
        for value in ranked
        if value in kept
    )


def _is_listed(facet: str, value: str) -> bool:
    """Return whether a value is listed unasked: of ISCO those of two digits, languages without country."""
    if facet == "isco":
        return len(value) == _ISCO_DIGITS
    return not (facet == "language" and "-" in value)


def _closing(shelf: Shelf, query: VacancyQuery, found: Found) -> tuple[FacetValue, ...]:
    asked = query.closing_within_days
    selection = found.without("closing_within_days")
    days = sorted({*CLOSING_DAYS, *([asked] if asked else [])})
    return tuple(
        FacetValue(
            str(each),
            (shelf.closing_within(found.now, each) & selection.bits).bit_count(),
            each == asked,
        )
        for each in days
    )
