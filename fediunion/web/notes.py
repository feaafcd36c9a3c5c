"""What the next page says about what was just done: a sentence in a signed cookie, shown once."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import orjson

from fediunion.config import Settings
from fediunion.kit.sentences import Sentence

NOTE_COOKIE: Final = "note"
KEPT: Final = timedelta(minutes=2)
_LONGEST: Final = 3000


class Tone(StrEnum):
    """How a note looks: something was done, or did not work."""

    OK = "ok"
    NO = "no"


@dataclass(frozen=True)
class Note:
    """A sentence, and how it looks."""

    sentence: Sentence
    tone: Tone = Tone.OK


def sealed_note(note: Note, session_cookie: str, now: datetime, settings: Settings) -> str:
    """Return the cookie that says `note` on the next page of this browser; "" for a note too long."""
    ends = int((now + KEPT).timestamp())
    text = urlsafe_b64encode(orjson.dumps([ends, note.tone, _packed(note.sentence)]))
    return f"{text.decode()}.{_seal(text, session_cookie, settings)}" if len(text) <= _LONGEST else ""


def read_note(cookie: str, session_cookie: str, now: datetime, settings: Settings) -> Note | None:
    """Return what a cookie says, None unless we gave it to this browser within the last minutes."""
    text, _, seal = cookie.partition(".")
    if not text.isascii() or not seal.isascii():
        return None
    if not hmac.compare_digest(seal, _seal(text.encode(), session_cookie, settings)):
        return None
    ends, tone, packed = orjson.loads(urlsafe_b64decode(text))
    return None if ends <= now.timestamp() else Note(_unpacked(packed), Tone(tone))


def _packed(sentence: Sentence) -> list[object]:
    values = {
        name: _packed(value)
        if isinstance(value, Sentence)
        else value
        if isinstance(value, int)
        else str(value)
        for name, value in sentence.values.items()
    }
    return [sentence.template, sentence.many, values]


def _unpacked(packed: list[Any]) -> Sentence:
    template, many, values = packed
    said: dict[str, Any] = {
        name: _unpacked(value) if isinstance(value, list) else value for name, value in values.items()
    }
    if not many:
        return Sentence(template, **said)
    return Sentence.counted(template, many, **said)


def _seal(text: bytes, session_cookie: str, settings: Settings) -> str:
    key = settings.secrets.secret_key.encode()
    message = b"fediunion note\n" + session_cookie.encode("ascii", "replace") + b"\n" + text
    return hmac.new(key, message, hashlib.sha256).hexdigest()
