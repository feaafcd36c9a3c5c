"""Calls as they are looked at: found, listed, and locked for whoever counts; who may see which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.authority import is_ours
from fediunion.actors.models import Actor
from fediunion.db import settings_of
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.social.posts.service.tallies import lock_poll
from fediunion.union.campaigns.models import CallState, CallTarget, CampaignCall, CoSponsor, SponsorState

PUBLISHED: Final = (CallState.OPEN, CallState.CLOSED)
MOST_LISTED: Final = 200
_NOTHING: Final = Sentence("There is no such call.")


@dataclass(frozen=True)
class CallReader:
    """Who looks: anybody, a member, or who moderates here. `institutions` are those one publishes for."""

    is_member: bool = False
    is_moderator: bool = False
    institutions: frozenset[int] = frozenset()

    def may_see(self, call: CampaignCall) -> bool:
        """Return whether this reader is shown a call; a draft is for who publishes for its institution."""
        if call.state == CallState.DRAFT:
            return call.actor_id in self.institutions
        if call.hidden and not self.is_moderator:
            return False
        return call.audience == Audience.PUBLIC or self.is_member or call.actor_id in self.institutions

    def may_direct(self, call: CampaignCall) -> bool:
        """Return whether this reader decides about a call of ours, and sees what its team sees."""
        return call.local and call.actor_id in self.institutions

    def shown(self) -> ColumnElement[bool]:
        """Return the condition for calls that were published and that this reader is shown, for lists."""
        conditions: list[ColumnElement[bool]] = [CampaignCall.state.in_(PUBLISHED)]
        if not self.is_moderator:
            conditions.append(CampaignCall.hidden.is_(False))
        if not self.is_member:
            own = CampaignCall.actor_id.in_(self.institutions)
            conditions.append(or_(CampaignCall.audience == Audience.PUBLIC, own))
        return and_(*conditions)


ANYBODY: Final = CallReader()


def find_call_by_slug(session: Session, slug: str) -> CampaignCall | None:
    """Return a call by the end of its page's address, whoever asks; or None."""
    return session.scalar(select(CampaignCall).where(CampaignCall.slug == slug))


def get_call_by_slug(session: Session, slug: str) -> CampaignCall:
    """Return a call for whoever runs the instance, in whatever state. Raises NotFound."""
    found = find_call_by_slug(session, slug)
    if found is None:
        raise NotFound(_NOTHING)
    return found


def get_shown_call(session: Session, slug: str, reader: CallReader) -> CampaignCall:
    """Return a call that `reader` may see; raise NotFound alike for none and for any other."""
    found = find_call_by_slug(session, slug)
    if found is None or not reader.may_see(found):
        raise NotFound(_NOTHING)
    return found


def find_call_by_post(session: Session, post_id: int) -> CampaignCall | None:
    """Return the call that a post puts, or None."""
    return session.scalar(select(CampaignCall).where(CampaignCall.post_id == post_id))


def find_call_by_uri(session: Session, uri: str) -> CampaignCall | None:
    """Return the call whose Question has this id, or None."""
    return session.scalar(select(CampaignCall).where(CampaignCall.uri == uri))


def call_lock(session: Session, call_id: int) -> CampaignCall:
    """Return a call as it is now; nobody else counts or changes it until this unit of work ends.

    Every change of its counts happens under this lock, and so does its end. Its poll is locked before it: so
    is a vote, and two units that lock both in turn never wait for each other. Raises NotFound.
    """
    known = session.get(CampaignCall, call_id)
    if known is None:
        raise NotFound(_NOTHING)
    # What was changed under the same locks before must not be read anew from the database.
    session.flush()
    if known.post_id is not None:
        lock_poll(session, known.post_id)
    statement = select(CampaignCall).where(CampaignCall.id == call_id).with_for_update(key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def list_calls(
    session: Session,
    reader: CallReader,
    *,
    states: Collection[CallState] = PUBLISHED,
    before_id: int | None = None,
    limit: int = MOST_LISTED,
) -> Sequence[CampaignCall]:
    """Return published calls that `reader` may see, ours and others', the newest first."""
    statement = select(CampaignCall).where(reader.shown(), CampaignCall.state.in_(states))
    if before_id is not None:
        statement = statement.where(CampaignCall.id < before_id)
    return session.scalars(statement.order_by(CampaignCall.id.desc()).limit(limit)).all()


def list_own(session: Session) -> Sequence[CampaignCall]:
    """Return calls of our institutions, drafts too, the newest first."""
    statement = select(CampaignCall).where(CampaignCall.local.is_(True))
    return session.scalars(statement.order_by(CampaignCall.id.desc()).limit(MOST_LISTED)).all()


def list_elsewhere(session: Session) -> Sequence[CampaignCall]:
    """Return calls of other unions for whoever runs the instance, hidden ones too, the newest first."""
    statement = select(CampaignCall).where(CampaignCall.local.is_(False))
    return session.scalars(statement.order_by(CampaignCall.id.desc()).limit(MOST_LISTED)).all()


def people_of(session: Session, call_id: int) -> dict[int, CallTarget]:
    """Return what is known of the persons behind the targets of a call, by the target's number."""
    rows = session.scalars(select(CallTarget).where(CallTarget.call_id == call_id))
    return {row.number: row for row in rows}


def co_sponsor_uris(session: Session, call: CampaignCall) -> list[str]:
    """Return the ids of the unions that carry a call beside the one that leads it.

    Of a call of elsewhere they are those that its leading union names, and ours where we agreed: for us
    nobody else speaks.
    """
    accepted = select(CoSponsor.union_uri).where(
        CoSponsor.call_uri == call.uri, CoSponsor.state == SponsorState.ACCEPTED
    )
    known = session.scalars(accepted.order_by(CoSponsor.id)).all()
    stated: Sequence[str] = ()
    if not call.local:
        authority = settings_of(session).authority
        stated = [uri for uri in call.terms.get("coSponsors", ()) if not is_ours(uri, authority)]
    return list(dict.fromkeys((*stated, *known)))


def lead_of(session: Session, call: CampaignCall) -> Actor:
    """Return the actor that publishes a call."""
    return session.get_one(Actor, call.actor_id)
