"""Keys: how a field of a section carries its comment and its reader."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields
from typing import TypeVar

from fediunion.config.readers import Reader

Value = TypeVar("Value")


@dataclass(frozen=True)
class Key:
    """One key of the configuration file.

    `default` is dataclasses.MISSING where the key is required; `example` then shows how it looks.
    A `secret` may come from the environment or from a systemd credential, and is in no repr.
    """

    name: str
    comment: str
    read: Reader[object]
    secret: bool
    default: object
    example: str

    @property
    def required(self) -> bool:
        """Whether the instance cannot start without it."""
        return self.default is MISSING


def setting(default: Value, comment: str, read: Reader[Value], *, secret: bool = False) -> Value:
    """Return a dataclass field with a default, whose TOML value `read` makes into the field's."""
    metadata = {"comment": comment, "read": read, "secret": secret, "example": ""}
    return field(default=default, repr=not secret, metadata=metadata)


def required(comment: str, read: Reader[Value], *, secret: bool = False, example: str = "") -> Value:
    """Return a dataclass field without a default."""
    metadata = {"comment": comment, "read": read, "secret": secret, "example": example}
    made: Value = field(repr=not secret, metadata=metadata)
    return made


def keys_of(section: type) -> Iterator[Key]:
    """Yield the keys of a section in the order in which they are declared."""
    for declared in fields(section):
        yield Key(name=declared.name, default=declared.default, **declared.metadata)
