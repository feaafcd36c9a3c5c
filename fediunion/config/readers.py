"""Readers: each makes one TOML value into the value of a setting, or says what the value must be.

A reader raises ValueError with the end of a sentence that begins with the key: "must be …".
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, TypeVar

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")
Reader: TypeAlias = Callable[[object], Value]

NO_PRIVATE_ADDRESSES: bool | tuple[Network, ...] = False

_AUTHORITY = re.compile(
    r"(?=[^:]{1,253}(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[1-9][0-9]{0,4})?"
)
# What stands before the @ may hold any of the other separators, as SQLAlchemy reads it.
_POSTGRESQL = re.compile(
    r"postgresql://(?:[^:/]*(?::[^@]*)?@)?(?:\[[^/?]+\]|[^/:?]*)(?::[0-9]+)?(?:[/?].*)?", re.DOTALL
)


def yes_or_no(value: object) -> bool:
    """Return a boolean."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def text(value: object) -> str:
    """Return a text; empty means that there is none."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("must be a text in quotation marks")
    return value


def line(most: int) -> Reader[str]:
    """Return a reader of one line of at most so many characters, without spaces around it."""

    def read(value: object) -> str:
        found = text(value).strip()
        if len(found) > most or not found.isprintable():
            raise ValueError(f"must be one line of at most {most} characters")
        return found

    return read


def whole_number(lowest: int, highest: int) -> Reader[int]:
    """Return a reader of whole numbers from `lowest` to `highest`, both included."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return value

    return read


def one_of(words: type[Word]) -> Reader[Word]:
    """Return a reader of one of the words of an enumeration."""

    def read(value: object) -> Word:
        try:
            return words(value if isinstance(value, str) else "")
        except ValueError:
            listed = ", ".join(f'"{word}"' for word in words)
            raise ValueError(f"must be one of {listed}") from None

    return read


def texts(value: object) -> tuple[str, ...]:
    """Return a list of texts without spaces around them, none empty."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError("must be a list of texts in quotation marks")
    return tuple(item.strip() for item in value)


def lowered_texts(value: object) -> tuple[str, ...]:
    """Return a list of texts in lower case, as names of domains and languages are compared."""
    return tuple(item.lower() for item in texts(value))


def networks(value: object) -> tuple[Network, ...]:
    """Return a list of IP networks; an address alone is the network of that one address."""
    try:
        return tuple(ipaddress.ip_network(item) for item in texts(value))
    except ValueError:
        raise ValueError('must be a list of IP networks such as ["127.0.0.1/32"]') from None


def yes_no_or_networks(value: object) -> bool | tuple[Network, ...]:
    """Return true for all, false for none, or the networks that are meant."""
    if isinstance(value, bool):
        return value
    try:
        return networks(value)
    except ValueError:
        raise ValueError('must be true, false, or a list of IP networks such as ["127.0.0.1/32"]') from None


def authority(value: object) -> str:
    """Return a host name in lower case, with its port where one is given."""
    host = value.lower() if isinstance(value, str) else ""
    if not _AUTHORITY.fullmatch(host) or int(host.partition(":")[2] or 1) > 65535:
        raise ValueError(
            'must be a host name such as "fedi.union.example" (without https:// and without a path)'
        )
    return host


def optional_authority(value: object) -> str:
    """Return a host name as `authority` does, or an empty text."""
    return "" if value == "" else authority(value)


def path(value: object) -> Path:
    """Return a path; one that is not absolute counts from the folder of the configuration file."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError("must be a path in quotation marks")
    return Path(value).expanduser()


def optional_path(value: object) -> Path | None:
    """Return a path as `path` does, or None for an empty text."""
    return None if value == "" else path(value)


def database_url(value: object) -> str:
    """Return the address of a SQLite file or of a PostgreSQL database; the message never repeats it."""
    if not isinstance(value, str) or not re.match(r"sqlite:///.|postgresql://.", value):
        raise ValueError('must begin with "sqlite:///" or "postgresql://"')
    if value.startswith("postgresql:") and not _POSTGRESQL.fullmatch(value):
        raise ValueError("must have a number as port: postgresql://USER:PASSWORD@HOST:PORT/NAME")
    return value


def key_of_32_bytes(value: object) -> bytes:
    """Return the 32 bytes that a base64 text holds; the message never repeats the text."""
    try:
        key = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != 32 or len(set(key)) < 8:
        raise ValueError("must be 32 random bytes in base64, as `fediunion init` writes them")
    return key


def long_secret(value: object) -> str:
    """Return a text of at least 32 characters, not all alike; the message never repeats the text."""
    if not isinstance(value, str) or len(value) < 32 or len(set(value)) < 8 or "\0" in value:
        raise ValueError("must be a random text of at least 32 characters, as `fediunion init` writes it")
    return value
