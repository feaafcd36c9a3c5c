"""A JobPosting from anywhere, read as a notice: every value normalised, every fault named.

Files and forms are read strictly: what cannot be read is refused with its field. What peers send is read as
strictly where it decides when a vacancy closes, where it is and what it pays; their other words are theirs.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final, TypeVar

from fediunion.activitypub.vocab import JsonObject
from fediunion.kit.errors import Invalid
from fediunion.kit.html import clean_html, html_to_text, plain_name
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.union.vacancies.json_values import (
    LONGEST_LINE,
    checked_url,
    first_object,
    first_text,
    flag,
    number_text,
    objects,
    texts,
)
from fediunion.union.vacancies.notice import LanguageNeed, Notice, Occupation, Salary, Station
from fediunion.union.vacancies.posting import plain_terms
from fediunion.union.vacancies.terms import contract, isco
from fediunion.union.vacancies.terms.closing import Closing, read_closing
from fediunion.union.vacancies.terms.countries import country
from fediunion.union.vacancies.terms.grades import normal_grade
from fediunion.union.vacancies.terms.languages import read_languages
from fediunion.union.vacancies.terms.money import read_salary
from fediunion.union.vacancies.terms.places import duty_station, read_station

T = TypeVar("T")

LONGEST_TEXT: Final = 20_000


class BadNotice(Invalid):
    """A notice that cannot be read: `faults` are all that is wrong, by the field that it is in."""

    reason = "bad-vacancy"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        field, sentence = next(iter(self.faults.items()))
        super().__init__(sentence, field=field)


def read_notice(posting: JsonObject, *, now: datetime, past: bool = False) -> Notice:
    """Return the notice in a JobPosting of a file or a form, in plain terms or any other (see posting.py).

    With `past` one that has closed already is read too. Raises BadNotice with every fault.
    """
    return _Reading(plain_terms(posting), strict=True).notice(
        page="", published=now, now=None if past else now
    )


def read_wire_notice(posting: JsonObject, *, page: str, published: datetime | None) -> Notice:
    """Return the notice in the `vacancy` of a Note, in plain terms. `page` stands in where it has no address.

    One that has closed is read too. Raises BadNotice.
    """
    return _Reading(posting, strict=False).notice(page=page, published=published, now=None)


def stored_notice(posting: JsonObject) -> Notice:
    """Return the notice that `posting_of` wrote."""
    return _Reading(posting, strict=False).notice(page="", published=None, now=None)


class _Reading:
    """One JobPosting being read; what is wrong is gathered, so that all of it can be told at once."""

    def __init__(self, posting: JsonObject, *, strict: bool) -> None:
        self._posting = posting
        self._strict = strict
        self._faults: dict[str, str] = {}

    def notice(self, *, page: str, published: datetime | None, now: datetime | None) -> Notice:
        """Return what was read; raise BadNotice."""
        organization = first_object(self._posting.get("hiringOrganization"))
        stations = self._stations()
        closing = self._closing(stations, now)
        grade = self._try("fu:grade", lambda: normal_grade(self._line("fu:grade"), field="fu:grade"))
        source_url = self._address(("url", "fu:sourceUrl"), page)
        employer = self._named(organization)
        title = self._line("title")
        if not title:
            self._miss("title", Sentence("A title is needed."))
        if not employer:
            self._miss("hiringOrganization", Sentence("The employer is needed."))
        posted_on = self._day("datePosted") or (published or datetime.now(UTC)).date()
        values: dict[str, Any] = {
            "site": self._site(organization),
            "department": self._named(first_object(organization.get("department"))),
            "verified_domains": texts(organization.get("fu:verifiedDomains"), 20),
            "description_html": self._html("description"),
            "responsibilities_html": self._html("responsibilities"),
            "qualifications_html": self._html("qualifications"),
            "grade": grade.text if grade else "",
            "grade_band": (grade.band or "") if grade else "",
            "grade_matched": grade is not None and grade.matched,
            "contract_type": self._choice("fu:contractType", contract.read_contract_type),
            "employment_type": self._choice("employmentType", contract.read_employment_type),
            "stations": stations,
            "remote": "TELECOMMUTE" in texts(self._posting.get("jobLocationType"), 5),
            "applicant_countries": self._applicant_countries(),
            "starts_on": self._day("jobStartDate"),
            "duration": self._line("fu:duration"),
            "salary": self._salary(),
            "post_adjustment": self._decimal("fu:postAdjustmentMultiplier"),
            "occupations": self._occupations(),
            "experience_months": self._months(),
            "education": self._credential(),
            "languages": self._languages(),
            "openings": self._count("totalJobOpenings", self._posting.get("totalJobOpenings")),
            "clearance": self._line("securityClearanceRequirement"),
            "medical": self._line("physicalRequirement"),
            "eligibility": self._text("eligibilityToWorkRequirement"),
            "contact": self._contact(),
            "benefits": self._text("jobBenefits"),
            "scope": self._choice("fu:scope", contract.read_scope),
            "hardship": self._choice("fu:hardshipClass", contract.read_hardship_class),
            "non_family": flag(self._posting.get("fu:nonFamily")),
            "danger_pay": flag(self._posting.get("fu:dangerPay")),
            "rnr_weeks": self._count("fu:rnrWeeks", self._posting.get("fu:rnrWeeks")),
            "mobility": self._choice("fu:mobility", contract.read_mobility),
            "union_at_employer": self._line("fu:unionAtEmployer"),
            "recognition": self._line("fu:recognition"),
            "global_agreement": self._line("fu:globalAgreement"),
            "language": self._language(),
        }
        if self._faults:
            raise BadNotice(self._faults)
        assert closing is not None  # else it is among the faults
        return Notice(
            title=title,
            employer=employer,
            number=self._number(),
            source_url=source_url,
            closes_at=closing.at,
            closes_zone=closing.zone,
            posted_on=posted_on,
            **values,
        )

    def _miss(self, field: str, sentence: str) -> None:
        self._faults.setdefault(field, sentence)

    def _try(self, field: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Invalid as error:
            said = error.args[0]
            self._miss(field, said if isinstance(said, Sentence) else str(error))
            return None

    def _line(self, name: str) -> str:
        return plain_name(first_text(self._posting.get(name)), LONGEST_LINE)

    def _text(self, name: str) -> str:
        return html_to_text(clean_html(first_text(self._posting.get(name))[:LONGEST_TEXT]))

    def _html(self, name: str) -> str:
        text = first_text(self._posting.get(name))
        if len(text) > LONGEST_TEXT and self._strict:
            self._miss(name, Sentence("This has at most %(most)s characters.", most=LONGEST_TEXT))
        return clean_html(text[:LONGEST_TEXT])

    def _choice(self, name: str, read: Callable[..., str]) -> str:
        text = self._line(name)
        if not text:
            return ""
        try:
            return str(read(text, field=name))
        except Invalid as error:
            if self._strict:
                self._miss(name, error.args[0])
            return ""

    def _named(self, thing: JsonObject) -> str:
        return plain_name(first_text(thing.get("name")), LONGEST_LINE)

    def _number(self) -> str:
        identifier = self._posting.get("identifier")
        thing = first_object(identifier)
        text = first_text(thing.get("value")) if thing else first_text(identifier)
        return plain_name(text, LONGEST_LINE)

    def _address(self, names: tuple[str, ...], instead: str) -> str:
        for name in names:
            text = first_text(self._posting.get(name)).strip()
            if text:
                return self._try(name, partial(checked_url, text, name)) or ""
        if not instead:
            self._miss(names[0], Sentence("The address of the official notice is needed."))
        return instead

    def _site(self, organization: JsonObject) -> str:
        text = first_text(organization.get("sameAs") or organization.get("url")).strip()
        try:
            return checked_url(text, "hiringOrganization.sameAs") if text else ""
        except Invalid as error:
            if self._strict:
                self._miss("hiringOrganization.sameAs", str(error))
            return ""

    def _closing(self, stations: tuple[Station, ...], now: datetime | None) -> Closing | None:
        text = first_text(self._posting.get("validThrough"))
        if not text:
            self._miss("validThrough", Sentence("A vacancy needs a closing date."))
            return None
        found = duty_station(stations[0].city, stations[0].country or None) if stations else None
        return self._try(
            "validThrough",
            lambda: read_closing(
                text,
                zone=self._line("fu:closingZone"),
                station_zone=found.zone if found else "",
                fallback_zone="" if self._strict else "UTC",
                now=now,
                field="validThrough",
            ),
        )

    def _stations(self) -> tuple[Station, ...]:
        found = []
        for place in objects(self._posting.get("jobLocation")):
            address = first_object(place.get("address"))
            city = plain_name(first_text(address.get("addressLocality") or place.get("name")), LONGEST_LINE)
            named = address.get("addressCountry")
            country = first_text(named) or first_text(first_object(named).get("name"))
            if city or country:
                read = partial(read_station, city, country, field="jobLocation")
                station = self._try("jobLocation", read)
                found += [station] if station else []
        return tuple(dict.fromkeys(found))

    def _applicant_countries(self) -> tuple[str, ...]:
        codes = []
        for each in objects(self._posting.get("applicantLocationRequirements")):
            text = first_text(each.get("name"))
            name = "applicantLocationRequirements"
            found = self._try(name, partial(country, text, field=name))
            codes += [found.code] if found else []
        return tuple(dict.fromkeys(codes))

    def _day(self, name: str) -> date | None:
        text = first_text(self._posting.get(name)).strip()
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            if self._strict:
                self._miss(name, Sentence("“%(value)s” is no date such as 2027-03-01.", value=text[:40]))
            return None

    def _salary(self) -> Salary | None:
        amount = first_object(self._posting.get("baseSalary"))
        if not amount:
            return None
        value = amount.get("value")
        inner = first_object(value)
        single = inner.get("value") if inner else value
        low = inner.get("minValue", single)
        high = inner.get("maxValue", single)
        unit = first_text(inner.get("unitText") or amount.get("unitText"))
        return self._try(
            "baseSalary",
            lambda: read_salary(
                first_text(amount.get("currency")),
                number_text(low),
                number_text(high),
                unit,
                field="baseSalary",
            ),
        )

    def _decimal(self, name: str) -> Decimal | None:
        value = self._posting.get(name)
        if value is None or isinstance(value, bool):
            return None
        try:
            number = Decimal(number_text(value))
        except InvalidOperation:
            number = Decimal("NaN")
        # Compared as it is: what is computed of a number such as 1e999999999 is an overflow.
        if not number.is_finite() or not -10_000 <= number <= 10_000:
            if self._strict:
                self._miss(name, Sentence("This is no number."))
            return None
        return number

    def _count(self, name: str, value: object) -> int | None:
        if value is None or value == "" or isinstance(value, bool):
            return None
        text = number_text(value)
        if text.isascii() and text.isdigit() and len(text) <= 5:
            return int(text)
        if self._strict:
            self._miss(name, Sentence("This is no whole number."))
        return None

    def _months(self) -> int | None:
        required = first_object(self._posting.get("experienceRequirements"))
        return self._count("experienceRequirements", required.get("monthsOfExperience"))

    def _credential(self) -> str:
        required = self._posting.get("educationRequirements")
        inner = first_object(required)
        text = first_text(inner.get("credentialCategory") or inner.get("name")) if inner else required
        return plain_name(first_text(text), LONGEST_LINE)

    def _contact(self) -> str:
        contact = self._posting.get("applicationContact")
        inner = first_object(contact)
        parts = (inner.get("description"), inner.get("name"), inner.get("email")) if inner else (contact,)
        return plain_name(" ".join(filter(None, map(first_text, parts))), LONGEST_LINE)

    def _occupations(self) -> tuple[Occupation, ...]:
        found = []
        for each in objects(self._posting.get("occupationalCategory"), as_name="name"):
            scheme, code = (
                first_text(each.get("inCodeSet")).strip(),
                first_text(each.get("codeValue")).strip(),
            )
            known = self._occupation(scheme, code, plain_name(first_text(each.get("name")), LONGEST_LINE))
            found += [known] if known else []
        return tuple(dict.fromkeys(found))

    def _occupation(self, scheme: str, code: str, name: str) -> Occupation | None:
        if scheme.upper().replace(" ", "-").startswith("ISCO"):
            known = isco.occupation(code)
            if known is not None:
                return Occupation(scheme="ISCO-08", code=known.code, name=known.title)
            if self._strict:
                self._miss(
                    "occupationalCategory", Sentence("There is no ISCO-08 code “%(code)s”.", code=code[:20])
                )
            return None
        if scheme.casefold() in ("un-jobnetwork", "un job network"):
            try:
                network = contract.read_job_network(code, field="occupationalCategory")
            except Invalid as error:
                if self._strict:
                    self._miss("occupationalCategory", error.args[0])
                return None
            return Occupation(scheme="UN-JobNetwork", code=str(network), name=name)
        if scheme.casefold().startswith("esco") or code.startswith("http://data.europa.eu/esco/"):
            return Occupation(scheme="ESCO", code=code[:LONGEST_LINE], name=name)
        return None

    def _languages(self) -> tuple[LanguageNeed, ...]:
        name = "fu:languageRequirements"
        given = [
            {key.removeprefix("fu:"): value for key, value in each.items()}
            for each in objects(self._posting.get(name))
        ]
        try:
            return read_languages(given, field=name)
        except Invalid as error:
            if self._strict:
                self._miss(name, error.args[0])
                return ()
        return tuple(need for each in given for need in _readable(each))

    def _language(self) -> str:
        tag = first_text(self._posting.get("inLanguage")).strip()
        return tag.lower() if tag and valid_language_tag(tag) else ""


def _readable(given: JsonObject) -> tuple[LanguageNeed, ...]:
    """Return a peer's requirement where it can be read: the others are not lost with it."""
    try:
        return read_languages([given])
    except Invalid:
        return ()
