"""The columns of vacancies in CSV files: read as a JobPosting, written from a notice."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from fediunion.kit.html import text_to_html
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.terms.closing import in_zone
from fediunion.union.vacancies.terms.languages import read_languages
from fediunion.union.vacancies.terms.names import JOB_NETWORKS

BETWEEN: Final = "|"
"""Stands between several values of one cell."""

NEEDED: Final = ("title", "employer", "url", "closes")

COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("identifier", "The employer's job opening number. With the employer it names the job."),
    "title": ("title", "Posting title, without the grade."),
    "employer": ("hiringOrganization", "Name of the organisation."),
    "department": ("hiringOrganization", "Department or office."),
    "employer_site": ("hiringOrganization.sameAs", "The employer's own site."),
    "employer_domains": ("hiringOrganization", "Domains that are the employer's own."),
    "url": ("url", "Address of the official notice."),
    "closes": ("validThrough", "Closing date: 2027-01-08, 2027-01-08 23:59 or 2027-01-08T23:59:00+03:00."),
    "closing_zone": ("fu:closingZone", "Time zone of the closing date, where it has no offset."),
    "posted": ("datePosted", "Day on which the employer posted it."),
    "city": ("jobLocation", "Duty station."),
    "country": ("jobLocation", "Its country: ISO 3166 code or name."),
    "remote": ("jobLocationType", "yes for home-based work."),
    "applicant_countries": ("applicantLocationRequirements", "Countries from which one may work."),
    "grade": ("fu:grade", "P-3, NO-B, G-5, AD 7 …"),
    "contract_type": ("fu:contractType", "fixed-term, temporary, consultancy …"),
    "employment_type": ("employmentType", "FULL_TIME, PART_TIME …"),
    "starts": ("jobStartDate", "First day of work."),
    "duration": ("fu:duration", "ISO 8601: P1Y, P6M."),
    "salary_currency": ("baseSalary", "ISO 4217: USD."),
    "salary_min": ("baseSalary", "Lowest net base salary."),
    "salary_max": ("baseSalary", "Highest."),
    "salary_unit": ("baseSalary", "HOUR, DAY, WEEK, MONTH or YEAR."),
    "post_adjustment": ("fu:postAdjustmentMultiplier", "Post adjustment multiplier."),
    "isco": ("occupationalCategory", "ISCO-08 codes."),
    "network": ("occupationalCategory", "Job networks of the UN: POLNET …"),
    "esco": ("occupationalCategory", "Addresses of ESCO occupations."),
    "experience_months": ("experienceRequirements", "Months of experience required."),
    "education": ("educationRequirements", "Degree required."),
    "languages": ("fu:languageRequirements", "en fluent | fr working desirable"),
    "openings": ("totalJobOpenings", "Number of posts."),
    "scope": ("fu:scope", "open, internal, roster, roster-members."),
    "hardship": ("fu:hardshipClass", "H, A, B, C, D or E."),
    "non_family": ("fu:nonFamily", "yes or no."),
    "danger_pay": ("fu:dangerPay", "yes or no."),
    "rnr_weeks": ("fu:rnrWeeks", "Weeks between rest and recuperation."),
    "mobility": ("fu:mobility", "rotational or movement-required."),
    "clearance": ("securityClearanceRequirement", "Security clearance."),
    "medical": ("physicalRequirement", "Medical requirements."),
    "eligibility": ("eligibilityToWorkRequirement", "Who may be appointed."),
    "contact": ("applicationContact", "Whom to ask."),
    "benefits": ("jobBenefits", "Benefits."),
    "description": ("description", "What the job is: plain text or HTML."),
    "responsibilities": ("responsibilities", "Duties."),
    "qualifications": ("qualifications", "Qualifications."),
    "union_at_employer": ("fu:unionAtEmployer", "The union there: @name@host or an address."),
    "recognition": ("fu:recognition", "recognised, consulted, derecognised …"),
    "global_agreement": ("fu:globalAgreement", "Address of a global agreement."),
    "text_language": ("inLanguage", "Language of the notice: en."),
}
"""Name of a column → what it is in a JobPosting, and what it holds."""

SHOWN_ONLY: Final = ("state", "page", "source_status", "board")
"""Columns that exports have beside: files that are read may have them, they say nothing."""

_OTHER_NAMES: Final[Mapping[str, str]] = {
    **{name.replace("_", ""): name for name in chain(COLUMNS, SHOWN_ONLY)},
    "identifier": "number",
    "jobopeningnumber": "number",
    "jobtitle": "title",
    "postingtitle": "title",
    "organization": "employer",
    "organisation": "employer",
    "hiringorganization": "employer",
    "sourceurl": "url",
    "source": "url",
    "link": "url",
    "closingdate": "closes",
    "deadline": "closes",
    "validthrough": "closes",
    "timezone": "closing_zone",
    "zone": "closing_zone",
    "dateposted": "posted",
    "dutystation": "city",
    "addresslocality": "city",
    "addresscountry": "country",
    "jobstartdate": "starts",
    "currency": "salary_currency",
    "hardshipclass": "hardship",
}
_TEXTS: Final = (
    *("title", "url", "closes", "closing_zone", "posted", "grade", "contract_type", "employment_type"),
    *("starts", "duration", "post_adjustment", "openings", "scope", "hardship", "non_family", "danger_pay"),
    *("rnr_weeks", "mobility", "clearance", "medical", "eligibility", "contact", "benefits"),
    *("union_at_employer", "recognition", "global_agreement", "text_language", "education"),
)
_HTMLS: Final = ("description", "responsibilities", "qualifications")
_NETWORKS: Final[Mapping[str, str]] = {str(network): str(name) for network, name in JOB_NETWORKS.items()}
_SCHEMES: Final = {"isco": "ISCO-08", "network": "UN-JobNetwork", "esco": "ESCO"}


def column_named(header: str) -> str | None:
    """Return the column that a header names, in whatever case and with whatever between its words."""
    key = "".join(letter for letter in header.casefold() if letter.isalnum())
    return _OTHER_NAMES.get(key)


def posting_of_cells(cells: Mapping[str, str]) -> JsonObject:
    """Return a row as a JobPosting; cells by column, empty ones say nothing. Raises Invalid for languages."""
    given = {name: text.strip() for name, text in cells.items() if text.strip()}
    posting: JsonObject = {COLUMNS[name][0]: given[name] for name in _TEXTS if name in given}
    posting |= {name: _html(given[name]) for name in _HTMLS if name in given}
    posting["@type"] = "JobPosting"
    posting["hiringOrganization"] = _organization(given)
    posting["identifier"] = {"value": given.get("number", "")}
    posting["jobLocation"] = _places(given)
    if _is_yes(given.get("remote", "")):
        posting["jobLocationType"] = "TELECOMMUTE"
    posting["applicantLocationRequirements"] = [
        {"name": each} for each in _several(given.get("applicant_countries", ""))
    ]
    posting["occupationalCategory"] = [
        {"inCodeSet": scheme, "codeValue": code, "name": _NETWORKS.get(code.upper(), "")}
        for name, scheme in _SCHEMES.items()
        for code in _several(given.get(name, ""))
    ]
    if any(name.startswith("salary_m") for name in given):
        posting["baseSalary"] = _salary(given)
    if "experience_months" in given:
        posting["experienceRequirements"] = {"monthsOfExperience": given["experience_months"]}
    if "languages" in given:
        needs = read_languages(given["languages"].replace(BETWEEN, ";"), field="fu:languageRequirements")
        posting["fu:languageRequirements"] = [vars(need) for need in needs]
    return {name: value for name, value in posting.items() if value}


def cells_of_notice(notice: Notice) -> dict[str, str]:
    """Return a notice as a row: `posting_of_cells` reads the same from it."""
    salary = notice.salary
    cells: dict[str, object] = {
        **{name: getattr(notice, field) for name, field in _SAME.items()},
        "employer_domains": _joined(notice.verified_domains),
        "closes": in_zone(notice.closes_at, notice.closes_zone).isoformat(),
        "city": _joined([each.city for each in notice.stations]),
        "country": _joined([each.country for each in notice.stations]),
        "applicant_countries": _joined(notice.applicant_countries),
        "salary_currency": salary and salary.currency,
        "salary_min": salary and salary.minimum,
        "salary_max": salary and salary.maximum,
        "salary_unit": salary and salary.unit,
        "languages": f" {BETWEEN} ".join(
            " ".join(filter(None, (each.language, each.level, "" if each.required else "desirable")))
            for each in notice.languages
        ),
    }
    for name, scheme in _SCHEMES.items():
        cells[name] = _joined([each.code for each in notice.occupations if each.scheme == scheme])
    return {name: _text(cells.get(name)) for name in COLUMNS}


_SAME: Final = {
    **{name: name for name in ("number", "title", "employer", "department", "remote", "grade", "duration")},
    **{name: name for name in ("contract_type", "employment_type", "post_adjustment", "experience_months")},
    **{name: name for name in ("education", "openings", "scope", "hardship", "non_family", "danger_pay")},
    **{name: name for name in ("rnr_weeks", "mobility", "clearance", "medical", "eligibility", "contact")},
    **{name: name for name in ("benefits", "union_at_employer", "recognition", "global_agreement")},
    **{name: f"{name}_html" for name in _HTMLS},
    "employer_site": "site",
    "url": "source_url",
    "closing_zone": "closes_zone",
    "posted": "posted_on",
    "starts": "starts_on",
    "text_language": "language",
}
"""Column → field of a notice that stands in it as it is."""


def _organization(given: Mapping[str, str]) -> JsonObject:
    found: dict[str, Any] = {"name": given.get("employer"), "sameAs": given.get("employer_site")}
    if "employer_domains" in given:
        found["fu:verifiedDomains"] = _several(given["employer_domains"])
    if "department" in given:
        found["department"] = {"name": given["department"]}
    return found


def _places(given: Mapping[str, str]) -> list[JsonObject]:
    cities = [each.strip() for each in given.get("city", "").split(BETWEEN)]
    countries = [each.strip() for each in given.get("country", "").split(BETWEEN)]
    if len(countries) == 1:
        countries *= len(cities)
    cities += [""] * (len(countries) - len(cities))
    countries += [""] * (len(cities) - len(countries))
    return [
        {"address": {"addressLocality": city, "addressCountry": country}}
        for city, country in zip(cities, countries, strict=True)
        if city or country
    ]


def _salary(given: Mapping[str, str]) -> JsonObject:
    value = {"minValue": given.get("salary_min"), "maxValue": given.get("salary_max")}
    unit = given.get("salary_unit", "YEAR")
    return {"currency": given.get("salary_currency", ""), "value": value | {"unitText": unit}}


def _several(text: str) -> list[str]:
    for other in (";", ","):
        text = text.replace(other, BETWEEN)
    return [each.strip() for each in text.split(BETWEEN) if each.strip()]


def _is_yes(text: str) -> bool:
    return text.casefold() in ("yes", "true", "1", "x", "oui", "telecommute")


def _html(text: str) -> str:
    """Return plain text as paragraphs; what has tags already stays."""
    return text if "<" in text and ">" in text else text_to_html(text, mentions={}, hashtag_url=None)


def _joined(values: Sequence[str]) -> str:
    return BETWEEN.join(values)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown: Callable[[], str] | None = getattr(value, "isoformat", None)
    return "" if value is None else shown() if shown else str(value)
