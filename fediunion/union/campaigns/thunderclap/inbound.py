"""The message of a thunderclap as another server sends it: the sign for our members' boosts."""

from datetime import timedelta
from typing import Final

from fediunion.activitypub import vocab
from fediunion.db import now_of
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed
from fediunion.social.posts.inbound.posts import receive_post
from fediunion.social.posts.service import remote as remote_posts
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.sponsors.queries import is_carried_here
from fediunion.union.campaigns.thunderclap.boosting import plan_boosts
from fediunion.union.campaigns.thunderclap.documents import ReleaseDocument
from fediunion.union.campaigns.thunderclap.matching import is_message
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import clear_pledges
from fediunion.union.campaigns.thunderclap.queries import ends_at, find_thunderclap_by_uri, lock_all
from fediunion.union.campaigns.thunderclap.service import close_without_posting, decide
from fediunion.union.campaigns.thunderclap.telling import tell_members_missed

CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""So much ahead of ours the clock of who leads may be; our members boost at the moment by ours."""


def receive_release(ctx: InboxContext, create: vocab.Create, document: ReleaseDocument) -> None:
    """An institution elsewhere posts the message of a thunderclap.

    Of one that we know, and by the actor that puts its call alone, it lets our members boost. The post is
    stored whoever follows. One of which we know nothing is a post like any other. Refused and counted:
    "forged-release" by anybody else, "early-release" before its moment, "another-message" for what nobody
    pledged for.
    """
    clap = find_thunderclap_by_uri(ctx.session, document.releases)
    if clap is None:
        receive_post(ctx, create, document)
        return
    call = lock_all(ctx.session, clap)
    if call.local or call.actor_id != ctx.sender.id:
        raise NotAllowed("releases what another puts", reason="forged-release")
    if clap.state == ThunderclapState.COLLECTING:
        _check(ctx, clap, document)
    post = remote_posts.record_remote_post(ctx.session, ctx.sender, document, wanted=True)
    if post is not None and clap.state == ThunderclapState.COLLECTING:
        _release(ctx, call, clap, post.id)


def _check(ctx: InboxContext, clap: Thunderclap, document: ReleaseDocument) -> None:
    if now_of(ctx.session) < clap.release_at - CLOCKS_DIFFER:
        raise NotAllowed("releases before its moment", reason="early-release")
    if not is_message(clap, document):
        raise NotAllowed("says something else than what was pledged for", reason="another-message")


def _release(ctx: InboxContext, call: CampaignCall, clap: Thunderclap, post_id: int) -> None:
    session, now = ctx.session, now_of(ctx.session)
    if now > ends_at(clap):
        tell_members_missed(session, call, clap)
        close_without_posting(session, call, clap, ThunderclapState.MISSED)
        return
    decide(session, call, clap, ThunderclapState.RELEASED)
    if call.hidden or not is_carried_here(session, call):
        # Nobody boosts for what a moderator hid, or our union carries no more.
        tell_members_missed(session, call, clap)
        clear_pledges(session, call, clap)
    clap.post_id, clap.released_at = post_id, now
    session.flush()
    plan_boosts(session, clap)
