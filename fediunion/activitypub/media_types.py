"""Media types of HTTP answers, read with their parameters."""

import re
from typing import Final

ACTIVITYSTREAMS: Final = "https://www.w3.org/ns/activitystreams"
ACTIVITY_JSON: Final = "application/activity+json"
LD_JSON_PROFILE: Final = f'application/ld+json; profile="{ACTIVITYSTREAMS}"'
ACTIVITY_ACCEPT: Final = f"{ACTIVITY_JSON}, {LD_JSON_PROFILE}"

_PARAMETER = re.compile(r';\s*(?:([^\s;="]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)\s*)?')


def parse_media_type(text: str) -> tuple[str, dict[str, str]]:
    """Return the type in lower case and its parameters by lower-case name; `("", {})` where unreadable.

    Source: RFC 9110 section 8.3.1. The first of two parameters with one name counts.
    """
    essence, semicolon, rest = text.partition(";")
    parameters: dict[str, str] = {}
    position, rest = 0, semicolon + rest
    while position < len(rest):
        found = _PARAMETER.match(rest, position)
        if found is None:
            return "", {}
        position = found.end()
        if found[1]:
            parameters.setdefault(found[1].lower(), _unquoted(found[2]))
    return essence.strip().lower(), parameters


def is_activity_type(text: str) -> bool:
    """Return whether a media type says ActivityStreams: its own type, or JSON-LD with its profile.

    Plain `application/json` does not: a server that lets people upload files would let them
    forge documents. Source: https://www.w3.org/TR/activitypub/#retrieving-objects
    """
    essence, parameters = parse_media_type(text)
    if essence == ACTIVITY_JSON:
        return True
    return essence == "application/ld+json" and ACTIVITYSTREAMS in parameters.get("profile", "").split()


def is_json_type(text: str) -> bool:
    """Return whether a media type says JSON of any kind."""
    essence, _ = parse_media_type(text)
    return essence == "application/json" or (essence.startswith("application/") and essence.endswith("+json"))


def is_jrd_type(text: str) -> bool:
    """Return whether a WebFinger answer may have this media type.

    Static sites serve the file as text or bytes; nobody can upload to its well-known path.
    """
    return is_json_type(text) or parse_media_type(text)[0] in ("text/plain", "application/octet-stream")


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
