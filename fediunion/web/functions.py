"""What templates can call: words, dates and numbers for the reader, icons, faces, and the token of a form."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from markupsafe import Markup, escape

from fediunion.kit.catalogues import catalogue, translated, translated_template
from fediunion.kit.clock import format_instant
from fediunion.kit.sentences import Sentence
from fediunion.web.assets import asset_path
from fediunion.web.languages import LOCALES, language_groups, language_name
from fediunion.web.reading import Reader, current_reader

TOKEN_FIELD: Final = "form_token"  # noqa: S105 - the name of a field
_HUES: Final = 6
_AGO_UNTIL: Final = timedelta(days=7)
_ICON: Final = Markup('<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>')
_TIME: Final = Markup('<time datetime="{}"{}>{}</time>')
_LIVE: Final = Markup(' data-ago title="{}"')


def gettext(text: str) -> str:
    """Return a sentence of a template in the reader's language."""
    return catalogue(current_reader().language).gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return a sentence of a template that depends on how many, in the reader's language."""
    return catalogue(current_reader().language).ngettext(one, many, count)


def app_icon(*, neutral: bool) -> str:
    """Return the address of the icon; of one that tells nothing, where the union wants a neutral name."""
    return asset_path("icon-neutral.svg" if neutral else "icon.svg")


def told(value: object) -> object:
    """Return what is printed for a value: a Sentence in the reader's language, anything else as it is.

    With Markup among its values a Sentence is Markup; what is none among them is escaped.
    """
    if not isinstance(value, Sentence):
        return value
    language = current_reader().language
    if any(isinstance(each, Markup) for each in value.values.values()):
        values = {name: told(each) for name, each in value.values.items()}
        return escape(translated_template(value, language)) % values
    return translated(value, language)


def icon(name: str, *, flips: bool = False) -> Markup:
    """Return an icon of the sprite, with a word beside it. `flips`: it points, and turns right to left."""
    return _ICON.format(" i-flip" if flips else "", asset_path("sprite.svg"), name)


def form_token() -> Markup:
    """Return the hidden field that proves that a form comes from this page (W04); each form needs it."""
    reader = current_reader()
    assert reader.form_token is not None, "an error page has no forms"
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, reader.form_token())


def number(value: float) -> str:
    """Return a number with the separators of the reader's language."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_locale())


def size(byte_count: int) -> str:
    """Return a number of bytes as people say it: "3.1 MB", in powers of 1000."""
    value, unit = float(byte_count), 0
    while value >= 1000 and unit < 4:
        value, unit = value / 1000, unit + 1
    from babel.units import format_unit

    names = ("digital-byte", "digital-kilobyte", "digital-megabyte", "digital-gigabyte", "digital-terabyte")
    return format_unit(round(value, 1 if unit else 0), names[unit], "short", locale=_locale())


def time(moment: datetime) -> Markup:
    """Return day and time of day for the reader; where the zone is not the reader's own it is named."""
    reader = current_reader()
    return _element(moment, _full(moment, reader))


def day(value: datetime | date) -> Markup:
    """Return the day for the reader: "8 January 2027"; an instant is seen from the reader's zone."""
    reader = current_reader()
    if isinstance(value, datetime):
        return _element(value, _long(value.astimezone(reader.zone)))
    return _TIME.format(value.isoformat(), "", _long(value))


def short_day(value: date) -> str:
    """Return a day as it stands on the axis of a drawing: "8 Jan"."""
    return _short(value, with_year=False)


def ago(moment: datetime) -> Markup:
    """Return how long ago a moment was ("12 min"), its day where that is more than a week."""
    reader = current_reader()
    passed = reader.now - moment
    if passed >= _AGO_UNTIL:
        local = moment.astimezone(reader.zone)
        return _element(moment, _short(local, with_year=local.year != reader.now.year))
    from babel.dates import format_timedelta

    text = format_timedelta(
        max(passed, timedelta(0)), granularity="minute", format="short", threshold=1, locale=_locale()
    )
    return _element(moment, text, _LIVE.format(_full(moment, reader)))


def hue(handle: str) -> str:
    """Return the class of the colour behind somebody's letters, from the handle."""
    return f"c{hashlib.sha256(handle.lower().encode()).digest()[0] % _HUES + 1}"


def letters(name: str) -> str:
    """Return at most two letters for a face: the beginnings of the first two words."""
    words = [word for word in name.replace("-", " ").replace("_", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def _full(moment: datetime, reader: Reader) -> str:
    local = moment.astimezone(reader.zone)
    text = f"{_long(local)}{'،' if reader.language == 'ar' else ','} {local:%H:%M}"
    return text if reader.zone_is_known else f"{text} {local.tzname() or ''}".rstrip()


def _long(value: date) -> str:
    from babel.dates import format_date

    return format_date(value, "long", locale=_locale())


def _short(value: date, *, with_year: bool) -> str:
    from babel.dates import format_skeleton

    return format_skeleton("yMMMd" if with_year else "MMMd", value, locale=_locale())


def _element(moment: datetime, text: str, more: str = "") -> Markup:
    return _TIME.format(format_instant(moment.astimezone(UTC)), more, text)


def _locale() -> str:
    return LOCALES[current_reader().language]


GLOBALS: Final[Mapping[str, object]] = {
    "ago": ago,
    "app_icon": app_icon,
    "asset": asset_path,
    "day": day,
    "form_token": form_token,
    "hue": hue,
    "icon": icon,
    "language_groups": language_groups,
    "language_name": language_name,
    "letters": letters,
    "number": number,
    "short_day": short_day,
    "size": size,
    "time": time,
}
