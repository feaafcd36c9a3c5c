"""Vacancies as templates show them: a row of a list, and everything that a notice says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final

from fediunion.kit.sentences import Sentence
from fediunion.kit.text import display_host
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice, Station
from fediunion.union.vacancies.pages.closings import ShownClosing
from fediunion.union.vacancies.pages.facts import Fact, duration_words, facts_of, named
from fediunion.union.vacancies.queries import Telling
from fediunion.union.vacancies.service.rows import notice_of
from fediunion.union.vacancies.terms.closing import in_zone
from fediunion.union.vacancies.terms.countries import find_country
from fediunion.union.vacancies.terms.names import CONTRACT_TYPES
from fediunion.union.vacancies.terms.places import duty_station
from fediunion.union.vacancies.terms.source import SourceStatus
from fediunion.web.languages import LOCALES
from fediunion.web.reading import current_reader

NEW_FOR: Final = timedelta(days=3)
_MOST_MARKS: Final = 3
ENDINGS: Final[Mapping[str, Sentence]] = {
    VacancyState.CLOSED: Sentence("Closed"),
    VacancyState.FILLED: Sentence("Filled"),
    VacancyState.WITHDRAWN: Sentence("Withdrawn"),
    VacancyState.DRAFT: Sentence("Draft"),
}
RECOGNITIONS: Final = {
    "recognised": (Sentence("Union recognised"), "ok"),
    "consulted": (Sentence("Union consulted"), ""),
    "derecognised": (Sentence("Union de-recognised"), "no"),
    "none": (Sentence("No union recognised"), "no"),
}
"""What `fu:recognition` says of the union at the employer, and the tone that it is shown in."""


@dataclass(frozen=True)
class Mark:
    """A chip: words, icon and tone (`parts/marks.html`)."""

    text: Sentence
    symbol: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownVacancy:
    """A vacancy in a row or on its page; what depends on who reads is made when it is printed.

    `tellings` are the unions that tell of it, ours too.
    """

    vacancy: Vacancy
    tellings: Sequence[Telling] = ()

    @cached_property
    def notice(self) -> Notice:
        """Everything that it says."""
        return notice_of(self.vacancy)

    @property
    def path(self) -> str:
        """The page of it here."""
        return f"/vacancies/{self.vacancy.slug}"

    @property
    def closing(self) -> ShownClosing:
        """When it closes."""
        at, zone = self.vacancy.closes_at, self.vacancy.closes_zone
        offset = in_zone(at, zone).utcoffset()
        known = (duty_station(each.city, each.country) for each in self.notice.stations if each.city)
        there = (each for each in known if each is not None and in_zone(at, each.zone).utcoffset() == offset)
        return ShownClosing(at, zone, next((each.city for each in there), ""))

    @property
    def is_over(self) -> bool:
        """Whether nobody can apply any more; the clock may be ahead of the row by some seconds."""
        return self.vacancy.state not in (*OPEN_STATES, VacancyState.DRAFT) or self.closing.is_past

    @property
    def ending(self) -> Sentence | None:
        """How it ended, or that it is a draft."""
        found = ENDINGS.get(self.vacancy.state)
        return found or (ENDINGS[VacancyState.CLOSED] if self.closing.is_past else None)

    @property
    def is_verified(self) -> bool:
        """Whether its source is on the employer's own site."""
        return self.vacancy.source_status == SourceStatus.VERIFIED

    @property
    def contract(self) -> Sentence | str:
        """The kind of contract."""
        return named(CONTRACT_TYPES, self.notice.contract_type)

    @property
    def places(self) -> Sequence[str]:
        """The duty stations with their countries, in the reader's language; home-based last."""
        found = [place_name(each) for each in self.notice.stations]
        return list(dict.fromkeys(found))

    @property
    def facts(self) -> Sequence[Fact]:
        """Everything that it says in facts."""
        return facts_of(self.notice)

    @property
    def duration(self) -> str:
        """For how long it is, in the reader's words."""
        return duration_words(self.notice.duration)

    @property
    def is_home_based(self) -> bool:
        """Whether it has no place of its own."""
        return self.notice.remote and not self.notice.stations

    @property
    def host(self) -> str:
        """The site of the official notice."""
        return display_host(self.vacancy.source_url.partition("://")[2].partition("/")[0])

    @property
    def others(self) -> Sequence[Telling]:
        """The other unions that tell of it."""
        return [each for each in self.tellings if not each.board.local]

    @property
    def marks(self) -> Sequence[Mark]:
        """The chips of a row, the gravest first, at most three."""
        notice = self.notice
        marks = []
        if not self.is_verified:
            marks.append(Mark(Sentence("Unverified"), "alert", "no"))
        if notice.recognition in RECOGNITIONS:
            text, tone = RECOGNITIONS[notice.recognition]
            marks.append(Mark(text, "unions", tone))
        if notice.non_family:
            marks.append(Mark(Sentence("Non-family"), "people"))
        if notice.remote:
            marks.append(Mark(Sentence("Home-based"), "home"))
        if self.vacancy.state == VacancyState.EXTENDED and not self.is_over:
            marks.append(Mark(Sentence("Extended"), "date"))
        if self.is_new:
            marks.append(Mark(Sentence("New"), "star", "ok"))
        return marks[:_MOST_MARKS]

    @property
    def is_new(self) -> bool:
        """Whether it was posted within the last days."""
        return not self.is_over and current_reader().now - self.vacancy.posted_at < NEW_FOR


def place_name(station: Station) -> str:
    """Return a duty station with its country as the reader calls it: "Nairobi, Kenya"."""
    country = find_country(station.country) if station.country else None
    named = "" if country is None else country.name(LOCALES[current_reader().language])
    comma = "، " if current_reader().language == "ar" else ", "
    return comma.join(part for part in (station.city, named) if part)
