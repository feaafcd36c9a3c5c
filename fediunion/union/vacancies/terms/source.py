"""The official-source rule: a notice counts as the employer's own when it is on a site of the employer."""

from collections.abc import Iterable
from enum import StrEnum

from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import parse_remote_url, registrable_domain


class SourceStatus(StrEnum):
    """`fu:sourceStatus`: whether the notice is on the employer's verified domains."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


def source_status(url: str, verified_domains: Iterable[str]) -> SourceStatus:
    """Return VERIFIED where the address is https on a verified domain or below it, else UNVERIFIED.

    Domains are compared as DNS has them: any case, a dot at the end, IDNA. An address with a user name, with
    a port, by number, or that parsers could disagree about is unverified; so is a domain that is none or that
    anybody may register under (`example`, `co.uk`). Verifies nothing where no domain is given.
    """
    try:
        address = parse_remote_url(url)
    except BadDocument:
        return SourceStatus.UNVERIFIED
    if address.scheme != "https" or address.port is not None:
        return SourceStatus.UNVERIFIED
    for given in verified_domains:
        domain = _domain(given)
        if domain is not None and (address.host == domain or address.host.endswith(f".{domain}")):
            return SourceStatus.VERIFIED
    return SourceStatus.UNVERIFIED


def normal_domain(text: str, *, field: str = "domains") -> str:
    """Return a domain as DNS has it: `https://Careers.RCO.example./jobs` → `careers.rco.example`.

    Invalid for what is no domain, a number, or a suffix under which anybody may register.
    """
    domain = _domain(text)
    if domain is None:
        raise Invalid(
            Sentence("“%(value)s” is not the domain of an organisation.", value=text.strip()[:80]),
            field=field,
        )
    return domain


def _domain(text: str) -> str | None:
    given = text.strip()
    if "://" not in given:
        given = f"https://{given.removeprefix('*.')}"
    try:
        address = parse_remote_url(given)
    except BadDocument:
        return None
    host = address.host
    named = "." in host and ":" not in host and not host.rpartition(".")[2].isdigit()
    if address.port is not None or not named or _anybodys(host):
        return None
    return host


def _anybodys(host: str) -> bool:
    """Whether a name below this one would belong to somebody else: a public suffix."""
    below = f"name.{host}"
    return registrable_domain(below) == below
