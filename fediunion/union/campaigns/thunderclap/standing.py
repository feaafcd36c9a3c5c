"""How a thunderclap stands: how many pledged and what came of it, never who."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fediunion.union.campaigns.counts.service import number_stated
from fediunion.union.campaigns.models import CampaignCall, CountKind
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import has_pledged, own_count
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap, terms_of
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms


@dataclass(frozen=True)
class ThunderclapView:
    """What anybody may know of a thunderclap.

    `pledges` are of all routes and unions; `delivered` and `failed` what came of them, as far as it was
    told; of a call elsewhere what came of ours. `own` says whether the member who looks has pledged.
    """

    state: ThunderclapState
    terms: ThunderclapTerms
    pledges: int
    delivered: int
    failed: int
    post_id: int | None
    released_at: datetime | None
    own: bool = False

    @property
    def ends_at(self) -> datetime:
        """The instant after which nobody boosts for it."""
        return self.terms.ends_at


def pledges_of(session: Session, call: CampaignCall, clap: Thunderclap) -> int:
    """Return how many have pledged: here, and as the unions that carry the call state.

    Once it is decided, how many had.
    """
    if clap.state != ThunderclapState.COLLECTING:
        return clap.pledges_at_release
    return own_count(session, clap) + number_stated(session, call, CountKind.PLEDGES)


def view_of(session: Session, call: CampaignCall, *, member_id: int | None = None) -> ThunderclapView | None:
    """Return what anybody may know of the thunderclap of a call, None where it has none.

    `member_id` is the actor of the member who looks.
    """
    clap = find_thunderclap(session, call.id)
    if clap is None:
        return None
    made, failed = (
        (number_stated(session, call, kind) if call.local else 0)
        for kind in (CountKind.BOOSTS, CountKind.FAILED_BOOSTS)
    )
    return ThunderclapView(
        state=ThunderclapState(clap.state),
        terms=terms_of(clap),
        pledges=pledges_of(session, call, clap) if call.local else call.pledges_count,
        delivered=clap.delivered_count + made,
        failed=clap.failed_count + failed,
        post_id=clap.post_id,
        released_at=clap.released_at,
        own=member_id is not None and has_pledged(session, clap, member_id),
    )
