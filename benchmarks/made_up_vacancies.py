"""Made-up vacancies and searches, the same each time: what benchmarks.vacancies fills an instance with."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from fediunion.kit.ids import new_id, new_slug
from fediunion.union.vacancies.notice import LanguageNeed, Notice, Occupation, Station
from fediunion.union.vacancies.posting import posting_of
from fediunion.union.vacancies.service.rows import employer_key, words_of
from fediunion.union.vacancies.terms.contract import ContractType, JobNetwork
from fediunion.union.vacancies.terms.countries import all_countries
from fediunion.union.vacancies.terms.grades import normal_grade

_GRADES: Final = (
    "P-2",
    "P-3",
    "P-3",
    "P-4",
    "P-4",
    "P-5",
    "D-1",
    "G-4",
    "G-5",
    "G-6",
    "NO-B",
    "NO-C",
    "AD7",
    "UNV",
)
_LANGUAGES: Final = ("en", "en", "en", "fr", "fr", "es", "ar", "ru", "zh", "pt", "sw")
_CODES: Final = (
    "1324",
    "2422",
    "2423",
    "2529",
    "2611",
    "2631",
    "2635",
    "2643",
    "3313",
    "3343",
    "4110",
    "8322",
)
_COMMON: Final = ("KE", "CH", "US", "ET", "NL", "SS", "BD", "JO", "SN", "TH")
_WORDS: Final = 4_000


def made_up_word(rank: int) -> str:
    """Return a word of six letters; the lower its rank, the more often notices have it."""
    number = rank * 7_919 % 1_000_000
    return "".join("bcdfghjklmnprstvwxyz"[digit // 5] + "aeiou"[digit % 5] for digit in _digits(number))


def _digits(number: int) -> tuple[int, int, int]:
    return number % 100, number // 100 % 100, number // 10_000 % 100


class Notices:
    """Made-up notices, the same each time."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._random = random.Random(2026)
        self._countries = [each.code for each in all_countries()]
        self._weights = [1 / (rank + 3) for rank in range(_WORDS)]

    def one(self, number: int) -> Notice:
        """Return the notice of that number: open, or closed within the last 30 days."""
        chance = self._random
        grade = normal_grade(chance.choice(_GRADES))
        assert grade is not None
        body = chance.choices(range(_WORDS), self._weights, k=180)
        closes = self._now + timedelta(seconds=chance.uniform(-30, 90) * 86_400)
        country = chance.choice(_COMMON if chance.random() < 0.7 else self._countries)
        return Notice(
            title=f"{chance.choice(('Humanitarian', 'Legal', 'Finance', 'Programme'))} Officer {number}",
            employer=f"Organisation {int(chance.paretovariate(0.7)) % 1500}",
            number=f"JO-{number}",
            source_url=f"https://jobs.example/{number}",
            closes_at=closes,
            closes_zone="UTC",
            posted_on=(closes - timedelta(days=30)).date(),
            description_html=f"<p>{' '.join(map(made_up_word, body))}</p>",
            grade=grade.text,
            grade_band=str(grade.band),
            grade_matched=True,
            contract_type=chance.choice(list(ContractType)),
            stations=(Station(city=f"Town {chance.randrange(600)}", country=country),),
            remote=chance.random() < 0.1,
            occupations=(
                Occupation(scheme="ISCO-08", code=chance.choice(_CODES)),
                Occupation(scheme="UN-JobNetwork", code=chance.choice(list(JobNetwork))),
            ),
            languages=tuple(
                LanguageNeed(language=each) for each in {chance.choice(_LANGUAGES), chance.choice(_LANGUAGES)}
            ),
            hardship=chance.choice("HABCDE"),
            non_family=chance.random() < 0.2,
        )

    def search(self) -> str:
        """Return a search that somebody might follow."""
        chance = self._random
        parts = [
            f"grade={chance.choice(_GRADES)},{chance.choice(_GRADES)}",
            f"country={chance.choice(_COMMON if chance.random() < 0.7 else self._countries)}",
            f"network={chance.choice(list(JobNetwork))}",
            f"isco={chance.choice(_CODES)[: chance.randint(1, 4)]}",
            f"language={chance.choice(_LANGUAGES)}",
            f"q={made_up_word(chance.randrange(300))}+{made_up_word(chance.randrange(_WORDS))}",
            f"closing_within_days={chance.choice((7, 14, 30))}",
            f"contract_type={chance.choice(list(ContractType))}",
        ]
        return "&".join(chance.sample(parts, chance.randint(1, 3)))


def rows_of(
    notices: Notices, board_id: int, now: datetime, start: int, count: int
) -> Iterator[dict[str, Any]]:
    for number in range(start, start + count):
        notice = notices.one(number)
        yield {
            "id": new_id(),
            "slug": new_slug(),
            "state": "open" if notice.closes_at > now else "closed",
            "local": False,
            "board_id": board_id,
            "post_id": None,
            "employer_key": employer_key(notice.employer),
            "number_key": notice.number.lower(),
            "title": notice.title,
            "employer": notice.employer,
            "posting": posting_of(notice),
            "words": words_of(notice),
            "source_url": notice.source_url,
            "source_status": "verified",
            "flags": [],
            "hidden": False,
            "cleared_at": None,
            "audience": "public",
            "posted_at": notice.closes_at - timedelta(days=30),
            "closes_at": notice.closes_at,
            "closes_zone": "UTC",
            "ended_at": None,
            "created_at": now,
            "updated_at": now,
            "revision": number + 1,
        }
