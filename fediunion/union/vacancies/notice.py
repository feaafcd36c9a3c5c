"""What a vacancy says: one frozen value with every field, normalised, whatever it was read from."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Salary:
    """What is paid: `currency` is ISO 4217, `unit` HOUR, DAY, WEEK, MONTH, YEAR; one bound may be missing."""

    currency: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = "YEAR"


@dataclass(frozen=True, kw_only=True)
class Station:
    """Where one would work: `country` is ISO 3166-1 alpha-2 or "", `city` as written."""

    city: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class LanguageNeed:
    """A language asked for: BCP 47, a `level` in the employer's words, and whether it is a must."""

    language: str
    level: str = ""
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Occupation:
    """What kind of work it is, in a scheme: "ISCO-08" (digits), "UN-JobNetwork", or "ESCO" (an address)."""

    scheme: str
    code: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice of a vacancy, every value normalised. Source: https://schema.org/JobPosting.

    `title` is without grade. `number` is the employer's job opening number. `site` is the employer's own,
    `verified_domains` are those that the notice claims to be the employer's. Texts named `*_html` are clean
    HTML. `closes_at` is UTC, `closes_zone` the IANA name or offset ("+03:00") that it was given in. `grade`
    is canonical where `grade_matched`, else as written. `duration` is ISO 8601. `source_url` is the
    official page.
    """

    title: str
    employer: str
    number: str
    source_url: str
    closes_at: datetime
    closes_zone: str
    posted_on: date
    site: str = ""
    department: str = ""
    verified_domains: tuple[str, ...] = ()
    description_html: str = ""
    responsibilities_html: str = ""
    qualifications_html: str = ""
    grade: str = ""
    grade_band: str = ""
    grade_matched: bool = False
    contract_type: str = ""
    employment_type: str = ""
    stations: tuple[Station, ...] = ()
    remote: bool = False
    applicant_countries: tuple[str, ...] = ()
    starts_on: date | None = None
    duration: str = ""
    salary: Salary | None = None
    post_adjustment: Decimal | None = None
    occupations: tuple[Occupation, ...] = ()
    experience_months: int | None = None
    education: str = ""
    languages: tuple[LanguageNeed, ...] = ()
    openings: int | None = None
    clearance: str = ""
    medical: str = ""
    eligibility: str = ""
    contact: str = ""
    benefits: str = ""
    scope: str = ""
    hardship: str = ""
    non_family: bool | None = None
    danger_pay: bool | None = None
    rnr_weeks: int | None = None
    mobility: str = ""
    union_at_employer: str = ""
    recognition: str = ""
    global_agreement: str = ""
    language: str = ""
