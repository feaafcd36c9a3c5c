"""How many signed: counted anew from the rows after each change, under the lock of the call."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.db import emit
from fediunion.social.posts.models import Poll, Post
from fediunion.social.posts.service.tallies import set_votes_beside
from fediunion.union.campaigns.counts.service import number_stated
from fediunion.union.campaigns.days import day_of
from fediunion.union.campaigns.events import PledgesChanged, SignaturesChanged
from fediunion.union.campaigns.models import CallDay, CampaignCall, CountKind, Signature
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.union.campaigns.thunderclap.standing import pledges_of


def own_count(session: Session, call: CampaignCall) -> int:
    """Return how many signed here, by whatever way: of a call of others, how many of our members at home."""
    session.flush()
    signed = select(func.count()).where(Signature.call_id == call.id, Signature.counted_here.is_(True))
    return session.scalar(signed) or 0


def recount(session: Session, call: CampaignCall) -> None:
    """Bring what a call tells of its signatures up to date, and tell the features above.

    The caller holds the lock (`queries.call_lock`). Of ours that is the total of all ways and unions, the
    figure of today, and what its poll shows beside its votes. A call of others has what its union told last.
    """
    if call.local:
        call.signatures_count = own_count(session, call) + number_stated(session, call, CountKind.SIGNATURES)
        clap = find_thunderclap(session, call.id)
        call.pledges_count = 0 if clap is None else pledges_of(session, call, clap)
        _show_in_poll(session, call)
        note_day(session, call)
    emit(session, SignaturesChanged(call))


def note_day(session: Session, call: CampaignCall) -> None:
    """Keep the present total as that of today, for the drawing."""
    day = session.get(CallDay, (call.id, day_of(session)))
    if day is None:
        session.add(CallDay(call_id=call.id, day=day_of(session), signatures=call.signatures_count))
    else:
        day.signatures = call.signatures_count


def pledges_changed(session: Session, event: PledgesChanged) -> None:
    """Reaction: somebody pledged or took it back, or a union stated another number."""
    if event.call.local:
        recount(session, call_lock(session, event.call.id))


def _show_in_poll(session: Session, call: CampaignCall) -> None:
    """Let the poll show the totals: whoever signed or pledged otherwise than by a vote is beside its votes.

    Its options are: to sign, to sign and pledge where there is a boost, and only to follow. The first two
    show together how many signed, and no more than that: one can pledge without a signature.
    """
    post = None if call.post_id is None else session.get(Post, call.post_id)
    poll = None if post is None else session.get(Poll, post.id)
    if post is None or poll is None:
        return
    beside: list[int] = [*poll.votes_beside, *[0] * len(poll.options)]
    votes = [option["votes"] - beside[number] for number, option in enumerate(poll.options)]
    call.followers_count = votes[-1]
    others = max(0, call.signatures_count - sum(votes[:-1]))
    pledged = min(others, max(0, call.pledges_count - votes[1])) if len(votes) > 2 else 0
    set_votes_beside(session, post, [others - pledged, *([pledged] if len(votes) > 2 else []), 0])
