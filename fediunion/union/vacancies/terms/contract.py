"""What kind of contract a vacancy offers, who may apply, and the words that are accepted for it.

Sources: hr.un.org (kinds of appointment, job networks), the hardship classification of the ICSC, Google's
list of employment types for JobPosting.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.terms.keys import choice_key


class ContractType(StrEnum):
    """`fu:contractType`. A temporary one lasts at most 364 days, extended at most 729 (hr.un.org)."""

    CONTINUING = "continuing"
    FIXED_TERM = "fixed-term"
    TEMPORARY = "temporary"
    CONSULTANCY = "consultancy"
    INDIVIDUAL_CONTRACTOR = "individual-contractor"
    SERVICE_AGREEMENT = "service-agreement"
    UNV = "unv"
    SECONDMENT = "secondment"
    INTER_AGENCY_LOAN = "inter-agency-loan"
    JPO = "jpo"
    INTERNSHIP = "internship"
    PERMANENT = "permanent"
    CASUAL = "casual"


class EmploymentType(StrEnum):
    """`employmentType`, the values that Google reads: developers.google.com/search/docs, job posting."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    CONTRACTOR = "CONTRACTOR"
    TEMPORARY = "TEMPORARY"
    INTERN = "INTERN"
    VOLUNTEER = "VOLUNTEER"
    PER_DIEM = "PER_DIEM"
    OTHER = "OTHER"


class HardshipClass(StrEnum):
    """`fu:hardshipClass` of a duty station: H is a headquarters or the like, else A to E. Source: ICSC."""

    H = "H"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class JobNetwork(StrEnum):
    """The nine job networks of the United Nations Secretariat."""

    DEVNET = "DEVNET"
    INFONET = "INFONET"
    ITECNET = "ITECNET"
    LEGALNET = "LEGALNET"
    LOGNET = "LOGNET"
    MAGNET = "MAGNET"
    POLNET = "POLNET"
    SAFETYNET = "SAFETYNET"
    SCINET = "SCINET"


class Scope(StrEnum):
    """`fu:scope`: who may apply."""

    OPEN = "open"
    INTERNAL = "internal"
    ROSTER = "roster"
    ROSTER_MEMBERS = "roster-members"


class Mobility(StrEnum):
    """`fu:mobility`: whether the post itself moves."""

    ROTATIONAL = "rotational"
    MOVEMENT_REQUIRED = "movement-required"


_Choice = TypeVar("_Choice", bound=StrEnum)

_CONTRACT_WORDS: Final = {
    "fixed": ContractType.FIXED_TERM,
    "fta": ContractType.FIXED_TERM,
    "fixed-term-appointment": ContractType.FIXED_TERM,
    "ta": ContractType.TEMPORARY,
    "temporary-appointment": ContractType.TEMPORARY,
    "temporary-job-opening": ContractType.TEMPORARY,
    "continuing-appointment": ContractType.CONTINUING,
    "permanent-appointment": ContractType.PERMANENT,
    "consultant": ContractType.CONSULTANCY,
    "contractor": ContractType.INDIVIDUAL_CONTRACTOR,
    "individual-contract": ContractType.INDIVIDUAL_CONTRACTOR,
    "service-contract": ContractType.SERVICE_AGREEMENT,
    "personnel-service-agreement": ContractType.SERVICE_AGREEMENT,
    "un-volunteer": ContractType.UNV,
    "united-nations-volunteer": ContractType.UNV,
    "volunteer": ContractType.UNV,
    "loan": ContractType.INTER_AGENCY_LOAN,
    "junior-professional-officer": ContractType.JPO,
    "intern": ContractType.INTERNSHIP,
}
_EMPLOYMENT_WORDS: Final = {
    "freelance": EmploymentType.CONTRACTOR,
    "contract": EmploymentType.CONTRACTOR,
    "internship": EmploymentType.INTERN,
    "daily": EmploymentType.PER_DIEM,
}
_SCOPE_WORDS: Final = {
    "internal-and-external": Scope.OPEN,
    "external": Scope.OPEN,
    "public": Scope.OPEN,
    "roster-only": Scope.ROSTER_MEMBERS,
}
_MOBILITY_WORDS: Final = {"movement": Mobility.MOVEMENT_REQUIRED}


def read_contract_type(text: str, *, field: str = "contract_type") -> ContractType:
    """Return the kind of contract (`Fixed term`, `FIXED_TERM`, `fixed-term`); Invalid where there is none."""
    return read_choice(ContractType, text, _CONTRACT_WORDS, field)


def read_employment_type(text: str, *, field: str = "employment_type") -> EmploymentType:
    """Return the employment type (`full-time`, `FULL_TIME`); Invalid where there is none."""
    return read_choice(EmploymentType, text.removeprefix("https://schema.org/"), _EMPLOYMENT_WORDS, field)


def read_hardship_class(text: str, *, field: str = "hardship") -> HardshipClass:
    """Return the hardship class (`E`, `class e`); Invalid where there is none."""
    return read_choice(HardshipClass, choice_key(text).removeprefix("class-"), {}, field)


def read_job_network(text: str, *, field: str = "network") -> JobNetwork:
    """Return the job network (`POLNET`, `polnet`); Invalid where there is none."""
    return read_choice(JobNetwork, text, {}, field)


def read_scope(text: str, *, field: str = "scope") -> Scope:
    """Return who may apply; `internal and external` is open. Invalid where there is no such scope."""
    return read_choice(Scope, text, _SCOPE_WORDS, field)


def read_mobility(text: str, *, field: str = "mobility") -> Mobility:
    """Return how the post moves; Invalid where there is no such word."""
    return read_choice(Mobility, text, _MOBILITY_WORDS, field)


def read_choice(choices: type[_Choice], text: str, words: Mapping[str, _Choice], field: str) -> _Choice:
    """Return the one of `choices` that a text names, by its value or one of `words`; Invalid, naming all."""
    key = choice_key(text)
    for choice in choices:
        if choice_key(choice) == key:
            return choice
    if key in words:
        return words[key]
    known = ", ".join(choices)
    raise Invalid(
        Sentence("“%(value)s” is none of: %(known)s.", value=text.strip()[:40], known=known), field=field
    )
