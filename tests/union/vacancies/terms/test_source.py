"""The official-source rule: lookalikes and tricks with addresses are unverified."""

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.terms.source import SourceStatus, normal_domain, source_status
from tests.union.vacancies.samples import POSTINGS

DOMAINS = ("careers.rco.example",)


@pytest.mark.parametrize(
    "url",
    [
        "https://careers.rco.example/jo/001187",
        "https://careers.rco.example",
        "https://CAREERS.RCO.Example/jo?x=1#y",
        "https://careers.rco.example./jo",
        "https://careers.rco.example:443/jo",
        "https://eu.careers.rco.example/jo",
    ],
)
def test_https_on_a_verified_domain_or_below_is_verified(url: str) -> None:
    assert source_status(url, DOMAINS) is SourceStatus.VERIFIED


@pytest.mark.parametrize(
    "url",
    [
        "http://careers.rco.example/jo",
        "https://careers.rco.example.evil.test/jo",
        "https://careers-rco.example/jo",
        "https://evilcareers.rco.example/jo",
        "https://rco.example/jo",
        "https://careers.rco.example@evil.test/jo",
        "https://user@careers.rco.example/jo",
        "https://evil.test/https://careers.rco.example/",
        "https://evil.test?careers.rco.example",
        "https://evil.test#careers.rco.example",
        "https://evil.test\\careers.rco.example/",
        "https://careers.rco.example:8443/jo",
        "https://careers.rco.example:0/jo",
        "https://careers%2Erco.example/jo",
        "https://careers.rсo.example/jo",
        "https:careers.rco.example/jo",
        "//careers.rco.example/jo",
        "javascript://careers.rco.example/%0aalert(1)",
        "ftp://careers.rco.example/",
        "https://203.0.113.7/jo",
        "https://[2001:db8::1]/jo",
        " https://careers.rco.example/jo",
        "https://careers.rco.example/jo\n",
        "",
        "https://" + "a." * 3000 + "careers.rco.example/",
    ],
    ids=lambda url: url[:48].strip() or "empty",
)
def test_lookalikes_and_tricks_are_unverified(url: str) -> None:
    assert source_status(url, DOMAINS) is SourceStatus.UNVERIFIED


def test_domains_may_be_written_as_people_write_them() -> None:
    for written in (
        "CAREERS.RCO.EXAMPLE",
        "careers.rco.example.",
        "*.careers.rco.example",
        "https://careers.rco.example/x",
    ):
        assert source_status("https://careers.rco.example/jo", (written,)) is SourceStatus.VERIFIED
    assert source_status("https://xn--bcher-kva.example/", ("Bücher.example",)) is SourceStatus.VERIFIED
    assert source_status("https://bücher.example/", ("xn--bcher-kva.example",)) is SourceStatus.VERIFIED


@pytest.mark.parametrize(
    "domain", ["example", "com", "co.uk", "", ".", "*", "127.0.0.1", "[::1]", "a b", "x@y.example"]
)
def test_a_domain_that_is_nobodys_verifies_nothing_and_is_refused(domain: str) -> None:
    for url in (
        "https://careers.rco.example/",
        "https://evil.co.uk/",
        "https://evil.com/",
        "https://127.0.0.1/",
    ):
        assert source_status(url, (domain,)) is SourceStatus.UNVERIFIED
    with pytest.raises(Invalid, match="not the domain") as refused:
        normal_domain(domain)
    assert refused.value.field == "domains"


def test_a_domain_is_kept_as_dns_has_it() -> None:
    assert normal_domain("https://Careers.RCO.example./jobs?x") == "careers.rco.example"
    assert normal_domain("Bücher.example") == "xn--bcher-kva.example"


def test_nothing_is_verified_without_domains() -> None:
    assert source_status("https://careers.rco.example/", ()) is SourceStatus.UNVERIFIED


def test_the_samples_are_verified_as_they_say_and_the_fraud_is_not() -> None:
    for name, sample in POSTINGS.items():
        domains = sample["hiringOrganization"].get("fu:verifiedDomains", ())
        expected = SourceStatus.UNVERIFIED if name == "V-SCAM" else SourceStatus.VERIFIED
        assert source_status(sample["url"], domains) is expected, name
