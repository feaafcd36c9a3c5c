"""The moment: decided once for each thunderclap, whatever stopped, crashed or jumped meanwhile."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.ids import new_slug
from fediunion.outbox.publish import Inbox
from fediunion.social.posts.service.drafts import PostDraft
from fediunion.social.posts.service.publishing import publish_post
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.queries import co_sponsor_uris, lead_of
from fediunion.union.campaigns.service.publishing import retell
from fediunion.union.campaigns.thunderclap.boosting import plan_boosts
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.queries import ends_at, lock_all, terms_of
from fediunion.union.campaigns.thunderclap.service import close_without_posting, decide
from fediunion.union.campaigns.thunderclap.standing import pledges_of
from fediunion.union.campaigns.thunderclap.telling import MISSED_JOB, TELL_JOB, tell_members_missed
from fediunion.union.campaigns.thunderclap.wording import composed_message, first_language
from fediunion.union.campaigns.wording import CAMPAIGN_HALLS

PLEDGERS: Final = "pledgers"
"""The audience "pledgers:<id>": the servers of who pledged for it, and the unions that carry its call."""


def release(session: Session, thunderclap_id: int) -> None:
    """Decide about a thunderclap of ours whose moment has come; nothing where that was done before.

    Released only within its window: later it is missed. In the same unit the message is posted, which
    goes to everybody first, and our members are given their own moments.
    """
    clap = session.get(Thunderclap, thunderclap_id)
    if clap is None:
        return
    call, now = lock_all(session, clap), now_of(session)
    if not call.local or clap.state != ThunderclapState.COLLECTING or clap.release_at > now:
        return
    if now > ends_at(clap):
        _miss(session, call, clap)
    elif call.state != CallState.OPEN or call.hidden:
        close_without_posting(session, call, clap, ThunderclapState.WITHDRAWN)
    elif pledges_of(session, call, clap) < clap.threshold:
        close_without_posting(session, call, clap, ThunderclapState.NOT_REACHED)
    else:
        _post(session, call, clap)
    retell(session, call)


def inboxes_of_pledgers(session: Session, _author: Actor, argument: str) -> list[Inbox]:
    """Return the inboxes of who pledged elsewhere, and of the unions that carry the call."""
    clap = session.get(Thunderclap, int(argument))
    if clap is None:
        return []
    call = session.get_one(CampaignCall, clap.call_id)
    alive = (~Actor.local, Actor.deleted_at.is_(None), Actor.suspended_at.is_(None))
    columns = (Actor.inbox_url, Actor.shared_inbox_url)
    pledged = select(*columns).join(Pledge, Pledge.actor_id == Actor.id)
    pledgers = session.execute(pledged.where(Pledge.thunderclap_id == clap.id, *alive))
    unions = session.execute(select(*columns).where(Actor.uri.in_(co_sponsor_uris(session, call)), *alive))
    return [Inbox(inbox, shared) for inbox, shared in (*pledgers, *unions)]


def _post(session: Session, call: CampaignCall, clap: Thunderclap) -> None:
    author, terms, base = lead_of(session, call), terms_of(clap), settings_of(session).base_url
    slug = f"{call.slug}-boost-{new_slug()[:6].lower()}"
    composed = composed_message(
        terms,
        uri=str(clap.uri),
        slug=slug,
        url=f"{base}/@{author.username}/{slug}",
        base_url=base,
        expand=(CAMPAIGN_HALLS, f"{PLEDGERS}:{clap.id}"),
    )
    draft = PostDraft(audience=Audience.PUBLIC, language=first_language(terms), composed=composed)
    decide(session, call, clap, ThunderclapState.RELEASED)
    clap.post_id = publish_post(session, author, draft).id
    clap.released_at = now_of(session)
    session.flush()
    plan_boosts(session, clap)
    enqueue(session, TELL_JOB, key=f"{TELL_JOB}:{clap.id}", clap_id=clap.id)


def _miss(session: Session, call: CampaignCall, clap: Thunderclap) -> None:
    """Note that the moment is over. The pledges are deleted as those who made them are told."""
    decide(session, call, clap, ThunderclapState.MISSED)
    tell_members_missed(session, call, clap)
    enqueue(session, MISSED_JOB, key=f"{MISSED_JOB}:{clap.id}", clap_id=clap.id)
