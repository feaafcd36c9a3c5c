"""Calls that an officer writes or imports: made, and changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import emit, now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.html import plain_name
from fediunion.kit.sentences import Sentence
from fediunion.social.institutions.queries import KINDS
from fediunion.social.moderation.audit import record_audit
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.tallies import move_end
from fediunion.union.campaigns.events import CallChanged
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.service.publishing import retell, schedule_closing, schedule_opening
from fediunion.union.campaigns.service.rows import (
    Person,
    free_slug,
    terms_of,
    touch,
    write_people,
    write_terms,
)
from fediunion.union.campaigns.terms.call import CallTerms
from fediunion.union.campaigns.terms.checking import LONGEST_ADDRESS, LONGEST_LINE, check_terms
from fediunion.union.campaigns.thunderclap.models import ThunderclapState
from fediunion.union.campaigns.thunderclap.queries import ends_at, find_thunderclap
from fediunion.union.campaigns.wording import page_url, poll_terms

AUDIENCES: Final = (Audience.PUBLIC, Audience.NETWORK)
LONGEST_LIFE: Final = timedelta(days=3 * 366)


def create_draft(
    session: Session,
    actor: Actor,
    terms: CallTerms,
    opens_at: datetime,
    closes_at: datetime,
    audience: str = Audience.PUBLIC,
    *,
    by: str,
    people: Mapping[int, Person] | None = None,
    slug: str = "",
) -> CampaignCall:
    """Return a new draft of an institution of ours; only those who publish for it see it.

    `people` are the persons behind its targets, by the target's number; they never leave this server.
    `slug` is a wish for the end of its page's address. Raises Invalid with its field, NotAllowed.
    """
    if not actor.local or actor.kind not in KINDS or actor.deleted_at is not None:
        raise NotAllowed(Sentence("Calls are published by an institution of the union."))
    if audience not in AUDIENCES:
        raise Invalid(Sentence("A call is public, or for the network of unions."), field="audience")
    checked = check_terms(terms)
    check_times(opens_at, closes_at)
    now, free = now_of(session), free_slug(session, slug or checked.title)
    call = CampaignCall(
        slug=free,
        state=CallState.DRAFT,
        local=True,
        actor_id=actor.id,
        url=page_url(free, settings_of(session).base_url),
        audience=audience,
        opens_at=opens_at,
        closes_at=closes_at,
        created_at=now,
    )
    write_terms(call, checked)
    touch(session, call)
    session.add(call)
    session.flush()
    write_people(session, call, _checked_people(checked, people or {}))
    record_audit(session, by=by, action="call.draft", subject=actor.uri, reason=call.slug)
    return call


def change_call(
    session: Session,
    call: CampaignCall,
    terms: CallTerms,
    *,
    by: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    audience: str | None = None,
    people: Mapping[int, Person] | None = None,
) -> None:
    """Let a call of ours say something else; of an open one everybody is told who may hold it.

    None leaves a thing as it is. An open call keeps its opening, its audience and the options of its poll.
    Raises NotAllowed for what has ended or is not ours, Invalid with its field.
    """
    call = call_lock(session, call.id)
    if not call.local or call.state not in (CallState.DRAFT, CallState.OPEN):
        raise NotAllowed(Sentence("A call that has ended is not changed any more."))
    checked = check_terms(terms)
    is_draft = call.state == CallState.DRAFT
    opens, closes = opens_at if opens_at and is_draft else call.opens_at, closes_at or call.closes_at
    check_times(opens, closes)
    if not is_draft:
        _check_open(session, call, checked, closes, audience)
    moved = closes != call.closes_at
    call.opens_at, call.closes_at = opens, closes
    if audience is not None:
        if audience not in AUDIENCES:
            raise Invalid(Sentence("A call is public, or for the network of unions."), field="audience")
        call.audience = audience
    write_terms(call, checked)
    if people is not None:
        write_people(session, call, _checked_people(checked, people))
    touch(session, call)
    session.flush()
    if call.scheduled:
        schedule_opening(session, call)
    if not is_draft:
        _tell(session, call, moved=moved)
    record_audit(session, by=by, action="call.change", subject=call.slug)


def check_times(opens_at: datetime, closes_at: datetime) -> None:
    """Raise Invalid, with its field, for a call that closes before it opens, or is open for very long."""
    if closes_at <= opens_at:
        raise Invalid(Sentence("A call closes after it opens."), field="closesAt", reason="bad-date")
    if closes_at - opens_at > LONGEST_LIFE:
        raise Invalid(
            Sentence("A call is open for three years at most."), field="closesAt", reason="bad-date"
        )


def _check_open(
    session: Session, call: CampaignCall, terms: CallTerms, closes_at: datetime, audience: str | None
) -> None:
    if closes_at <= now_of(session):
        raise Invalid(
            Sentence("The closing date is in the past: close the call with its outcome."),
            field="closesAt",
            reason="past",
        )
    clap = find_thunderclap(session, call.id)
    if clap is not None and clap.state == ThunderclapState.COLLECTING and closes_at < ends_at(clap):
        raise Invalid(Sentence("The boost takes place while the call is open."), field="closesAt")
    if poll_terms(terms) != poll_terms(terms_of(call)):
        raise Invalid(
            Sentence("What people vote for cannot be changed: language and pledge stay as they are."),
            field="asks",
        )
    if audience is not None and audience != call.audience:
        raise Invalid(Sentence("Who may see a call is not changed once it is open."), field="audience")


def _tell(session: Session, call: CampaignCall, *, moved: bool) -> None:
    post = find_post(session, call.post_id or 0)
    if moved and post is not None:
        move_end(session, post, call.closes_at)
        schedule_closing(session, call)
    retell(session, call)
    emit(session, CallChanged(call))


def _checked_people(terms: CallTerms, people: Mapping[int, Person]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for number, each in people.items():
        if not 0 <= number < len(terms.targets):
            raise Invalid(Sentence("There is no such target."), field="targets")
        person = Person(
            name=plain_name(each.name, LONGEST_LINE), address=plain_name(each.address, LONGEST_ADDRESS)
        )
        if person.name or person.address:
            found[number] = person
    return found
