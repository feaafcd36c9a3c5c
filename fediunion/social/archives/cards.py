"""A profile as a vCard, and what is scheduled as a calendar.

Sources: RFC 6350 (vCard 4.0), RFC 5545 (iCalendar).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from fediunion.actors.models import Actor
from fediunion.kit.html import html_to_text

_LONGEST_LINE: Final = 75


def vcard_of(actor: Actor) -> str:
    """Return the profile of our actor: name, handle, description, addresses, fields."""
    handle = f"{actor.username}@{actor.handle_host}"
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        f"FN:{_text(actor.display_name or actor.username)}",
        f"NICKNAME:{_text(actor.username)}",
        f"IMPP:acct:{handle}",
        f"URL:{actor.url or actor.uri}",
    ]
    if actor.summary:
        lines.append(f"NOTE:{_text(html_to_text(actor.summary))}")
    if actor.icon_url:
        lines.append(f"PHOTO:{actor.icon_url}")
    for number, field in enumerate(actor.fields, 1):
        lines.append(f"item{number}.NOTE:{_text(html_to_text(field['value']))}")
        lines.append(f"item{number}.X-ABLABEL:{_text(field['name'])}")
    return _folded([*lines, "END:VCARD"])


def calendar_of(events: Sequence[tuple[str, datetime, str]], made_at: datetime) -> str:
    """Return (uid, when, what) as a calendar; "" without events, as a calendar has at least one."""
    if not events:
        return ""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//FediUnion//Archive//EN"]
    for uid, at, what in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(uid)}",
            f"DTSTAMP:{_instant(made_at)}",
            f"DTSTART:{_instant(at)}",
            f"SUMMARY:{_text(what)}",
            "END:VEVENT",
        ]
    return _folded([*lines, "END:VCALENDAR"])


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Return a text so that nothing in it ends the line or begins another value."""
    escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return "\\n".join(escaped.splitlines())


def _folded(lines: Iterable[str]) -> str:
    """Return lines of at most 75 bytes, longer ones going on in the next after a space."""
    folded = []
    for line in lines:
        part = ""
        for character in line:
            if len((part + character).encode()) > _LONGEST_LINE:
                folded.append(part)
                part = " "
            part += character
        folded.append(part)
    return "".join(f"{line}\r\n" for line in folded)
