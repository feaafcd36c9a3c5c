"""What the document of a union's actor says of the union: its level, sector and region."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fediunion.activitypub.contexts import NAMESPACE
from fediunion.activitypub.values import name
from fediunion.config import UnionLevel, UnionRegion

_PREFIXES: Final = ("fu:", "", NAMESPACE)
_MOST_CHARACTERS: Final = 100


@dataclass(frozen=True)
class Description:
    """What a union says it is; "" for what it does not say."""

    level: str = ""
    sector: str = ""
    region: str = ""


def description_in(document: Mapping[str, Any]) -> Description:
    """Return what an actor's document says of its union; unknown words are left out."""
    level, region = _said(document, "level"), _said(document, "uniRegion")
    sector = _said(document, "sector")
    return Description(
        level if level in tuple(UnionLevel) else "",
        sector if len(sector) <= _MOST_CHARACTERS else "",
        region if region in tuple(UnionRegion) else "",
    )


def _said(document: Mapping[str, Any], term: str) -> str:
    for prefix in _PREFIXES:
        value = document.get(prefix + term)
        if isinstance(value, str):
            return name(value) or ""
    return ""
