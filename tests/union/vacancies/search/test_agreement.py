"""The index, the searches that wait, and a plain reading of the rules agree on made-up vacancies."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.kit.words import folded_words
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.notice import LanguageNeed, Notice, Occupation, Station
from fediunion.union.vacancies.search.index import VacancyIndex, search_vacancies
from fediunion.union.vacancies.search.predicates import CompiledSearches
from fediunion.union.vacancies.search.query import VacancyQuery, canonical
from tests.fakes.clock import FakeClock
from tests.union.vacancies.samples import AS_OF
from tests.union.vacancies.search.shelves import Hall, change, query_of, store

GRADES = {"P-2": "professional", "P-3": "professional", "G-5": "general-service", "AD7": "eu-administrator"}
PLACES = (("Nairobi", "KE"), ("Mombasa", "KE"), ("The Hague", "NL"), ("Cox's Bazar", "BD"), ("", "CH"))
CODES = ("2611", "2631", "2422", "3313", "26")
NETWORKS = ("POLNET", "LEGALNET")
CONTRACTS = ("fixed-term", "temporary", "consultancy")
LANGUAGES = ("en", "fr", "fr-ca", "ar")
EMPLOYERS = ("Relief Office", "Residual Tribunal", "Global Telecom")
TITLES = ("Legal Officer", "Officer, Legal Affairs", "Nurse", "Nurses’ Aide", "مسؤول قانوني", "法律官员")
WORDS = (
    "legal",
    "offic",
    "nurse",
    "nurses aide",
    "legal officer",
    "مسؤول",
    "法律",
    "relief",
    "p-3",
    "on",
    "o",
)
DAYS = (1, 7, 14, 30)


class Chances:
    """Vacancies and searches at random, the same in each run."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def some(self, values: Any, most: int = 2) -> list[Any]:
        """Return none, one or more of some values."""
        return self._random.sample(list(values), self._random.randint(0, most))

    def notice(self) -> Notice:
        """Return a notice in which anything may be or be missing."""
        chance = self._random
        grade = chance.choice([*GRADES, "Band 9", ""])
        return Notice(
            title=chance.choice(TITLES),
            employer=chance.choice(EMPLOYERS),
            number=str(chance.random()),
            source_url="https://jobs.example/1",
            closes_at=AS_OF + timedelta(hours=chance.randint(-72, 24 * 35)),
            closes_zone="UTC",
            posted_on=AS_OF.date(),
            grade=grade,
            grade_band=GRADES.get(grade, ""),
            grade_matched=grade in GRADES,
            contract_type=chance.choice(("", *CONTRACTS)),
            stations=tuple(Station(city=city, country=code) for city, code in self.some(PLACES)),
            remote=chance.random() < 0.3,
            occupations=(
                *(Occupation(scheme="ISCO-08", code=code) for code in self.some(CODES)),
                *(Occupation(scheme="UN-JobNetwork", code=code) for code in self.some(NETWORKS, 1)),
            ),
            languages=tuple(
                LanguageNeed(language=each, required=chance.random() < 0.5) for each in self.some(LANGUAGES)
            ),
            hardship=chance.choice(("", "H", "B", "E")),
            non_family=chance.choice((None, True, False)),
        )

    def columns(self) -> dict[str, Any]:
        """Return what else a vacancy has."""
        return {
            "state": self._random.choice([*[VacancyState.OPEN] * 4, *VacancyState]),
            "hidden": self._random.random() < 0.1,
            "source_status": self._random.choice(("verified", "unverified")),
            "posted_at": AS_OF - timedelta(hours=self._random.randint(0, 72)),
        }

    def search(self) -> str:
        """Return a search for a few things."""
        chance = self._random
        posted = AS_OF - timedelta(hours=chance.randint(0, 72))
        asked = (
            ("grade", ",".join(self.some(GRADES))),
            ("band", ",".join(self.some(set(GRADES.values())))),
            ("country", ",".join(self.some(("KE", "NL", "CH")))),
            ("city", chance.choice(("nairobi", "Den Haag", "cox’s bazar"))),
            ("network", ",".join(self.some(NETWORKS))),
            ("isco", ",".join(self.some(("2", "26", "261", "2631", "33")))),
            ("contract_type", ",".join(self.some(CONTRACTS))),
            ("language", ",".join(self.some(LANGUAGES))),
            ("employer", chance.choice(EMPLOYERS).upper()),
            ("hardship", ",".join(self.some("HBE"))),
            ("non_family", chance.choice(("true", "false"))),
            ("remote", chance.choice(("true", "false"))),
            ("source", chance.choice(("verified", "unverified"))),
            ("state", chance.choice(("open", "closed", "all", "filled,withdrawn"))),
            ("closing_within_days", str(chance.choice(DAYS))),
            ("posted_after", posted.isoformat().replace("+00:00", "Z")),
            ("q", chance.choice(WORDS)),
        )
        kept = chance.sample(asked, chance.randint(0, 3))
        return "&".join(f"{name}={value}" for name, value in kept)


@dataclass
class Made:
    """A made-up vacancy, and what it is known to say."""

    vacancy: Vacancy
    notice: Notice


