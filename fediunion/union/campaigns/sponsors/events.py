"""What happens to co-sponsorships, for who is told of it."""

from dataclasses import dataclass

from fediunion.union.campaigns.models import CoSponsor


@dataclass(frozen=True)
class SponsorshipOffered:
    """Another union asks ours to carry a call with it: somebody has to answer."""

    sponsorship: CoSponsor


@dataclass(frozen=True)
class SponsorshipChanged:
    """A co-sponsorship began or is over, by the other union (`by_peer`) or by ours."""

    sponsorship: CoSponsor
    by_peer: bool
