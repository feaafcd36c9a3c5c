"""Which lines connect unions in the drawing: the relations of two unions that look alike are one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fediunion.union.affiliation.models import AffiliationKind
from fediunion.union.directory.queries import Tie


class Style(StrEnum):
    """How a line looks; what ranks first decides before the others who stands above whom."""

    AFFILIATE = "affiliate"
    PART = "part"
    OBSERVER = "observer"
    SUSPENDED = "suspended"
    BILATERAL = "bilateral"


_STYLES: Final = {
    AffiliationKind.AFFILIATE: Style.AFFILIATE,
    AffiliationKind.SECTOR: Style.PART,
    AffiliationKind.REGION: Style.PART,
    AffiliationKind.OBSERVER: Style.OBSERVER,
    AffiliationKind.BILATERAL: Style.BILATERAL,
}


@dataclass(frozen=True)
class Line:
    """A line from an upper union to a lower one; `labels` are its sectors and regions."""

    upper: str
    lower: str
    style: Style
    labels: tuple[str, ...] = ()


def lines_of(ties: Iterable[Tie]) -> Sequence[Line]:
    """Return the lines for relations, in the order of their styles.

    A sector or region beside an affiliation in force is written on its line. What is suspended has a line
    of its own beside what is in force.
    """
    pairs: dict[tuple[str, str, bool, bool], list[Tie]] = {}
    for tie in ties:
        equal = tie.kind == AffiliationKind.BILATERAL
        pairs.setdefault((tie.parent, tie.child, tie.is_suspended, equal), []).append(tie)
    found = [line for key, tied in pairs.items() for line in _lines(key[0], key[1], tied)]
    ranks = list(Style)
    return sorted(found, key=lambda line: (ranks.index(line.style), line.upper, line.lower))


def _lines(upper: str, lower: str, ties: Sequence[Tie]) -> list[Line]:
    labels = tuple(sorted({tie.label for tie in ties if tie.label}))
    if ties[0].is_suspended:
        return [Line(upper, lower, Style.SUSPENDED, labels)]
    styles = {_STYLES[AffiliationKind(tie.kind)] for tie in ties}
    if Style.AFFILIATE in styles:
        styles.discard(Style.PART)
    bearer = Style.AFFILIATE if Style.AFFILIATE in styles else Style.PART
    return [
        Line(upper, lower, style, labels if style is bearer else ()) for style in Style if style in styles
    ]