def finds(query: VacancyQuery, made: Made, now: datetime) -> bool:
    """Return whether a search finds a vacancy, rule by rule as issue 5 has them."""
    notice, vacancy = made.notice, made.vacancy
    if vacancy.hidden or vacancy.state in (VacancyState.DRAFT, VacancyState.REMOVED):
        return False
    state = "open" if vacancy.state in (VacancyState.OPEN, VacancyState.EXTENDED) else vacancy.state
    if state == "open" and notice.closes_at <= now:
        state = "closed"
    codes = {each.code for each in notice.occupations if each.scheme == "ISCO-08"}
    tags = {need.language for need in notice.languages}
    cities = {"Cox's Bazar": "coxs bazar"}
    rules: list[tuple[tuple[str, ...], Callable[[str], bool]]] = [
        (query.grade, lambda value: notice.grade_matched and value == notice.grade),
        (query.band, lambda value: value == notice.grade_band),
        (query.country, lambda value: value in {each.country for each in notice.stations}),
        (query.city, lambda value: value in {cities.get(s.city, s.city.lower()) for s in notice.stations}),
        (query.network, lambda value: value in {each.code for each in notice.occupations}),
        (query.isco, lambda value: any(code.startswith(value) for code in codes)),
        (query.contract_type, lambda value: value == notice.contract_type),
        (query.language, lambda value: any(tag == value or tag.startswith(f"{value}-") for tag in tags)),
        (query.employer, lambda value: value == notice.employer.lower()),
        (query.hardship, lambda value: value == notice.hardship),
        (query.non_family, lambda value: (value == "true") == (notice.non_family is True)),
        (query.remote, lambda value: (value == "true") == notice.remote),
        (query.source, lambda value: value == vacancy.source_status),
        (query.state, lambda value: value == state),
    ]
    if not all(any(map(rule, asked)) for asked, rule in rules if asked):
        return False
    left = notice.closes_at - now
    days = query.closing_within_days
    if days is not None and not timedelta() < left <= timedelta(days=days):
        return False
    if query.posted_after is not None and vacancy.posted_at < query.posted_after:
        return False
    return has_words(query.q, f"{notice.title} {notice.employer} {notice.grade}")


def has_words(phrases: tuple[str, ...], text: str) -> bool:
    """Return whether all phrases stand in a text, word by word, the last one perhaps as a beginning."""
    words = folded_words(text).split()
    for number, phrase in enumerate(phrases):
        asked = phrase.split()
        begins = number == len(phrases) - 1 and len(asked[-1].encode()) >= 3
        places = [words[start : start + len(asked)] for start in range(len(words))]
        exact = asked in places
        begun = any(
            len(place) == len(asked) and place[:-1] == asked[:-1] and place[-1].startswith(asked[-1])
            for place in places
        )
        if not (exact or (begins and begun)):
            return False
    return True


def _store(session: Session, notices: list[Notice], columns: list[dict[str, Any]]) -> None:
    for notice, others in zip(notices, columns, strict=True):
        store(session, notice, **others)


async def _all(hall: Hall) -> dict[int, Vacancy]:
    rows = await hall.world.db.read(
        lambda session: list(session.scalars(select(Vacancy).order_by(Vacancy.id)))
    )
    return {row.id: row for row in rows}


async def test_index_waiting_searches_and_the_rules_agree(hall: Hall, clock: FakeClock) -> None:
    chances = Chances(1)
    notices = [chances.notice() for _ in range(80)]
    await hall.world.db.write(_store, notices, [chances.columns() for _ in notices])
    said = dict(zip(await _all(hall), notices, strict=True))
    queries = {canonical(query): query for query in (query_of(chances.search()) for _ in range(250))}
    searches: CompiledSearches[str] = CompiledSearches()
    for text, query in queries.items():
        searches.add(text, query)
    found = 0
    for _ in range(3):
        now = clock.now()
        made = {row_id: Made(row, said[row_id]) for row_id, row in (await _all(hall)).items()}
        waiting = {row_id: searches.matching(each.vacancy, now) for row_id, each in made.items()}
        for text, query in queries.items():
            expected = {row_id for row_id, each in made.items() if finds(query, each, now)}
            assert await _ids(hall, query) == expected, text
            assert {row_id for row_id, keys in waiting.items() if text in keys} == expected, text
            found += len(expected)
        # Some change, some of them twice, and time goes by.
        changed = list(said)[::3] + list(said)[::6]
        for row_id in changed:
            said[row_id] = chances.notice()
            await hall.world.db.write(change, row_id, said[row_id], **chances.columns())
        clock.advance(days=2)
    assert found > 1_000
    assert len(hall.world.part(VacancyIndex).shelf) > 40


async def _ids(hall: Hall, query: VacancyQuery) -> set[int]:
    result = await search_vacancies(hall.world, replace(query, limit=100))
    assert result.total == len(result.ids)
    return set(result.ids)


async def test_what_is_due_later_is_found_from_that_instant_on(hall: Hall) -> None:
    chances = Chances(2)
    notices = [chances.notice() for _ in range(60)]
    columns = [chances.columns() | {"state": VacancyState.OPEN, "hidden": False} for _ in notices]
    await hall.world.db.write(_store, notices, columns)
    searches: CompiledSearches[int] = CompiledSearches()
    for number in range(200):
        searches.add(number, query_of(chances.search()))
    later = 0
    for vacancy in (await _all(hall)).values():
        now_found, due = searches.matching(vacancy, AS_OF), searches.due_later(vacancy, AS_OF)
        assert not now_found & due.keys()
        for instant in set(due.values()):
            new = {key for key, at in due.items() if at == instant}
            assert new <= searches.matching(vacancy, instant)
            assert not new & searches.matching(vacancy, instant - timedelta(microseconds=1))
            later += len(new)
        at_last = vacancy.closes_at - timedelta(hours=1)
        if at_last > AS_OF:
            assert searches.matching(vacancy, at_last) - now_found <= due.keys()
    assert later > 20
