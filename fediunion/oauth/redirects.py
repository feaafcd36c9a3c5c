"""Where an app may have members sent back to, and how an answer is added to that address."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

from fediunion.config import Settings
from fediunion.kit.errors import Invalid

OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
"""In the place of an address: show the code to the member, who copies it into the app."""

MOST_REDIRECTS: Final = 20
LONGEST_REDIRECT: Final = 2000
_LOOPBACK: Final = re.compile(r"localhost|[a-z0-9-]+(\.[a-z0-9-]+)*\.localhost|127(\.\d{1,3}){3}|::1")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PRINTABLE: Final = re.compile(r"[!-~]+")
# What runs, reads local files, or speaks another protocol when it is opened.
_NEVER: Final = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "filesystem", "about", "view-source", "jar", "shell"}
    | {"mailto", "tel", "sms", "ftp", "ftps", "ws", "wss", "gopher", "ldap", "intent", "chrome", "resource"}
    | {"ms-help", "urn"}
)


def check_redirects(uris: Sequence[str]) -> list[str]:
    """Return the addresses, each once; raise Invalid for none, for too many, and for one that is bad.

    https, http to this machine only, or an app's own scheme; absolute, without a fragment, a login or a
    wildcard. Source: RFC 6749 section 3.1.2, RFC 8252 section 7, row O02.
    """
    found = list(dict.fromkeys(uris))
    if not found:
        raise Invalid("Redirect URI can't be blank", field="redirect_uris", reason="blank")
    if len(found) > MOST_REDIRECTS:
        raise _bad(f"Redirect URI has at most {MOST_REDIRECTS} entries")
    for uri in found:
        if uri != OUT_OF_BAND:
            _check(uri)
    return found


def _check(uri: str) -> None:
    if len(uri) > LONGEST_REDIRECT:
        raise _bad(f"Redirect URI has at most {LONGEST_REDIRECT} characters")
    if not _PRINTABLE.fullmatch(uri) or "\\" in uri or not _SCHEME.match(uri):
        raise _bad("Redirect URI must be an absolute URI.")
    if "#" in uri:
        raise _bad("Redirect URI cannot contain a fragment.")
    parts = _split(uri)
    if parts.scheme in _NEVER:
        raise _bad("Redirect URI has a scheme that is forbidden.")
    if "@" in parts.netloc or "*" in parts.netloc:
        raise _bad("Redirect URI names a host without a login and without wildcards.")
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise _bad("Redirect URI must be an absolute URI.")
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(parts.hostname or ""):
        raise _bad("Redirect URI must be an HTTPS/SSL URI.")


def _split(uri: str) -> SplitResult:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise _bad("Redirect URI must be an absolute URI.") from error
    return parts


def issuer(settings: Settings) -> str:
    """Return what this server calls itself to apps: its address with a slash, as Mastodon writes it."""
    return f"{settings.base_url}/"


def with_answer(redirect_uri: str, answer: dict[str, str]) -> str:
    """Return the address with the parameters of an answer; a query that it has stays before them."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(answer)}"


def shown_target(redirect_uri: str) -> str:
    """Return what a member is told about where an address leads: the host, or the scheme of an app."""
    parts = urlsplit(redirect_uri)
    if parts.scheme in ("http", "https"):
        return parts.netloc
    return f"{parts.scheme}:"


def _bad(sentence: str) -> Invalid:
    return Invalid(sentence, field="redirect_uris", reason="bad-redirect")
