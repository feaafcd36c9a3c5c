"""Publishing a call of ours, at once or at its opening, and telling how it changed."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import emit, now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.drafts import PollDraft, PostDraft
from fediunion.social.posts.service.publishing import publish_post
from fediunion.social.posts.service.publishing.composed import recompose_post
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.events import CallOpened
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.queries import call_lock, co_sponsor_uris, lead_of
from fediunion.union.campaigns.service.rows import terms_of, touch
from fediunion.union.campaigns.thunderclap.checking import check_before_opening
from fediunion.union.campaigns.thunderclap.documents import amplify_document
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.union.campaigns.thunderclap.standing import pledges_of
from fediunion.union.campaigns.wording import CallView, composed_call, poll_options, question_uri

CLOSE_JOB: Final = "campaigns.close"
OPEN_JOB: Final = "campaigns.open"
BY_THE_CLOCK: Final = "clock"
"""Who does in the log what nobody did."""

_AT_ONCE: Final = 100


def publish_call(session: Session, call: CampaignCall, *, by: str) -> None:
    """Publish a draft of ours: it opens now, or at its opening where that is still to come.

    Raises NotAllowed for what is no draft, Invalid with its field for one whose time is over, or that asks to
    pledge a boost for which there is no moment yet.
    """
    call = call_lock(session, call.id)
    _check_publishable(session, call)
    record_audit(session, by=by, action="call.publish", subject=call.slug)
    if call.opens_at <= now_of(session):
        _open(session, call)
        return
    call.scheduled = True
    touch(session, call)
    schedule_opening(session, call)


def open_due(session: Session, call_id: int | None = None) -> int:
    """Open calls that were published before their opening, one portion or just one; return how many.

    One that cannot be published any more stays a draft: it is over by now, because nothing ran here
    meanwhile, its boost has no moment any more, or its institution may not publish. The log says why.
    """
    now = now_of(session)
    due = select(CampaignCall.id).where(CampaignCall.scheduled.is_(True), CampaignCall.opens_at <= now)
    if call_id is not None:
        due = due.where(CampaignCall.id == call_id)
    found = session.scalars(due.order_by(CampaignCall.opens_at).limit(_AT_ONCE)).all()
    for each in found:
        call = call_lock(session, each)
        if not call.scheduled or call.opens_at > now:
            continue
        call.scheduled = False
        try:
            _check_publishable(session, call)
            with session.begin_nested():
                _open(session, call)
        except (Invalid, NotAllowed) as error:
            record_audit(
                session, by=BY_THE_CLOCK, action="call.not_opened", subject=call.slug, reason=str(error)
            )
    return len(found)


def retell(session: Session, call: CampaignCall, *, only_to_holders: bool = False) -> None:
    """Change the post of a call of ours to what it says now; with `only_to_holders` for who got it."""
    post = find_post(session, call.post_id or 0)
    if not call.local or post is None or post.deleted_at is not None:
        return
    composed = composed_call(call_view(session, call))
    recompose_post(session, lead_of(session, call), post, composed, only_to_holders=only_to_holders)


def call_view(session: Session, call: CampaignCall) -> CallView:
    """Return a call of ours with all that its post tells of."""
    clap = find_thunderclap(session, call.id)
    return CallView(
        call=call,
        terms=terms_of(call),
        lead=our_union(session).uri,
        base_url=settings_of(session).base_url,
        co_sponsors=co_sponsor_uris(session, call),
        thunderclap=clap,
        amplify=None if clap is None else amplify_document(clap, pledges_of(session, call, clap)),
    )


def schedule_opening(session: Session, call: CampaignCall) -> None:
    """Have a draft that was published looked at when it opens; one put off meanwhile is left alone then."""
    key = f"open_call:{call.id}:{call.opens_at.timestamp():.0f}"
    enqueue(session, OPEN_JOB, at=call.opens_at, key=key, call_id=call.id)


def schedule_closing(session: Session, call: CampaignCall) -> None:
    """Have a call looked at when it closes; one that was put off meanwhile is left alone then."""
    key = f"close_call:{call.id}:{call.closes_at.timestamp():.0f}"
    enqueue(session, CLOSE_JOB, at=call.closes_at, key=key, call_id=call.id)


def _check_publishable(session: Session, call: CampaignCall) -> None:
    if not call.local or call.state != CallState.DRAFT:
        raise NotAllowed(Sentence("Only a draft can be published."))
    if call.closes_at <= now_of(session):
        raise Invalid(Sentence("The closing date is in the past."), field="closesAt", reason="past")
    check_before_opening(session, call)


def _open(session: Session, call: CampaignCall) -> None:
    actor, terms = lead_of(session, call), terms_of(call)
    call.state, call.scheduled = CallState.OPEN, False
    call.opens_at = min(call.opens_at, now_of(session))
    call.uri = question_uri(actor, call.slug)
    session.flush()
    draft = PostDraft(
        audience=Audience(call.audience),
        language=terms.language,
        poll=PollDraft(options=poll_options(terms), ends_at=call.closes_at),
        composed=composed_call(call_view(session, call)),
    )
    call.post_id = publish_post(session, actor, draft).id
    touch(session, call)
    session.flush()
    schedule_closing(session, call)
    emit(session, CallOpened(call))
