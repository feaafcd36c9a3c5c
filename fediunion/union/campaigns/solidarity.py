"""Messages of solidarity: written by anybody, shown once somebody of the team let them be."""

from collections.abc import Sequence
from typing import Final, Protocol

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.html import plain_name
from fediunion.kit.ids import new_id
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import is_storable
from fediunion.members.events import MemberErased
from fediunion.social.moderation.audit import record_audit
from fediunion.union.campaigns.asks.solidarity import SolidarityAsk
from fediunion.union.campaigns.models import CallState, CampaignCall, SolidarityMessage
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.service.rows import terms_of

LONGEST_NAME: Final = 100
LONGEST_MESSAGE: Final = 1_000
MOST_WAITING: Final = 500
"""So many messages of a call wait to be looked at; then no more are taken."""

_MOST_SHOWN: Final = 50


class Decide(Protocol):
    """What the team does with a message."""

    def __call__(self, session: Session, call: CampaignCall, message_id: int, *, by: str) -> None:
        """Do it. Raises NotFound."""


def write_message(
    session: Session, call: CampaignCall, *, name: str, text: str, language: str, actor_id: int | None
) -> None:
    """Keep a message until somebody of the team has looked at it; a member writes one for each call.

    Raises NotAllowed for a call that is not open, does not ask for that, or is another union's, whose team
    would never read it here; Invalid with its field.
    """
    call = call_lock(session, call.id)
    if not call.local or call.state != CallState.OPEN or terms_of(call).ask(SolidarityAsk) is None:
        raise NotAllowed(Sentence("This call takes no messages now."), reason="call-closed")
    words = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    if not words:
        raise Invalid(Sentence("The message is empty."), field="message")
    if len(words) > LONGEST_MESSAGE or not is_storable(words):
        sentence = Sentence("At most %(most)s characters fit here.", most=LONGEST_MESSAGE)
        raise Invalid(sentence, field="message")
    own = select(SolidarityMessage.id).where(SolidarityMessage.call_id == call.id)
    if actor_id is not None and session.scalar(own.where(SolidarityMessage.actor_id == actor_id)):
        raise NotAllowed(Sentence("You have written a message already."), reason="written-already")
    if count_waiting(session, call) >= MOST_WAITING:
        raise NotAllowed(Sentence("Enough messages wait to be looked at. Try again later."), reason="full")
    now = now_of(session)
    session.add(
        SolidarityMessage(
            id=new_id(now),
            call_id=call.id,
            actor_id=actor_id,
            name=plain_name(name, LONGEST_NAME),
            text=words,
            language=language,
            created_at=now,
        )
    )


def show_message(session: Session, call: CampaignCall, message_id: int, *, by: str) -> None:
    """Let a message be seen on the page of its call. Raises NotFound."""
    message = _get(session, call, message_id)
    message.shown = True
    record_audit(session, by=by, action="call.message.show", subject=call.slug)


def remove_message(session: Session, call: CampaignCall, message_id: int, *, by: str) -> None:
    """Delete a message, whether it was shown or not. Raises NotFound."""
    session.delete(_get(session, call, message_id))
    record_audit(session, by=by, action="call.message.remove", subject=call.slug)


def withdraw_message(session: Session, call: CampaignCall, actor_id: int) -> None:
    """Delete what somebody wrote."""
    session.execute(
        delete(SolidarityMessage).where(
            SolidarityMessage.call_id == call.id, SolidarityMessage.actor_id == actor_id
        )
    )


def forget_messages(session: Session, event: MemberErased) -> None:
    """Reaction: a member is gone, and its messages with it."""
    session.execute(delete(SolidarityMessage).where(SolidarityMessage.actor_id == event.actor_id))


def list_messages(session: Session, call: CampaignCall, *, shown: bool) -> Sequence[SolidarityMessage]:
    """Return messages that are shown, the newest first; else those that wait, the oldest first."""
    found = select(SolidarityMessage).where(
        SolidarityMessage.call_id == call.id, SolidarityMessage.shown.is_(shown)
    )
    order = SolidarityMessage.id.desc() if shown else SolidarityMessage.id
    return session.scalars(found.order_by(order).limit(_MOST_SHOWN)).all()


def find_message_of(session: Session, call: CampaignCall, actor_id: int) -> SolidarityMessage | None:
    """Return what somebody wrote for a call, or None."""
    return session.scalar(
        select(SolidarityMessage).where(
            SolidarityMessage.call_id == call.id, SolidarityMessage.actor_id == actor_id
        )
    )


def count_waiting(session: Session, call: CampaignCall) -> int:
    """Return how many messages wait to be looked at."""
    waiting = select(func.count()).where(
        SolidarityMessage.call_id == call.id, SolidarityMessage.shown.is_(False)
    )
    return session.scalar(waiting) or 0


def _get(session: Session, call: CampaignCall, message_id: int) -> SolidarityMessage:
    found = session.get(SolidarityMessage, message_id)
    if found is None or found.call_id != call.id:
        raise NotFound(Sentence("There is no such message."))
    return found
