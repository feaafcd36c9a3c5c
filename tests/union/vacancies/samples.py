"""The sample vacancies that the demo uses, as JobPostings and as they travel."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import fediunion.cli.demo
from fediunion.cli.demo.halls import moved
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.reading import read_notice

AS_OF: Final = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

_FILE: Final = Path(fediunion.cli.demo.__file__).with_name("samples.json")
SAMPLES: Final[dict[str, Any]] = json.loads(_FILE.read_text())
POSTINGS: Final[dict[str, dict[str, Any]]] = {
    each["fu:sampleId"]: each for each in (*SAMPLES["vacancies"], *SAMPLES["vacancyVariants"])
}


def notice(sample: str = "V-01", /, **changed: object) -> Notice:
    """Return a sample as a notice, with other values where they are `changed` (None leaves a member out)."""
    return read_notice(posting(sample, **changed), now=AS_OF, past=True)


def posting(sample: str = "V-01", /, **changed: object) -> dict[str, Any]:
    """Return a sample as a JobPosting, with other values where they are `changed` (None leaves one out)."""
    merged = POSTINGS[sample] | changed
    return {name: value for name, value in merged.items() if value is not None}


def current(sample: str, /) -> dict[str, Any]:
    """Return a sample as a JobPosting of today: it closes some weeks from now."""
    return moved(POSTINGS[sample], SAMPLES["asOf"], datetime.now(UTC))
