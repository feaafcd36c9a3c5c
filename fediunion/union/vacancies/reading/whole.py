"""A JobPosting as the notice that it tells of: from files, forms, peers, and from our own rows."""

from datetime import datetime
from typing import Any

from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.json_values import first_object, flag, texts
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import plain_terms
from fediunion.union.vacancies.reading.given import BadNotice, Given, named
from fediunion.union.vacancies.reading.parts import (
    applicant_countries_of,
    closing_of,
    contact_of,
    education_of,
    language_of,
    languages_of,
    months_of,
    number_of,
    occupations_of,
    salary_of,
    site_of,
    stations_of,
)
from fediunion.union.vacancies.terms import contract
from fediunion.union.vacancies.terms.grades import normal_grade


def read_notice(posting: JsonObject, *, now: datetime, past: bool = False) -> Notice:
    """Return the notice in a JobPosting of a file or a form, in plain terms or any other (see posting.py).

    With `past` one that has closed already is read too. Raises BadNotice with every fault.
    """
    return _read(Given(plain_terms(posting), strict=True), page="", published=now, now=None if past else now)


def read_wire_notice(posting: JsonObject, *, page: str, published: datetime | None) -> Notice:
    """Return the notice in the `vacancy` of a Note, in plain terms. `page` stands in where it has no address.

    One that has closed is read too. Raises BadNotice.
    """
    return _read(Given(posting, strict=False), page=page, published=published, now=None)


def stored_notice(posting: JsonObject) -> Notice:
    """Return the notice that `posting_of` wrote."""
    return _read(Given(posting, strict=False), page="", published=None, now=None)


def _read(given: Given, *, page: str, published: datetime | None, now: datetime | None) -> Notice:
    organization = first_object(given.posting.get("hiringOrganization"))
    stations = stations_of(given)
    closing = closing_of(given, stations, now)
    grade = given.attempt("fu:grade", lambda: normal_grade(given.line("fu:grade"), field="fu:grade"))
    source_url = given.address(("url", "fu:sourceUrl"), page)
    employer = named(organization)
    title = given.line("title")
    if not title:
        given.miss("title", Sentence("A title is needed."))
    if not employer:
        given.miss("hiringOrganization", Sentence("The employer is needed."))
    posted_on = given.day("datePosted")
    values: dict[str, Any] = {
        "site": site_of(given, organization),
        "department": named(first_object(organization.get("department"))),
        "verified_domains": texts(organization.get("fu:verifiedDomains"), 20),
        "description_html": given.html("description"),
        "responsibilities_html": given.html("responsibilities"),
        "qualifications_html": given.html("qualifications"),
        "grade": grade.text if grade else "",
        "grade_band": (grade.band or "") if grade else "",
        "grade_matched": grade is not None and grade.matched,
        "contract_type": given.choice("fu:contractType", contract.read_contract_type),
        "employment_type": given.choice("employmentType", contract.read_employment_type),
        "stations": stations,
        "remote": "TELECOMMUTE" in texts(given.posting.get("jobLocationType"), 5),
        "applicant_countries": applicant_countries_of(given),
        "starts_on": given.day("jobStartDate"),
        "duration": given.line("fu:duration"),
        "salary": salary_of(given),
        "post_adjustment": given.decimal("fu:postAdjustmentMultiplier"),
        "occupations": occupations_of(given),
        "experience_months": months_of(given),
        "education": education_of(given),
        "languages": languages_of(given),
        "openings": given.count("totalJobOpenings", given.posting.get("totalJobOpenings")),
        "clearance": given.line("securityClearanceRequirement"),
        "medical": given.line("physicalRequirement"),
        "eligibility": given.text("eligibilityToWorkRequirement"),
        "contact": contact_of(given),
        "benefits": given.text("jobBenefits"),
        "scope": given.choice("fu:scope", contract.read_scope),
        "hardship": given.choice("fu:hardshipClass", contract.read_hardship_class),
        "non_family": flag(given.posting.get("fu:nonFamily")),
        "danger_pay": flag(given.posting.get("fu:dangerPay")),
        "rnr_weeks": given.count("fu:rnrWeeks", given.posting.get("fu:rnrWeeks")),
        "mobility": given.choice("fu:mobility", contract.read_mobility),
        "union_at_employer": given.line("fu:unionAtEmployer"),
        "recognition": given.line("fu:recognition"),
        "global_agreement": given.line("fu:globalAgreement"),
        "language": language_of(given),
    }
    if given.faults:
        raise BadNotice(given.faults)
    assert closing is not None  # else it is among the faults
    return Notice(
        title=title,
        employer=employer,
        number=number_of(given),
        source_url=source_url,
        closes_at=closing.at,
        closes_zone=closing.zone,
        # Where nobody says, all that is known is that it was posted before it closes.
        posted_on=posted_on or (published or closing.at).date(),
        **values,
    )
