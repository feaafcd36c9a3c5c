"""What becomes of one call of a file: a draft, a call, a change of one, or nothing."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.importing.reading import FileCall
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.queries import people_of
from fediunion.union.campaigns.service.drafting import change_call, create_draft
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.service.past import record_closed
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.service.rows import Person, terms_of
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.union.campaigns.thunderclap.queries import terms_of as clap_terms_of
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.importing import RowStatus, Taken


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How calls are taken in: by whom (for the log), published or as drafts."""

    by: str
    publishes: bool = False


_CLOSED: Final = Sentence("It is over: shown as closed, and sent to nobody.")
_LATER: Final = Sentence("It opens at its time.")
_TWICE: Final = Sentence("An earlier row of the file is about the same call, and says something else.")


def take_call(
    session: Session,
    actor_id: int,
    told: FileCall,
    wishes: Wishes,
    *,
    others: AbstractSet[int] = frozenset(),
) -> Taken:
    """Take a call in for an institution of ours, or see that it is there; twice, and nothing more happens.

    `others` are the calls of other rows of the same file: they cannot be this one too. Raises Invalid and
    NotAllowed as the services; then the unit of work is to be undone.
    """
    # Two that import at once would both find nothing.
    actor = session.get_one(Actor, actor_id, with_for_update=True)
    known = _find(session, actor, told)
    if known is None:
        return _take_new(session, actor, told, wishes)
    if _is_told(session, known, told):
        return _publish_unchanged(session, known, wishes)
    if known.id in others:
        raise Invalid(_TWICE, reason="twice")
    return _change(session, known, told, wishes)


def _find(session: Session, actor: Actor, told: FileCall) -> CampaignCall | None:
    same = select(CampaignCall).where(CampaignCall.local.is_(True), CampaignCall.actor_id == actor.id)
    named = [CampaignCall.import_key == told.key]
    if told.slug:
        named.append(CampaignCall.slug == told.slug)
    return session.scalar(same.where(or_(*named)).order_by(CampaignCall.id.desc()).limit(1))


def _is_told(session: Session, call: CampaignCall, told: FileCall) -> bool:
    """Return whether a call of ours says this already."""
    clap = find_thunderclap(session, call.id)
    outcome = told.outcome
    fixed = call.state != CallState.DRAFT
    return (
        terms_of(call) == told.terms
        and call.closes_at == told.closes_at
        and (fixed or told.opens_at in (None, call.opens_at))
        and call.audience == told.audience
        and _people(session, call) == dict(told.people)
        and (told.thunderclap is None or (clap is not None and clap_terms_of(clap) == told.thunderclap))
        and (outcome is None or call.outcome_status == outcome.status)
    )


def _people(session: Session, call: CampaignCall) -> dict[int, Person]:
    found = people_of(session, call.id)
    return {number: Person(name=each.name, address=each.address) for number, each in found.items()}


def _take_new(session: Session, actor: Actor, told: FileCall, wishes: Wishes) -> Taken:
    now = now_of(session)
    over = told.closes_at <= now or told.outcome is not None
    if over and not wishes.publishes:
        raise Invalid(
            Sentence("It is over: it can be taken in as a call that has closed, not as a draft."),
            field="closesAt",
            reason="past",
        )
    opens_at = told.opens_at or min(now, told.closes_at)
    call = create_draft(
        session,
        actor,
        told.terms,
        opens_at,
        told.closes_at,
        told.audience,
        by=wishes.by,
        people=told.people,
        slug=told.slug,
    )
    call.import_key = told.key
    if over:
        outcome = told.outcome
        if outcome is None:
            record_closed(session, call, by=wishes.by)
        else:
            record_closed(session, call, outcome.status, outcome.text, outcome.on_day, by=wishes.by)
        return Taken(RowStatus.PUBLISHED, call.id, _CLOSED)
    if told.thunderclap is not None:
        set_thunderclap(session, call, told.thunderclap, by=wishes.by)
    return _publish(session, call, wishes) if wishes.publishes else Taken(RowStatus.DRAFT, call.id)


def _publish_unchanged(session: Session, call: CampaignCall, wishes: Wishes) -> Taken:
    if call.state != CallState.DRAFT or call.scheduled or not wishes.publishes:
        return Taken(RowStatus.UNCHANGED, call.id)
    return _publish(session, call, wishes)


def _publish(session: Session, call: CampaignCall, wishes: Wishes) -> Taken:
    publish_call(session, call, by=wishes.by)
    return Taken(RowStatus.PUBLISHED, call.id, _LATER if call.scheduled else None)


def _change(session: Session, call: CampaignCall, told: FileCall, wishes: Wishes) -> Taken:
    clap = find_thunderclap(session, call.id)
    if told.thunderclap is not None and (clap is None or clap_terms_of(clap) != told.thunderclap):
        set_thunderclap(session, call, told.thunderclap, by=wishes.by)
    if call.state != CallState.CLOSED:
        change_call(
            session,
            call,
            told.terms,
            by=wishes.by,
            opens_at=told.opens_at,
            closes_at=None if told.closes_at == call.closes_at else told.closes_at,
            audience=told.audience,
            people=told.people,
        )
    elif told.outcome is None or call.outcome_status:
        raise Invalid(Sentence("The call has ended here, and is not changed any more."), reason="ended")
    if told.outcome is not None and call.state != CallState.DRAFT:
        outcome = told.outcome
        close_call(session, call, outcome.status, outcome.text, outcome.on_day, by=wishes.by)
    elif call.state == CallState.DRAFT and wishes.publishes and not call.scheduled:
        return _publish(session, call, wishes)
    return Taken(RowStatus.UPDATED, call.id)
