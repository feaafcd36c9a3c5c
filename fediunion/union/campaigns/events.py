"""What happens to calls, for what reacts to it."""

from dataclasses import dataclass

from fediunion.union.campaigns.models import CampaignCall


@dataclass(frozen=True)
class CallOpened:
    """A call is open here: ours was published, or a peer's arrived."""

    call: CampaignCall


@dataclass(frozen=True)
class CallChanged:
    """A call says something else now, or its co-sponsors are others: what was told of it is stale."""

    call: CampaignCall


@dataclass(frozen=True)
class CallEnded:
    """A call is closed; with its outcome once that is known."""

    call: CampaignCall


@dataclass(frozen=True)
class SignaturesChanged:
    """Somebody signed or withdrew here, or a union stated another count."""

    call: CampaignCall


@dataclass(frozen=True)
class PledgesChanged:
    """Somebody pledged or withdrew here, or a union stated another count."""

    call: CampaignCall
