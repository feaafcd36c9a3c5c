"""Whom every public vacancy goes to beside the followers of its board."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.outbox.publish import Inbox
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import hosts_trusted_for


def hiring_halls(session: Session, _author: Actor, _argument: str) -> Iterable[Inbox]:
    """Return the inboxes of the unions with whom we share vacancies: theirs show ours, ours theirs."""
    return [Inbox(inbox) for _, inbox in hosts_trusted_for(session, Trust.VACANCIES)]
