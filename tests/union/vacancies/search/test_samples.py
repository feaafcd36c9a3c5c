"""The searches of the sample data, on the index and on the searches that wait."""

from typing import Any

import pytest
from sqlalchemy import select

from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.search.predicates import CompiledSearches
from tests.union.vacancies.samples import AS_OF, SAMPLES, notice
from tests.union.vacancies.search.shelves import Hall, query_of

EXPECTED: list[dict[str, Any]] = SAMPLES["searchExpectations"]


@pytest.fixture
async def samples(hall: Hall) -> Hall:
    """The ten vacancies of the sample data, V-04 among them, which closed by its date."""
    for each in SAMPLES["vacancies"]:
        sample = each["fu:sampleId"]
        state = VacancyState(each["fu:test"]["state"])
        await hall.store(sample, notice(sample), state=state)
    return hall


@pytest.mark.parametrize("expected", EXPECTED, ids=[each["q"] for each in EXPECTED])
async def test_each_expected_search_finds_what_it_should(samples: Hall, expected: dict[str, Any]) -> None:
    assert sorted(await samples.found(expected["q"])) == expected["expect"]


async def test_each_expected_search_waits_for_what_it_should(samples: Hall) -> None:
    searches: CompiledSearches[str] = CompiledSearches()
    for each in EXPECTED:
        searches.add(each["q"], query_of(each["q"]))
    found: dict[str, list[str]] = {each["q"]: [] for each in EXPECTED}
    rows = await samples.world.db.read(
        lambda session: session.scalars(select(Vacancy).order_by(Vacancy.id)).all()
    )
    for vacancy in rows:
        for key in searches.matching(vacancy, AS_OF):
            found[key].append(samples.names[vacancy.id])
    assert found == {each["q"]: each["expect"] for each in EXPECTED}


async def test_what_closed_by_its_date_is_closed_before_any_job_ran(samples: Hall) -> None:
    await samples.change("V-04", state=VacancyState.OPEN)
    assert await samples.found("state=closed") == ["V-04"]
    assert "V-04" not in await samples.found("")
