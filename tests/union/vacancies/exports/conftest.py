"""Vacancies as they leave, made without a database."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from fediunion.union.vacancies.exports.exported import Exported
from fediunion.union.vacancies.exports.formats import FORMATS, Export
from tests.union.vacancies.samples import AS_OF, SAMPLES, notice

NAMES = [each["fu:sampleId"] for each in SAMPLES["vacancies"]]


def leaving(name: str, /, state: str = "open", **changed: object) -> Exported:
    """Return a sample as it leaves."""
    return Exported(
        page=f"https://ictysu.example/vacancies/{name.lower()}",
        state=state,
        notice=notice(name, **changed),
        source_status="verified",
        board="@jobs@ictysu.example",
        board_name="Jobs & more",
        board_url="https://ictysu.example/@jobs",
        posted_at=datetime(2026, 11, 30, 8, tzinfo=UTC),
        updated_at=AS_OF,
    )


@pytest.fixture
def written() -> Callable[..., bytes]:
    """Write vacancies in a format."""

    def write(kind: str, *vacancies: Exported, language: str = "en") -> bytes:
        export = Export(
            vacancies=vacancies,
            home="https://ictysu.example/vacancies?grade=P-3&state=open",
            address=f"https://ictysu.example/vacancies.{kind}?grade=P-3",
            title="Vacancies <P-3>",
            description="Open vacancies & more",
            language=language,
            now=AS_OF,
        )
        return FORMATS[kind][1](export)

    return write
