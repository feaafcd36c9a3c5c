"""Whom every public call goes to beside the followers of its actor."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.outbox.publish import Inbox
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import hosts_trusted_for


def campaign_halls(session: Session, _author: Actor, _argument: str) -> Iterable[Inbox]:
    """Return the inboxes of the unions with whom we share calls: theirs show ours, ours theirs."""
    return [Inbox(inbox) for _, inbox in hosts_trusted_for(session, Trust.CALLS)]
