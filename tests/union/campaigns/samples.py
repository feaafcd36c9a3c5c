"""The sample calls that the demo uses, as they stand in files and as values."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import fediunion.cli.demo
from fediunion.union.campaigns.terms.call import CallTerms

AS_OF: Final = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
OPENS: Final = datetime(2026, 11, 10, tzinfo=UTC)
CLOSES: Final = datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)

FILE: Final = Path(fediunion.cli.demo.__file__).with_name("samples.json")
SAMPLES: Final[dict[str, Any]] = json.loads(FILE.read_text())
CALLS: Final[dict[str, dict[str, Any]]] = {each["fu:sampleId"]: each for each in SAMPLES["campaignCalls"]}


def call_file(sample: str = "C-01", /, **changed: object) -> dict[str, Any]:
    """Return a sample as a file has it, with other values where they are `changed` (None leaves one out)."""
    merged = CALLS[sample] | changed
    return {name: value for name, value in merged.items() if value is not None}


def call_terms(sample: str = "C-01", /, *, pledges: bool = False, **changed: object) -> CallTerms:
    """Return what a sample says; with `pledges` it asks to pledge a boost, where the sample does."""
    told = call_file(sample, **changed)
    if not pledges:
        told["asks"] = [each for each in told["asks"] if each.get("type") != "boost-pledge"]
    return CallTerms.from_json(told)
