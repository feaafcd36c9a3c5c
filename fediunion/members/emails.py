"""E-mail addresses: reading them strictly, and keeping them sealed."""

import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from fediunion.config import Settings
from fediunion.kit.errors import Invalid
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import ascii_host

LONGEST_ADDRESS: Final = 254
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9_+=~-]+(?:[.'][A-Za-z0-9_+=~-]+)*")
_DOMAIN: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


@dataclass(frozen=True)
class EmailAddress:
    """An address as mail goes to it; `domain` is lower-case ASCII, and the one that rules are about."""

    local_part: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


def parse_email(text: str) -> EmailAddress:
    """Return the address that a person wrote; raise Invalid for one that two programs could read differently.

    One `@`, no quotes, comments, `%`, `!`, blanks or control characters; domains in other scripts become
    IDNA, those without a dot are for development. Source: row W16, CVE-2026-41259.
    """
    local_part, at, host = text.partition("@")
    domain = (ascii_host(host) or "") if "@" not in host else ""
    readable = (
        at
        and len(local_part) <= 64
        and len(local_part) + len(domain) + 1 <= LONGEST_ADDRESS
        and _LOCAL_PART.fullmatch(local_part)
        and _DOMAIN.fullmatch(domain)
    )
    if not readable:
        sentence = Sentence("This is not an e-mail address that we can use.")
        raise Invalid(sentence, field="email", reason="bad-email")
    return EmailAddress(local_part, domain)


def email_spelling(text: str) -> str:
    """Return what is the same for all spellings of an address that people type, to count by (row O20)."""
    try:
        return str(parse_email(text.strip())).lower()
    except Invalid:
        return text.strip().lower()


def login_spelling(text: str) -> str:
    """Return what is the same for all spellings of a name or address that `find_login` reads alike.

    It is made of what was typed alone: whatever is counted by it says nothing of who is here (row W08).
    """
    return email_spelling(text).removeprefix("@")


def check_email_domain(address: EmailAddress, allowed: Collection[str]) -> None:
    """Raise Invalid unless the domain is one of `allowed` or below one; an empty collection allows all."""
    if allowed and not any(is_under(address.domain, each) for each in allowed):
        raise Invalid(
            Sentence("Accounts need an e-mail address at %(domains)s.", domains=", ".join(sorted(allowed))),
            field="email",
            reason="email-domain",
        )


def is_under(domain: str, above: str) -> bool:
    """Return whether a domain is another one, or below it."""
    return domain == above or domain.endswith(f".{above}")


def email_key(address: EmailAddress, settings: Settings) -> str:
    """Return the keyed hash by which an address is looked up: HMAC-SHA-256, hex, in any case of letters."""
    key = hmac.digest(settings.secrets.master_key, b"fediunion email lookup", hashlib.sha256)
    return hmac.new(key, str(address).lower().encode(), hashlib.sha256).hexdigest()


def seal_email(address: EmailAddress, member_id: int, settings: Settings) -> bytes:
    """Return the address encrypted for the row of one member."""
    return seal(str(address).encode(), settings.secrets.master_key, _associated(member_id))


def unseal_email(sealed: bytes, member_id: int, settings: Settings) -> str:
    """Return the address that `seal_email` was given; raise BadConfiguration where it does not open."""
    return unseal(sealed, settings.secrets.master_key, _associated(member_id)).decode()


def _associated(member_id: int) -> bytes:
    return b"member-email:%d" % member_id
