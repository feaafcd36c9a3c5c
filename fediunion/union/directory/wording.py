"""What levels, regions and kinds of relations are called."""

from collections.abc import Mapping
from typing import Final

from fediunion.config import UnionLevel, UnionRegion
from fediunion.kit.sentences import Sentence
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus, Trust
from fediunion.union.directory.drawn.lines import Style

LEVELS: Final[Mapping[str, Sentence]] = {
    UnionLevel.LOCAL: Sentence("Local union"),
    UnionLevel.STAFF_UNION: Sentence("Staff union"),
    UnionLevel.NATIONAL: Sentence("National union"),
    UnionLevel.SECTOR: Sentence("Sector of a union"),
    UnionLevel.COORDINATING_COMMITTEE: Sentence("Coordinating committee"),
    UnionLevel.NATIONAL_CENTRE: Sentence("National centre"),
    UnionLevel.REGIONAL: Sentence("Regional organisation"),
    UnionLevel.GLOBAL: Sentence("Global union"),
    UnionLevel.NETWORK: Sentence("Network"),
}
REGIONS: Final[Mapping[str, Sentence]] = {
    UnionRegion.AFRICA: Sentence("Africa"),
    UnionRegion.AMERICAS: Sentence("Americas"),
    UnionRegion.ASIA_PACIFIC: Sentence("Asia and the Pacific"),
    UnionRegion.EUROPA: Sentence("Europe"),
}
KINDS: Final[Mapping[str, Sentence]] = {
    AffiliationKind.AFFILIATE: Sentence("Affiliate"),
    AffiliationKind.SECTOR: Sentence("Sector"),
    AffiliationKind.REGION: Sentence("Region"),
    AffiliationKind.OBSERVER: Sentence("Observer"),
    AffiliationKind.BILATERAL: Sentence("Bilateral"),
}
STATES: Final = {
    AffiliationStatus.OFFERED: (Sentence("Offered"), "clock", "late"),
    AffiliationStatus.ACTIVE: (Sentence("In force"), "ok", "ok"),
    AffiliationStatus.SUSPENDED: (Sentence("Suspended"), "alert", "bad"),
    AffiliationStatus.ENDED: (Sentence("Ended"), "x", ""),
}
STYLES: Final[Mapping[Style, Sentence]] = {
    Style.AFFILIATE: Sentence("affiliated"),
    Style.PART: Sentence("in a sector or region"),
    Style.OBSERVER: Sentence("observer"),
    Style.BILATERAL: Sentence("bilateral"),
    Style.SUSPENDED: Sentence("suspended"),
}
"""The lines of the drawing, as its legend lists them."""

TRUSTS: Final[Mapping[Trust, Sentence]] = {
    Trust.VACANCIES: Sentence("Vacancies"),
    Trust.CALLS: Sentence("Calls to act"),
    Trust.NETWORK: Sentence("Posts to the union network"),
}


def part_of(kind: str, label: str, other: str) -> Sentence:
    """Return what a union is to the one that is called `other`: "UNI, as observer", "UNI, sector ICTS"."""
    match kind:
        case AffiliationKind.SECTOR:
            return Sentence("%(union)s, sector %(label)s", union=other, label=label)
        case AffiliationKind.REGION:
            return Sentence("%(union)s, region %(label)s", union=other, label=label)
        case AffiliationKind.OBSERVER:
            return Sentence("%(union)s, as observer", union=other)
        case AffiliationKind.BILATERAL:
            return Sentence("with %(union)s, bilateral", union=other)
        case _:
            return Sentence("%(union)s", union=other)
