"""A notice as schema.org JobPosting, and back: one form for storage, pages, files, and the wire.

Source: https://schema.org/JobPosting, what job search engines ask of it
(https://developers.google.com/search/docs/appearance/structured-data/job-posting). On the wire its terms
carry `sc:`, elsewhere none; both are read, and so are `schema:` and full addresses.
"""

from typing import Any, Final

from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.notice import Notice, Occupation, Salary, Station
from fediunion.union.vacancies.terms.closing import in_zone

CONTEXT: Final = ["https://schema.org/", {"fu": "https://w3id.org/fediunion/ns#"}]

_FU_TEXTS: Final = {
    "grade": "fu:grade",
    "contract_type": "fu:contractType",
    "duration": "fu:duration",
    "scope": "fu:scope",
    "hardship": "fu:hardshipClass",
    "mobility": "fu:mobility",
    "union_at_employer": "fu:unionAtEmployer",
    "recognition": "fu:recognition",
    "global_agreement": "fu:globalAgreement",
    "source_url": "fu:sourceUrl",
}
_TEXTS: Final = {
    "title": "title",
    "employment_type": "employmentType",
    "description_html": "description",
    "responsibilities_html": "responsibilities",
    "qualifications_html": "qualifications",
    "clearance": "securityClearanceRequirement",
    "medical": "physicalRequirement",
    "eligibility": "eligibilityToWorkRequirement",
    "benefits": "jobBenefits",
    "language": "inLanguage",
}
_FLAGS: Final = {"non_family": "fu:nonFamily", "danger_pay": "fu:dangerPay", "rnr_weeks": "fu:rnrWeeks"}


def posting_of(notice: Notice) -> JsonObject:
    """Return the notice as a JobPosting, without `@context` and `@id`."""
    posting: JsonObject = {"@type": "JobPosting"}
    for field, name in (*_TEXTS.items(), *_FU_TEXTS.items()):
        posting[name] = getattr(notice, field) or None
    for field, name in _FLAGS.items():
        posting[name] = getattr(notice, field)
    posting |= {
        "url": notice.source_url,
        "directApply": False,
        "identifier": {"@type": "PropertyValue", "propertyID": notice.employer, "value": notice.number}
        if notice.number
        else None,
        "hiringOrganization": _organization(notice),
        "datePosted": notice.posted_on.isoformat(),
        "validThrough": in_zone(notice.closes_at, notice.closes_zone).isoformat(),
        "fu:closingZone": notice.closes_zone,
        "jobLocation": [_place(station) for station in notice.stations] or None,
        "jobLocationType": "TELECOMMUTE" if notice.remote else None,
        "applicantLocationRequirements": [
            {"@type": "Country", "name": code} for code in notice.applicant_countries
        ]
        or None,
        "jobStartDate": notice.starts_on.isoformat() if notice.starts_on else None,
        "baseSalary": _salary(notice.salary) if notice.salary else None,
        "fu:postAdjustmentMultiplier": float(notice.post_adjustment)
        if notice.post_adjustment is not None
        else None,
        "occupationalCategory": [_category(each) for each in notice.occupations] or None,
        "experienceRequirements": {
            "@type": "OccupationalExperienceRequirements",
            "monthsOfExperience": notice.experience_months,
        }
        if notice.experience_months is not None
        else None,
        "educationRequirements": {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": notice.education,
        }
        if notice.education
        else None,
        "fu:languageRequirements": [
            {"language": each.language, "level": each.level, "required": each.required}
            for each in notice.languages
        ]
        or None,
        "totalJobOpenings": notice.openings,
        "applicationContact": {"@type": "ContactPoint", "description": notice.contact}
        if notice.contact
        else None,
    }
    return {name: value for name, value in posting.items() if value is not None}


def plain_terms(value: Any) -> Any:
    """Return JSON with the names of schema.org alone, whatever prefix they came with; `type` is `@type`."""
    if isinstance(value, list):
        return [plain_terms(each) for each in value]
    if not isinstance(value, dict):
        return value
    plain: JsonObject = {}
    for name, inner in value.items():
        own = _plain_name(name)
        kept = plain_terms(inner)
        if own == "@type" and isinstance(kept, str):
            kept = _plain_name(kept)
        plain[own] = kept
    return plain


_PREFIXES: Final = ("sc:", "schema:", "https://schema.org/", "http://schema.org/")
_FU_PREFIXES: Final = ("https://w3id.org/fediunion/ns#",)


def _plain_name(name: str) -> str:
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    for prefix in _FU_PREFIXES:
        if name.startswith(prefix):
            return f"fu:{name.removeprefix(prefix)}"
    return {"type": "@type", "id": "@id"}.get(name, name)


def _organization(notice: Notice) -> JsonObject:
    found: JsonObject = {"@type": "Organization", "name": notice.employer}
    if notice.site:
        found["sameAs"] = notice.site
    if notice.verified_domains:
        found["fu:verifiedDomains"] = list(notice.verified_domains)
    if notice.department:
        found["department"] = {"@type": "Organization", "name": notice.department}
    return found


def _place(station: Station) -> JsonObject:
    address: JsonObject = {"@type": "PostalAddress"}
    if station.city:
        address["addressLocality"] = station.city
    if station.country:
        address["addressCountry"] = station.country
    return {"@type": "Place", "address": address}


def _salary(salary: Salary) -> JsonObject:
    value: JsonObject = {"@type": "QuantitativeValue"}
    bounds = {"minValue": salary.minimum, "maxValue": salary.maximum}
    # A whole number stays one: nobody is paid 68000.0.
    value |= {
        name: int(bound) if bound == bound.to_integral_value() else float(bound)
        for name, bound in bounds.items()
        if bound is not None
    }
    return {
        "@type": "MonetaryAmount",
        "currency": salary.currency,
        "value": value | {"unitText": salary.unit},
    }


def _category(occupation: Occupation) -> JsonObject:
    return {
        "@type": "CategoryCode",
        "inCodeSet": occupation.scheme,
        "codeValue": occupation.code,
        "name": occupation.name,
    }
