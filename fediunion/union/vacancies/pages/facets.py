"""What the results of a search have, beside them: values with counts, each a link that takes it in or out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.search.naming import in_words, name_of
from fediunion.union.vacancies.search.query import OPEN, VacancyQuery, query_string, toggled, without
from fediunion.union.vacancies.search.results import FacetValue, SearchResult
from fediunion.union.vacancies.terms.grades import normal_grade

PATH: Final = "/vacancies"
_OPEN_AT_FIRST: Final = 3
_GROUPS: Final[Sequence[tuple[Sentence, Sequence[str]]]] = (
    (Sentence("Grade"), ("grade",)),
    (Sentence("Closing"), ("closing_within_days",)),
    (Sentence("Language"), ("language",)),
    (Sentence("Country"), ("country",)),
    (Sentence("Contract"), ("contract_type",)),
    (Sentence("Job network"), ("network",)),
    (Sentence("Field of work"), ("isco",)),
    (Sentence("Category"), ("band",)),
    (Sentence("Conditions"), ("remote", "non_family", "hardship")),
    (Sentence("Employer"), ("employer",)),
    (Sentence("Source"), ("source",)),
    (Sentence("State"), ("state",)),
)
_ASKED_AS_YES: Final = ("remote", "non_family")


@dataclass(frozen=True)
class FacetLink:
    """A value: what it is called, how many have it, and the search with it; without it where it is chosen."""

    label: str
    count: int
    path: str
    chosen: bool


@dataclass(frozen=True)
class FacetGroup:
    """The values of one kind. `is_open` from the start: the first groups, and where something is chosen."""

    label: Sentence
    links: Sequence[FacetLink]
    is_open: bool


@dataclass(frozen=True)
class Choice:
    """What is asked for, and the search without it."""

    label: str
    path: str


def path_of(query: VacancyQuery) -> str:
    """Return the address of a search."""
    asked = query_string(query)
    return f"{PATH}?{asked}" if asked else PATH


def groups_of(result: SearchResult, query: VacancyQuery, language: str) -> list[FacetGroup]:
    """Return the facets of a search, those without any value left out."""
    found: list[FacetGroup] = []
    for label, parameters in _GROUPS:
        links = [link for name in parameters for link in _links(result, query, name, language)]
        chosen = any(link.chosen for link in links) and "state" not in parameters
        if links:
            found.append(FacetGroup(label, links, chosen or len(found) < _OPEN_AT_FIRST))
    return found


def choices_of(query: VacancyQuery, language: str, employer_name: Callable[[str], str]) -> list[Choice]:
    """Return all that is asked for, each with the way to the search without it."""
    found = []
    if query.q:
        words = in_words(VacancyQuery(q=query.q), language)
        found.append(Choice(words[0], path_of(without(query, "q"))))
    for parameter in query.asked:
        for value in query.values(parameter):
            label = employer_name(value) if parameter == "employer" else name_of(parameter, value, language)
            found.append(Choice(label, path_of(toggled(query, parameter, value))))
    for parameter in ("closing_within_days", "posted_after"):
        if getattr(query, parameter) is not None:
            alone = VacancyQuery(**{parameter: getattr(query, parameter)})
            found.append(Choice(in_words(alone, language)[0], path_of(without(query, parameter))))
    if query.state != OPEN:
        alone = VacancyQuery(state=query.state)
        found.append(Choice(in_words(alone, language)[0], path_of(without(query, "state"))))
    return found


def _links(result: SearchResult, query: VacancyQuery, parameter: str, language: str) -> Iterator[FacetLink]:
    values = [each for each in result.facets.get(parameter, ()) if _is_offered(parameter, each)]
    if parameter in ("grade", "hardship"):
        values.sort(key=_rank)
    for each in values:
        label = each.name or name_of(parameter, each.value, language)
        yield FacetLink(label, each.count, path_of(_taken(query, parameter, each)), each.chosen)


def _is_offered(parameter: str, value: FacetValue) -> bool:
    if parameter in _ASKED_AS_YES:
        return value.chosen or (value.value == "true" and value.count > 0)
    return value.chosen or value.count > 0 or parameter == "closing_within_days"


def _rank(value: FacetValue) -> tuple[str, int, str]:
    grade = normal_grade(value.value)
    return (str(grade.band or ""), grade.level, grade.text) if grade is not None else ("", 0, value.value)


def _taken(query: VacancyQuery, parameter: str, value: FacetValue) -> VacancyQuery:
    """Return the search with a value in it, or out of it; of closing dates and states one at a time."""
    if parameter == "closing_within_days":
        return replace(query, after=None, closing_within_days=None if value.chosen else int(value.value))
    if parameter == "state":
        return replace(query, after=None, state=(value.value,))
    return toggled(query, parameter, value.value)
