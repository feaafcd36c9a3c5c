"""What happens to relations of unions, for the features above."""

from dataclasses import dataclass

from fediunion.union.affiliation.models import Affiliation


@dataclass(frozen=True)
class AffiliationOffered:
    """Another union offers ours a relation: somebody has to answer."""

    affiliation: Affiliation


@dataclass(frozen=True)
class AffiliationChanged:
    """A relation of ours stands differently now, by them (`by_peer`) or by us."""

    affiliation: Affiliation
    by_peer: bool


@dataclass(frozen=True)
class TrustChanged:
    """What servers may share is another now: `lost` may share less than before, `gained` more."""

    lost: frozenset[str] = frozenset()
    gained: frozenset[str] = frozenset()
