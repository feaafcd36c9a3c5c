"""What a client sends, in whichever form: query, form, multipart or JSON, under Rails' names."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from fediunion.api.errors import BadRequest
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import LARGEST_ID
from fediunion.kit.multipart import MAX_FIELDS
from fediunion.kit.text import is_storable

_DEEPEST: Final = 4
_MOST_IDS: Final = 100
_TRUE: Final = frozenset({"true", "t", "1", "on", "yes"})
_NUMBER = re.compile(r"[0-9]{1,30}")
_STEPS = re.compile(r"\[([^\[\]]*)\]")

Pairs = list[tuple[str, str]]


def id_in(text: object) -> int | None:
    """Return the number that an id in text is; None for what is none, or larger than any id."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text if 0 <= text <= LARGEST_ID else None
    if not isinstance(text, str) or _NUMBER.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None


def query_pairs(query: bytes) -> Pairs:
    """Return names and values of a query or a form. Raises BadRequest for too many or unreadable ones."""
    if not query:
        return []
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise BadRequest("The parameters cannot be read") from error
    check_characters(pairs)
    return pairs


def check_characters(value: object) -> None:
    """Raise BadRequest where a text anywhere in JSON or parameters holds NUL, or half of a surrogate pair.

    No name and no text of anybody has them, and databases refuse to look for them.
    """
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and not is_storable(each):
            raise BadRequest("The parameters contain what is no character")
        if isinstance(each, dict):
            waiting.extend(each)
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)


def nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return Rails' names as what they mean: `a[]` a list, `a[b]` an object, `a[0][b]` an object by number.

    The last of several values counts, except in lists.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        root, bracket, rest = name.partition("[")
        steps = [root, *_STEPS.findall(bracket + rest)][: _DEEPEST + 1]
        place: Any = tree
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if following is None:
                _put(place, step, value)
            else:
                place = _enter(place, step, following)
    return tree


def _put(place: Any, step: str, value: Any) -> None:
    if isinstance(place, list):
        place.append(value)
    else:
        place[step] = value


def _enter(place: Any, step: str, following: str) -> Any:
    """Return what stands under `step`, made where it is missing or something else."""
    wanted: type[Any] = list if following == "" else dict
    if isinstance(place, list):
        # `a[][b]=1&a[][c]=2`: one object as long as its names do not repeat.
        if not (place and isinstance(place[-1], wanted) and following not in place[-1]):
            place.append(wanted())
        return place[-1]
    if not isinstance(place.get(step), wanted):
        place[step] = wanted()
    return place[step]


@dataclass(frozen=True)
class Params:
    """Parameters by name. What stands in the body counts before what stands in the query (row O23)."""

    values: dict[str, Any]
    query: Sequence[tuple[str, str]] = ()

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, *, most: int, default: str = "") -> str:
        """Return a text. Raises Invalid for one longer than `most` characters, or that is no text (O14)."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Invalid(f"{name} has to be a text", field=name)
        text = str(value)
        if len(text) > most:
            raise Invalid(f"{name} has {most} characters at most", field=name, reason="too-long")
        return text

    def word(self, name: str, words: Iterable[str], default: str) -> str:
        """Return one of `words`. Raises Invalid for another."""
        text = self.text(name, most=100, default=default) or default
        if text not in words:
            raise Invalid(f"{name} cannot be {text!r}", field=name, reason="inclusion")
        return text

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return yes or no: true, "true", "1", "on" are yes."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        return value is True or str(value).lower() in _TRUE

    def moment(self, name: str) -> datetime | None:
        """Return a date or a moment of this millennium in UTC, None where there is none. Raises Invalid."""
        text = self.text(name, most=40)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise Invalid(f"{name} has to be a date, or a date and time", field=name) from None
        if not 2000 <= found.year < 3000:
            raise Invalid(f"{name} is too far away", field=name)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

    def whole_number(self, name: str, default: int) -> int:
        """Return a number. Raises BadRequest for what is none; enormous ones are cut to what fits."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise BadRequest(f"{name} has to be a number") from error
        if math.isnan(number):
            raise BadRequest(f"{name} has to be a number")
        return int(max(-1e15, min(number, 1e15)))

    def id(self, name: str) -> int | None:
        """Return an id, None where there is none; one larger than any is cut to the largest.

        Raises BadRequest for what is no number (row O15).
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            return min(int(value), LARGEST_ID)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return min(value, LARGEST_ID)
        raise BadRequest(f"{name} has to be an id")

    def listed(self, name: str) -> list[Any]:
        """Return a list; a single value is a list of one, an object by number is the list of its values."""
        value = self.values.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, dict):
            return [value[key] for key in sorted(value, key=lambda key: (len(key), key))]
        return value if isinstance(value, list) else [value]

    def texts(self, name: str, *, most: int, longest: int, first_ones: bool = False) -> list[str]:
        """Return a list of texts. Raises Invalid for too long ones, and for too many.

        With `first_ones` those after the first `most` are left out instead.
        """
        found = self.listed(name)[: most if first_ones else None]
        if len(found) > most:
            raise Invalid(f"{name} has {most} entries at most", field=name, reason="too-long")
        return [Params({name: value}).text(name, most=longest) for value in found]

    def ids(self, name: str, *, most: int = _MOST_IDS) -> list[int]:
        """Return the ids of a list, each once; what is no id names nothing and is left out."""
        found = [id_in(value) for value in self.listed(name)[: most * 2]]
        return list(dict.fromkeys(number for number in found if number is not None))[:most]

    def group(self, name: str) -> "Params | None":
        """Return the parameters of an object such as `poll`; None where there is none."""
        value = self.values.get(name)
        return Params(value) if isinstance(value, dict) and value else None

    def groups(self, name: str, *, most: int) -> list["Params"]:
        """Return the parameters of a list of objects such as `fields_attributes`."""
        found = self.listed(name)
        if len(found) > most or not all(isinstance(value, dict) for value in found):
            raise Invalid(f"{name} has {most} entries at most", field=name)
        return [Params(value) for value in found]
