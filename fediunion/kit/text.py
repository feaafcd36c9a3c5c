"""What people write, as plain text: mentions, hashtags, names, languages and hosts in it.

Every pattern is linear in the length of the text: possessive repetition, no nested choice.
"""

import re
import unicodedata
from dataclasses import dataclass

import idna

_MARK_BLOCKS = ((0x300, 0x1FFF), (0x20D0, 0x20F0), (0x302A, 0x309A), (0xA66F, 0xABFF))
_MARKS = "".join(
    chr(code)
    for first, last in _MARK_BLOCKS
    for code in range(first, last + 1)
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_TAG_CHARACTERS = rf"[\w\u00b7\u200c{_MARKS}]"
_USERNAME = r"[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+"
_HOST = r"[^\W_]++(?:-++[^\W_]++)*+(?:\.[^\W_]++(?:-++[^\W_]++)*+)*+(?::[0-9]{1,5}+)?+"
_URL = r"https?://[^\s<>\"\x00-\x1f\u3001\u3002\u300c\u300d\uff01\uff08\uff09\uff0c\uff1f]++"

TOKEN = re.compile(
    rf"(?<![A-Za-z0-9_])(?P<url>{_URL})"
    rf"|(?<![\w@/.=&-])@(?P<username>{_USERNAME})(?:@(?P<host>{_HOST}))?+"
    rf"|(?<![\w/&#])[#\uff03](?P<hashtag>{_TAG_CHARACTERS}++)",
    re.IGNORECASE,
)

_REMOTE_USERNAME = re.compile(r"[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+")
_LOCAL_USERNAME = re.compile(r"[A-Za-z0-9_]{1,30}")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,6}")

MAX_HASHTAG_CHARACTERS = 100
_MAX_USERNAME_CHARACTERS = 128
_MAX_LANGUAGE_TAG_CHARACTERS = 35


@dataclass(frozen=True, slots=True)
class Mention:
    """Someone addressed in a text: `host` is None for someone here, and may carry a port."""

    username: str
    host: str | None = None

    @property
    def handle(self) -> str:
        """`bob` or `bob@host`, in lower case: the key under which a mention is looked up."""
        return (self.username if self.host is None else f"{self.username}@{self.host}").lower()


def mention_in(token: re.Match[str]) -> Mention | None:
    """Return the mention that a match of TOKEN is; None for an unusable one (`@bob@word` without a dot)."""
    username, host = token["username"], token["host"]
    if username is None or len(username) > _MAX_USERNAME_CHARACTERS:
        return None
    if host is None:
        return Mention(username)
    if len(host) > 253 or not ("." in host or ":" in host or host.lower() == "localhost"):
        return None
    return Mention(username, host.lower())


def hashtag_in(token: re.Match[str]) -> str | None:
    """Return the hashtag, without `#`, that a match of TOKEN is; None for numbers like `#1`."""
    name: str | None = token["hashtag"]
    if name is None:
        return None
    name = name.strip("\u00b7\u200c")
    return name if valid_hashtag(name) else None


def find_mentions(text: str) -> list[Mention]:
    """Return who is mentioned in the text, each once, in order; addresses inside links do not count."""
    found = (mention_in(token) for token in TOKEN.finditer(text))
    return list(dict.fromkeys(mention for mention in found if mention is not None))


def find_hashtags(text: str) -> list[str]:
    """Return the hashtags in the text without `#`, as first spelled, each once."""
    found = (hashtag_in(token) for token in TOKEN.finditer(text))
    return list({normalise_hashtag(name): name for name in reversed([n for n in found if n])}.values())[::-1]


def normalise_hashtag(name: str) -> str:
    """Return the form under which spellings of one hashtag are the same: NFKC, case folded, without `#`."""
    return unicodedata.normalize("NFKC", name).lstrip("#").casefold()


def valid_hashtag(name: str) -> bool:
    """Return whether this can be a hashtag's name: letters, digits and `_`, not digits alone, no monster.

    Nor one in its normalised form: that of a single character may have eighteen.
    """
    return (
        0 < len(name) <= MAX_HASHTAG_CHARACTERS
        and (name.isascii() or len(normalise_hashtag(name)) <= MAX_HASHTAG_CHARACTERS)
        and not name.isdigit()
        and _HASHTAG_NAME.fullmatch(name) is not None
    )


def valid_username(name: str, *, local: bool = False) -> bool:
    """Return whether this can be the name in `@name@host`; `local`: without dots and dashes, ≤ 30 characters.

    Source: Mastodon's USERNAME_ONLY_RE and USERNAME_RE.
    """
    if local:
        return _LOCAL_USERNAME.fullmatch(name) is not None
    return len(name) <= _MAX_USERNAME_CHARACTERS and _REMOTE_USERNAME.fullmatch(name) is not None


def is_whole_name(text: str) -> bool:
    """Return whether a text names one thing of the network wholly: `name@host`, or an address."""
    if text.startswith(("https://", "http://")):
        return " " not in text
    name, _, host = text.removeprefix("@").partition("@")
    return bool(name and host) and not set(text) & set(" /")


def valid_language_tag(tag: str) -> bool:
    """Return whether this has the form of a BCP 47 language tag (`en`, `pt-BR`, `zh-Hant-TW`)."""
    return len(tag) <= _MAX_LANGUAGE_TAG_CHARACTERS and _LANGUAGE_TAG.fullmatch(tag) is not None


_HASHTAG_NAME = re.compile(rf"{_TAG_CHARACTERS}++")
_SCRIPTS_WRITTEN_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)
_LOOK_LIKE_LATIN = frozenset("асԁеһіјӏорԛѕԝхуѵҽӓёїαβγεικνορτυχωϲϳ")


def ascii_host(host: str) -> str | None:
    """Return the host in lower case as DNS has it (`xn--…`); None where it is no host name. A port stays."""
    name, colon, port = host.partition(":")
    if name.isascii():
        return (name + colon + port).lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii") + colon + port
    except (idna.IDNAError, UnicodeError):
        return None


def display_host(host: str) -> str:
    """Return the host as a person may safely read it.

    In Unicode where each label is written in one script that is not mistaken for Latin letters, else as
    `xn--…`. Source: the rules of browsers, https://chromium.googlesource.com/chromium/src/+/main/docs/idn.md
    """
    if host.isascii() and "xn--" not in host.lower():
        return host
    encoded = ascii_host(host)
    if encoded is None:
        return host.encode("ascii", "replace").decode("ascii")
    name, colon, port = encoded.partition(":")
    try:
        labels = [idna.decode(label) if label.startswith("xn--") else label for label in name.split(".")]
    except (idna.IDNAError, UnicodeError):
        return encoded
    return ".".join(labels) + colon + port if all(map(_reads_as_it_is, labels)) else encoded


def _reads_as_it_is(label: str) -> bool:
    if label.isascii():
        return True
    letters = [character for character in label if character.isalpha()]
    scripts = {unicodedata.name(letter, "?").split(" ")[0].split("-")[0] for letter in letters}
    if len(scripts) > 1 and not any(scripts <= together for together in _SCRIPTS_WRITTEN_TOGETHER):
        return False
    return not (scripts <= {"CYRILLIC", "GREEK"} and all(letter in _LOOK_LIKE_LATIN for letter in letters))


def storable(text: str) -> str:
    """Return `text` as each database takes it: without NUL, and `?` for half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def is_storable(text: str) -> bool:
    """Return whether each database takes `text` as it is: PostgreSQL takes no NUL, none half of a pair."""
    return storable(text) == text
