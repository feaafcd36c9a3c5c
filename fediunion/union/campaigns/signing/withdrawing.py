"""Withdrawing a signature: by its link, as a member, as another server says, or for somebody who is gone."""

from sqlalchemy.orm import Session

from fediunion.actors.queries import find_actor
from fediunion.union.campaigns.models import Signature
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing.joins import take_back
from fediunion.union.campaigns.signing.rows import remove_signature
from fediunion.union.campaigns.signing.totals import recount


def withdraw(session: Session, signature: Signature) -> None:
    """Take a signature back, with the vote and the pledge of who signed; a second time changes nothing.

    The consent to hear how the call ends is another thing, and stays. Where another union counts it, that
    union is told.
    """
    call = call_lock(session, signature.call_id)
    current = session.get(Signature, signature.id, populate_existing=True)
    if current is None:
        return
    signer = None if current.actor_id is None else find_actor(session, current.actor_id)
    if signer is not None and signer.local and not call.local and not current.counted_here:
        take_back(session, call, signer, current)
    remove_signature(session, call, current)
    recount(session, call)
