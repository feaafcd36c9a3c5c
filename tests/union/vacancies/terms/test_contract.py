"""Choices of a vacancy: how they may be written, and what they are called."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import pytest

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.terms import contract, names
from fediunion.union.vacancies.terms.contract import (
    ContractType,
    EmploymentType,
    HardshipClass,
    JobNetwork,
    Scope,
)
from fediunion.union.vacancies.terms.grades import Band
from fediunion.union.vacancies.terms.source import SourceStatus
from tests.union.vacancies.samples import POSTINGS


@pytest.mark.parametrize(
    "written", ["fixed-term", "Fixed term", "FIXED_TERM", " fixed  TERM ", "Fixed-Term Appointment"]
)
def test_a_contract_type_is_read_however_it_is_written(written: str) -> None:
    assert contract.read_contract_type(written) is ContractType.FIXED_TERM


@pytest.mark.parametrize("written", ["FULL_TIME", "full-time", "Full time", "https://schema.org/FULL_TIME"])
def test_an_employment_type_is_read_however_it_is_written(written: str) -> None:
    assert contract.read_employment_type(written) is EmploymentType.FULL_TIME


def test_other_choices_are_read_too() -> None:
    assert contract.read_hardship_class("Class e") is HardshipClass.E
    assert contract.read_job_network("polnet") is JobNetwork.POLNET
    assert contract.read_scope("internal-and-external") is Scope.OPEN
    assert contract.read_mobility("Movement required") is contract.Mobility.MOVEMENT_REQUIRED
    assert len(JobNetwork) == 9


@pytest.mark.parametrize(
    ("read", "field"),
    [
        (contract.read_contract_type, "contract_type"),
        (contract.read_employment_type, "employment_type"),
        (contract.read_hardship_class, "hardship"),
        (contract.read_job_network, "network"),
        (contract.read_scope, "scope"),
        (contract.read_mobility, "mobility"),
    ],
    ids=["contract", "employment", "hardship", "network", "scope", "mobility"],
)
@pytest.mark.parametrize(
    "written", ["", "serfdom", "—", "x" * 5000], ids=["empty", "unknown", "dash", "long"]
)
def test_what_is_no_choice_is_refused_with_its_field(
    read: Callable[[str], object], field: str, written: str
) -> None:
    with pytest.raises(Invalid, match="is none of") as refused:
        read(written)
    assert refused.value.field == field
    assert isinstance(refused.value.args[0], Sentence)
    assert len(str(refused.value)) < 400


def test_the_samples_are_read() -> None:
    for sample in POSTINGS.values():
        if "fu:contractType" in sample:
            assert contract.read_contract_type(sample["fu:contractType"]) == sample["fu:contractType"]
            assert contract.read_employment_type(sample["employmentType"]) == sample["employmentType"]
        if "fu:hardshipClass" in sample:
            assert contract.read_hardship_class(sample["fu:hardshipClass"]) == sample["fu:hardshipClass"]


@pytest.mark.parametrize(
    ("table", "choices"),
    [
        (names.CONTRACT_TYPES, ContractType),
        (names.EMPLOYMENT_TYPES, EmploymentType),
        (names.HARDSHIP_CLASSES, HardshipClass),
        (names.JOB_NETWORKS, JobNetwork),
        (names.SCOPES, Scope),
        (names.MOBILITIES, contract.Mobility),
        (names.SOURCE_STATUSES, SourceStatus),
        (names.BANDS, Band),
    ],
    ids=["contract", "employment", "hardship", "network", "scope", "mobility", "source", "band"],
)
def test_every_choice_has_a_name_of_its_own(table: Mapping[object, Sentence], choices: type[StrEnum]) -> None:
    assert set(table) == set(choices)
    assert len(set(table.values())) == len(table)
