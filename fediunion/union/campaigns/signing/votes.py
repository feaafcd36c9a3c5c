"""A vote in the poll of a call is a signature; in one of its options a pledge to boost, too."""

from enum import Enum

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotAllowed
from fediunion.social.posts.events import PollVoted
from fediunion.social.posts.models import Poll
from fediunion.union.campaigns.documents import MEMBER
from fediunion.union.campaigns.models import CampaignCall, Route
from fediunion.union.campaigns.queries import call_lock, find_call_by_post
from fediunion.union.campaigns.signing.addresses import find_web_signature_of
from fediunion.union.campaigns.signing.floods import count_from
from fediunion.union.campaigns.signing.rows import add_signature, find_signature
from fediunion.union.campaigns.signing.rules import SIGNED_ALREADY, check_open, check_signer
from fediunion.union.campaigns.signing.thanks import thank_voter
from fediunion.union.campaigns.signing.totals import recount
from fediunion.union.campaigns.thunderclap.pledging import pledge_by_vote
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap, takes_pledges


class Choice(Enum):
    """What somebody chose in the poll of a call."""

    SIGN = "sign"
    PLEDGE = "pledge"
    FOLLOW = "follow"


def choice_of(number: int, options: int) -> Choice:
    """Return what the option of that number is: the first signs, the last only follows."""
    if number == options - 1:
        return Choice.FOLLOW
    return Choice.SIGN if number == 0 else Choice.PLEDGE


def poll_voted(session: Session, event: PollVoted) -> None:
    """Reaction: somebody voted, ours or elsewhere; in the poll of a call that counts, or is refused.

    What refuses undoes the vote. Of a poll of ours that puts no call nothing is asked of the database.
    Raises NotAllowed ("call-closed", "blocked-signer", "vote-flood", "signed-already").
    """
    if event.post.local and MEMBER not in event.post.extension:
        return
    found = find_call_by_post(session, event.post.id)
    if found is None:
        return
    poll = session.get_one(Poll, event.post.id)
    choices = {choice_of(number, len(poll.options)) for number in event.choices}
    call = call_lock(session, found.id)
    check_open(session, call)
    check_signer(session, call, event.voter)
    if not event.voter.local:
        count_from(session, call, event.voter.host)
    if choices != {Choice.FOLLOW}:
        _sign(session, call, event.voter, pledges=Choice.PLEDGE in choices, at_home=poll.stays_home)
    recount(session, call)


def _sign(session: Session, call: CampaignCall, voter: Actor, *, pledges: bool, at_home: bool) -> None:
    """Store the signature of a voter, and the pledge.

    Where the vote went to the union that leads, that one counts both; here it is only known that our member
    has signed. When it is too late to pledge, the vote is a signature alone.
    """
    counted_here = call.local or at_home
    clap = find_thunderclap(session, call.id) if pledges and counted_here else None
    can_pledge = clap is not None and takes_pledges(session, clap)
    if find_signature(session, call.id, voter.id) is None:
        if voter.local and find_web_signature_of(session, call, voter) is not None:
            raise NotAllowed(SIGNED_ALREADY, reason="signed-already")
        signature = add_signature(session, call, Route.VOTE, actor=voter, counted_here=counted_here)
        thank_voter(session, call, voter, signature)
    elif not can_pledge:
        raise NotAllowed(SIGNED_ALREADY, reason="signed-already")
    if clap is not None and can_pledge:
        pledge_by_vote(session, clap, voter)
