"""The parts of a JobPosting that are more than one value: places, pay, occupations, languages."""

from datetime import datetime
from functools import partial

from fediunion.kit.errors import Invalid
from fediunion.kit.html import plain_name
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.union.vacancies.json_values import (
    LONGEST_LINE,
    checked_url,
    first_object,
    first_text,
    number_text,
    objects,
)
from fediunion.union.vacancies.notice import LanguageNeed, Occupation, Salary, Station
from fediunion.union.vacancies.reading.given import Given
from fediunion.union.vacancies.terms import contract, isco
from fediunion.union.vacancies.terms.closing import Closing, read_closing
from fediunion.union.vacancies.terms.countries import country
from fediunion.union.vacancies.terms.languages import read_languages
from fediunion.union.vacancies.terms.money import read_salary
from fediunion.union.vacancies.terms.places import duty_station, read_station


def number_of(given: Given) -> str:
    """Return the number that the employer gave it."""
    identifier = given.posting.get("identifier")
    thing = first_object(identifier)
    text = first_text(thing.get("value")) if thing else first_text(identifier)
    return plain_name(text, LONGEST_LINE)


def site_of(given: Given, organization: JsonObject) -> str:
    """Return the address of the employer's site."""
    text = first_text(organization.get("sameAs") or organization.get("url")).strip()
    if not text:
        return ""
    field = "hiringOrganization.sameAs"
    return given.attempt(field, partial(checked_url, text, field), theirs=True) or ""


def closing_of(given: Given, stations: tuple[Station, ...], now: datetime | None) -> Closing | None:
    """Return when it closes, None where that cannot be read."""
    text = first_text(given.posting.get("validThrough"))
    if not text:
        given.miss("validThrough", Sentence("A vacancy needs a closing date."))
        return None
    found = duty_station(stations[0].city, stations[0].country or None) if stations else None
    return given.attempt(
        "validThrough",
        lambda: read_closing(
            text,
            zone=given.line("fu:closingZone"),
            station_zone=found.zone if found else "",
            fallback_zone="" if given.strict else "UTC",
            now=now,
            field="validThrough",
        ),
    )


def stations_of(given: Given) -> tuple[Station, ...]:
    """Return where one works."""
    found = []
    for place in objects(given.posting.get("jobLocation")):
        address = first_object(place.get("address"))
        city = plain_name(first_text(address.get("addressLocality") or place.get("name")), LONGEST_LINE)
        named = address.get("addressCountry")
        country = first_text(named) or first_text(first_object(named).get("name"))
        if city or country:
            read = partial(read_station, city, country, field="jobLocation")
            station = given.attempt("jobLocation", read)
            found += [station] if station else []
    return tuple(dict.fromkeys(found))


def applicant_countries_of(given: Given) -> tuple[str, ...]:
    """Return the countries from which one may apply."""
    codes = []
    for each in objects(given.posting.get("applicantLocationRequirements")):
        text = first_text(each.get("name"))
        name = "applicantLocationRequirements"
        found = given.attempt(name, partial(country, text, field=name))
        codes += [found.code] if found else []
    return tuple(dict.fromkeys(codes))


def salary_of(given: Given) -> Salary | None:
    """Return what it pays."""
    amount = first_object(given.posting.get("baseSalary"))
    if not amount:
        return None
    value = amount.get("value")
    inner = first_object(value)
    single = inner.get("value") if inner else value
    low = inner.get("minValue", single)
    high = inner.get("maxValue", single)
    unit = first_text(inner.get("unitText") or amount.get("unitText"))
    return given.attempt(
        "baseSalary",
        lambda: read_salary(
            first_text(amount.get("currency")),
            number_text(low),
            number_text(high),
            unit,
            field="baseSalary",
        ),
    )


def months_of(given: Given) -> int | None:
    """Return the months of experience that it asks for."""
    required = first_object(given.posting.get("experienceRequirements"))
    return given.count("experienceRequirements", required.get("monthsOfExperience"))


def education_of(given: Given) -> str:
    """Return the degree that it asks for."""
    required = given.posting.get("educationRequirements")
    inner = first_object(required)
    text = first_text(inner.get("credentialCategory") or inner.get("name")) if inner else required
    return plain_name(first_text(text), LONGEST_LINE)


def contact_of(given: Given) -> str:
    """Return whom to ask."""
    contact = given.posting.get("applicationContact")
    inner = first_object(contact)
    parts = (inner.get("description"), inner.get("name"), inner.get("email")) if inner else (contact,)
    return plain_name(" ".join(filter(None, map(first_text, parts))), LONGEST_LINE)


def occupations_of(given: Given) -> tuple[Occupation, ...]:
    """Return the occupations, in the schemes that we know."""
    found = []
    for each in objects(given.posting.get("occupationalCategory"), as_name="name"):
        scheme, code = (
            first_text(each.get("inCodeSet")).strip(),
            first_text(each.get("codeValue")).strip(),
        )
        known = _occupation(given, scheme, code, plain_name(first_text(each.get("name")), LONGEST_LINE))
        found += [known] if known else []
    return tuple(dict.fromkeys(found))


def _occupation(given: Given, scheme: str, code: str, name: str) -> Occupation | None:
    if scheme.upper().replace(" ", "-").startswith("ISCO"):
        known = isco.occupation(code)
        if known is not None:
            return Occupation(scheme="ISCO-08", code=known.code, name=known.title)
        if given.strict:
            given.miss(
                "occupationalCategory", Sentence("There is no ISCO-08 code “%(code)s”.", code=code[:20])
            )
        return None
    if scheme.casefold() in ("un-jobnetwork", "un job network"):
        read = partial(contract.read_job_network, code, field="occupationalCategory")
        network = given.attempt("occupationalCategory", read, theirs=True)
        return Occupation(scheme="UN-JobNetwork", code=str(network), name=name) if network else None
    if scheme.casefold().startswith("esco") or code.startswith("http://data.europa.eu/esco/"):
        return Occupation(scheme="ESCO", code=code[:LONGEST_LINE], name=name)
    return None


def languages_of(given: Given) -> tuple[LanguageNeed, ...]:
    """Return the languages that it asks for."""
    name = "fu:languageRequirements"
    needs = [
        {key.removeprefix("fu:"): value for key, value in each.items()}
        for each in objects(given.posting.get(name))
    ]
    read = given.attempt(name, partial(read_languages, needs, field=name), theirs=True)
    if read is not None:
        return read
    return () if given.strict else tuple(need for each in needs for need in _readable(each))


def language_of(given: Given) -> str:
    """Return the language of the notice, "" where it is not said."""
    tag = first_text(given.posting.get("inLanguage")).strip()
    return tag.lower() if tag and valid_language_tag(tag) else ""


def _readable(need: JsonObject) -> tuple[LanguageNeed, ...]:
    """Return a peer's requirement where it can be read: the others are not lost with it."""
    try:
        return read_languages([need])
    except Invalid:
        return ()
