"""The facts of a vacancy as its page lists them: what each is called, what it is, and a second line."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from markupsafe import Markup, escape

from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.notice import LanguageNeed, Notice, Occupation
from fediunion.union.vacancies.terms.countries import find_country
from fediunion.union.vacancies.terms.money import salary_sentence
from fediunion.union.vacancies.terms.names import (
    EMPLOYMENT_TYPES,
    HARDSHIP_CLASSES,
    JOB_NETWORKS,
    LEVELS,
    MOBILITIES,
    SCOPES,
)
from fediunion.web.functions import day, told
from fediunion.web.languages import LOCALES, language_name
from fediunion.web.reading import current_reader

Fact = tuple[Sentence, object, object]
"""What it is called, what it is, and what is added in small; "" where there is no more."""

_Choice = TypeVar("_Choice", bound=StrEnum)

_DURATION: Final = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:(\d{1,4})D)?")
_NUMBER: Final = Markup('<bdi class="code">{}</bdi>')


def facts_of(notice: Notice) -> list[Fact]:
    """Return what a notice says in facts, for who reads now; what it does not say is left out."""
    return [(term, value, more) for term, value, more in _facts(notice) if value]


def duration_words(duration: str) -> str:
    """Return an ISO 8601 duration in the reader's words ("1 year"); as it is where it is no such."""
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match.groups()):
        return duration
    years, months, weeks, days = (int(each or 0) for each in match.groups())
    parts = [
        years and Sentence.counted("%(count)s year", "%(count)s years", count=years),
        months and Sentence.counted("%(count)s month", "%(count)s months", count=months),
        weeks and Sentence.counted("%(count)s week", "%(count)s weeks", count=weeks),
        days and Sentence.counted("%(count)s day", "%(count)s days", count=days),
    ]
    return _comma().join(str(told(part)) for part in parts if part)


def named(names: Mapping[_Choice, Sentence], value: str) -> Sentence | str:
    """Return what one of the choices of a vacancy is called; "" for none."""
    return next((name for choice, name in names.items() if choice == value), "")


def language_words(need: LanguageNeed) -> str:
    """Return a language that is asked for, with the level: "French, working knowledge"."""
    name, level = language_name(need.language), told(named(LEVELS, need.level) or need.level)
    return f"{name}{_comma()}{level}" if level else name


def _facts(notice: Notice) -> Iterator[Fact]:
    yield Sentence("Duration"), duration_words(notice.duration), _starting(notice)
    yield Sentence("Hours"), named(EMPLOYMENT_TYPES, notice.employment_type), _openings(notice.openings)
    if notice.salary is not None:
        pay = salary_sentence(notice.salary, LOCALES[current_reader().language])
        yield Sentence("Net base salary"), pay, _adjustment(notice.post_adjustment)
    yield from _hardship(notice)
    musts = [language_words(each) for each in notice.languages if each.required]
    wishes = [language_words(each) for each in notice.languages if not each.required]
    also = Sentence("welcome: %(languages)s", languages="; ".join(wishes)) if wishes else ""
    if musts:
        yield Sentence("Languages"), "; ".join(musts), also
    else:
        yield Sentence("Languages, welcome"), "; ".join(wishes), ""
    yield Sentence("Experience"), _experience(notice.experience_months), ""
    yield Sentence("Education"), notice.education, ""
    for each in notice.occupations:
        yield _field(each)
    yield Sentence("Who may apply"), named(SCOPES, notice.scope), notice.eligibility
    if notice.applicant_countries:
        yield Sentence("Work from"), _countries(notice.applicant_countries), ""
    yield Sentence("Clearance"), notice.clearance, ""
    yield Sentence("Medical"), notice.medical, ""
    yield Sentence("Benefits"), notice.benefits, ""
    yield Sentence("Whom to ask"), notice.contact, ""
    if notice.number:
        yield Sentence("Number"), _NUMBER.format(notice.number), ""


def _starting(notice: Notice) -> Markup:
    parts = [
        _said(Sentence("starts %(day)s", day=day(notice.starts_on))) if notice.starts_on else "",
        _said(named(MOBILITIES, notice.mobility)),
    ]
    return escape(_comma()).join(part for part in parts if part)


def _openings(count: int | None) -> Sentence | str:
    if count is None or count < 2:
        return ""
    return Sentence.counted("%(count)s post", "%(count)s posts", count=count)


def _adjustment(multiplier: Decimal | None) -> Sentence | str:
    if multiplier is None:
        return ""
    return Sentence("plus post adjustment of %(percent)s %%", percent=f"{multiplier.normalize():f}")


def _hardship(notice: Notice) -> Iterator[Fact]:
    said: list[Sentence] = []
    if notice.non_family is not None:
        family, alone = Sentence("family duty station"), Sentence("non-family duty station")
        said.append(alone if notice.non_family else family)
    if notice.danger_pay is not None:
        said.append(Sentence("danger pay") if notice.danger_pay else Sentence("no danger pay"))
    if notice.rnr_weeks:
        weeks = notice.rnr_weeks
        said.append(Sentence.counted("rest every %(count)s week", "rest every %(count)s weeks", count=weeks))
    words = _comma().join(str(told(each)) for each in said)
    known = named(HARDSHIP_CLASSES, notice.hardship)
    yield Sentence("Hardship"), known or words, words if known else ""


def _experience(months: int | None) -> Sentence | str:
    if not months:
        return Sentence("None needed") if months == 0 else ""
    if months % 12:
        return Sentence.counted("%(count)s month", "%(count)s months", count=months)
    return Sentence.counted("%(count)s year", "%(count)s years", count=months // 12)


def _field(occupation: Occupation) -> Fact:
    if occupation.scheme == "UN-JobNetwork":
        name = named(JOB_NETWORKS, occupation.code) or occupation.name or occupation.code
        return Sentence("Job network"), name, occupation.code
    name = occupation.name or occupation.code
    code = f"{occupation.scheme} {occupation.code}" if len(occupation.code) < 9 else occupation.scheme
    return Sentence("Field"), name, code


def _countries(codes: tuple[str, ...]) -> str:
    locale = LOCALES[current_reader().language]
    found = [find_country(code) for code in codes]
    return _comma().join(each.name(locale) for each in found if each is not None)


def _comma() -> str:
    return "، " if current_reader().language == "ar" else ", "


def _said(value: str) -> Markup:
    return escape(told(value))
