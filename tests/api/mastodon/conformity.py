"""Whether an entity is as documented, and as the types of Mastodon.py have it."""

import re
import typing
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from mastodon import return_types
from mastodon.types_base import AttribAccessDict, MaybeSnowflakeIdType, try_cast_recurse

from tests.api.mastodon.documented import ENTITIES

_cast: Final[Callable[[Any, Any], Any]] = try_cast_recurse
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_VALUES: Final[dict[str, Callable[[Any], bool]]] = {
    "any": lambda value: value is not None,
    "text": _is_text,
    "id": lambda value: _is_text(value) and value.isdecimal(),
    "url": lambda value: _is_text(value) and value.startswith(("http://", "https://")),
    "time": lambda value: _is_text(value) and _TIME.fullmatch(value) is not None,
    "day": lambda value: _is_text(value) and _DAY.fullmatch(value) is not None,
    "flag": lambda value: isinstance(value, bool),
    "number": _is_number,
    "real": lambda value: _is_number(value) or isinstance(value, float),
}


def mistakes(value: Any, kind: str, path: str = "") -> list[str]:
    """Return where `value` is not what the documentation says of `kind`, a name of ENTITIES or a value's."""
    path = path or kind
    if kind.startswith("["):
        if not isinstance(value, list):
            return [f"{path} is no list: {value!r}"]
        return [found for each in value for found in mistakes(each, kind[1:-1], f"{path}[]")]
    if kind in _VALUES:
        return [] if _VALUES[kind](value) else [f"{path} is no {kind}: {value!r}"]
    if not isinstance(value, dict):
        return [f"{path} is no {kind}: {value!r}"]
    return [found for field in fields_of(kind) for found in _mistakes_in(value, field, path)]


class Field(NamedTuple):
    """A documented field: its type, and whether it may be missing or null."""

    name: str
    kind: str
    optional: bool
    nullable: bool


def fields_of(kind: str) -> Iterator[Field]:
    """Yield the documented fields of an entity, those of what it extends first."""
    for word in ENTITIES[kind].split():
        if word.startswith("*"):
            yield from fields_of(word[1:])
            continue
        # Some names have colons in them: after those the type comes behind a bar.
        name, _, value = word.partition("|" if "|" in word else ":")
        yield Field(name.rstrip("?~"), value or "text", "?" in name, "~" in name)


def _mistakes_in(entity: dict[str, Any], field: Field, path: str) -> list[str]:
    if field.name not in entity:
        return [] if field.optional else [f"{path}.{field.name} is missing"]
    if entity[field.name] is None:
        return [] if field.nullable else [f"{path}.{field.name} is null"]
    return mistakes(entity[field.name], field.kind, f"{path}.{field.name}")


def check(value: Any, kind: str, mastodon_py: type[Any] | None = None) -> None:
    """Fail where an entity is not as documented, or not what Mastodon.py promises to make of it."""
    found = mistakes(value, kind)
    if mastodon_py is not None:
        for each in value if isinstance(value, list) else [value]:
            found += miscasts(each, mastodon_py)
    if found:
        raise AssertionError("\n".join(found))


def miscasts(value: Any, kind: type[Any]) -> list[str]:
    """Return what of `value` Mastodon.py does not turn into the types that it promises for `kind`."""
    return list(_miscasts(_cast(kind, value), value, kind, kind.__name__))


def _miscasts(cast: Any, value: Any, kind: Any, path: str) -> Iterator[str]:
    """Yield where a value is not of its kind, or is nothing although there was something to cast."""
    if value is None:
        return
    if cast is None:
        yield f"{path} is lost: {value!r}"
        return
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Union:
        choices = [each for each in arguments if each is not type(None)]
        if all(any(_miscasts(cast, value, each, path)) for each in choices):
            yield f"{path} is none of {choices}: {value!r}"
    elif isinstance(origin, type) and issubclass(origin, list):
        for one, other in zip(cast, value, strict=True):
            yield from _miscasts(one, other, arguments[0] if arguments else Any, f"{path}[]")
    elif isinstance(kind, type) and issubclass(kind, AttribAccessDict):
        if not isinstance(cast, kind):
            yield f"{path} is no {kind.__name__}: {value!r}"
            return
        for name, hint in typing.get_type_hints(kind, vars(return_types)).items():
            yield from _miscasts(cast.get(name), value.get(name), hint, f"{path}.{name}")
    elif kind in (datetime, bool, int, str) and not isinstance(cast, (kind, MaybeSnowflakeIdType)):
        yield f"{path} is no {kind.__name__}: {value!r}"
