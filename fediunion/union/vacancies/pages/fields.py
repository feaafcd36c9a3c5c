"""The form of a vacancy: what an editor typed, as a JobPosting, and a notice as an editor finds it typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.vacancies.columns import BETWEEN, COLUMNS, cells_of_notice, posting_of_cells
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.pages.facts import named
from fediunion.union.vacancies.pages.typed_text import typed_html, typed_text
from fediunion.union.vacancies.reading import BadNotice, read_notice
from fediunion.union.vacancies.terms.closing import in_zone
from fediunion.union.vacancies.terms.names import JOB_NETWORKS
from fediunion.web.forms import Form

EMPTY_ROWS: Final = 2
MOST_ROWS: Final = 20
_TEXTS: Final = ("description", "responsibilities", "qualifications")
_APART: Final = frozenset({"closes", "city", "country", "languages", "duration", "remote", *_TEXTS})
_DURATION: Final = re.compile(r"P(\d{1,4})([YMWD])")
_FIELD_OF: Final[Mapping[str, str]] = {
    **{posting: column for column, (posting, _) in reversed(list(COLUMNS.items()))},
    "validThrough": "closes_day",
    "jobLocation": "places",
    "fu:languageRequirements": "languages",
    "fu:duration": "duration_number",
    "fu:sourceUrl": "url",
}
"""What a fault is in, as a JobPosting has it → the field of the form."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in the form: `cells` by column of columns.py, and what has several fields.

    `duration` is a number with Y, M, W or D; where the notice has another kind of duration it is in `cells`.
    """

    cells: Mapping[str, str] = field(default_factory=dict)
    closes_day: str = ""
    closes_time: str = ""
    places: Sequence[tuple[str, str]] = ()
    languages: Sequence[tuple[str, str, bool]] = ()
    duration: tuple[str, str] = ("", "Y")
    remote: bool = False
    audience: str = Audience.PUBLIC

    def cell(self, name: str) -> str:
        """Return what stands in a field of its own."""
        return self.cells.get(name, "")

    @property
    def place_rows(self) -> list[tuple[str, str]]:
        """The rows for places: those that are filled, and empty ones."""
        return [*self.places, *[("", "")] * EMPTY_ROWS][:MOST_ROWS]

    @property
    def language_rows(self) -> list[tuple[str, str, bool]]:
        """The rows for languages: those that are filled, and empty ones."""
        return [*self.languages, *[("", "", True)] * EMPTY_ROWS][:MOST_ROWS]


def typed_in(form: Form) -> Typed:
    """Return what came with the form, as it was typed."""
    rows = zip(form.every("city[]"), form.every("country[]"), strict=False)
    needs = zip(form.every("language[]"), form.every("level[]"), form.every("must[]"), strict=False)
    return Typed(
        cells={name: form.get(name, "").strip() for name in COLUMNS if name not in _APART or name in _TEXTS},
        closes_day=form.get("closes_day", "").strip(),
        closes_time=form.get("closes_time", "").strip(),
        places=[(city.strip(), land.strip()) for city, land in rows if city.strip() or land.strip()],
        languages=[(tag.strip(), level.strip(), must != "no") for tag, level, must in needs if tag.strip()],
        duration=(form.get("duration_number", "").strip(), form.get("duration_unit", "Y")),
        remote=form.get("remote", "") == "yes",
        audience=form.get("audience", Audience.PUBLIC),
    )


def typed_of(notice: Notice, audience: str) -> Typed:
    """Return a notice as the form begins with it."""
    cells = cells_of_notice(notice)
    local = in_zone(notice.closes_at, notice.closes_zone)
    duration = _DURATION.fullmatch(notice.duration)
    return Typed(
        cells=cells | {name: typed_text(cells[name]) for name in _TEXTS},
        closes_day=f"{local:%Y-%m-%d}",
        closes_time=f"{local:%H:%M}",
        places=[(each.city, each.country) for each in notice.stations],
        languages=[(each.language, each.level, each.required) for each in notice.languages],
        duration=(duration[1], duration[2]) if duration else ("", "Y"),
        remote=notice.remote,
        audience=audience,
    )


def notice_in(typed: Typed, *, now: datetime, kept: Notice | None = None) -> Notice:
    """Return the notice that was typed; raise BadNotice with every fault.

    What the form has no field for stays as `kept` has it.
    """
    return read_notice(_posting(typed, kept), now=now)


def problems_of(error: Invalid) -> dict[str, str]:
    """Return what is wrong, by the field of the form that it is in."""
    faults = error.faults if isinstance(error, BadNotice) else {error.field: sentence_of(error)}
    return {_FIELD_OF.get(name, name): sentence for name, sentence in faults.items()}


def _posting(typed: Typed, kept: Notice | None) -> JsonObject:
    cells = {name: text for name, text in typed.cells.items() if name not in _APART}
    cells |= {name: typed_html(typed.cell(name)) for name in _TEXTS}
    clock = typed.closes_time or "23:59"
    cells["closes"] = f"{typed.closes_day} {clock}" if typed.closes_day else ""
    cells["city"] = BETWEEN.join(city.replace(BETWEEN, " ") for city, _ in typed.places)
    cells["country"] = BETWEEN.join(land.replace(BETWEEN, " ") for _, land in typed.places)
    cells["remote"] = "yes" if typed.remote else ""
    number, unit = typed.duration
    cells["duration"] = f"P{number}{unit}" if number else ""
    posting = posting_of_cells(cells)
    names = {each.code: each.name for each in kept.occupations} if kept is not None else {}
    for each in posting.get("occupationalCategory", ()):
        each["name"] = names.get(each["codeValue"]) or str(named(JOB_NETWORKS, each["codeValue"].upper()))
    if typed.languages:
        posting["fu:languageRequirements"] = [
            {"language": tag, "level": level, "required": must} for tag, level, must in typed.languages
        ]
    if kept is not None and not number and not _DURATION.fullmatch(kept.duration) and kept.duration:
        posting["fu:duration"] = kept.duration
    return posting


LABELS: Final[Mapping[str, Sentence]] = {
    "title": Sentence("Title"),
    "employer": Sentence("Employer"),
    "number": Sentence("Number"),
    "url": Sentence("Address of the official notice"),
    "employer_site": Sentence("The employer's own site"),
    "closes_day": Sentence("Closing date"),
    "closing_zone": Sentence("Time zone"),
    "posted": Sentence("Posted on"),
    "places": Sentence("Places of work"),
    "languages": Sentence("Languages"),
    "grade": Sentence("Grade"),
    "salary_currency": Sentence("Pay"),
    "isco": Sentence("Field of work"),
    "description": Sentence("What it is about"),
    "responsibilities": Sentence("What one would do"),
    "qualifications": Sentence("What one should bring"),
    "starts": Sentence("Starts on"),
    "duration_number": Sentence("Duration"),
    "openings": Sentence("Number of posts"),
    "post_adjustment": Sentence("Post adjustment"),
    "experience_months": Sentence("Months of experience"),
    "rnr_weeks": Sentence("Weeks between rest and recuperation"),
    "applicant_countries": Sentence("Countries from which one may work"),
    "audience": Sentence("Who can see it"),
}
