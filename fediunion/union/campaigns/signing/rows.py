"""The rows of signatures: found, made, and forgotten with all that hangs on them."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db.known_uris import bury_uri
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.tallies import withdraw_vote
from fediunion.union.campaigns.days import day_of, id_of_day
from fediunion.union.campaigns.models import CampaignCall, Route, Signature, SigningMode
from fediunion.union.campaigns.thunderclap.pledging import withdraw_from_call

JOIN: Final = "call_join"
"""What `known_uri` calls the id of a Join by which a call is signed: of our members', and of others' here."""


def find_signature(session: Session, call_id: int, actor_id: int) -> Signature | None:
    """Return how an actor signed a call, or None."""
    return session.scalar(
        select(Signature).where(Signature.call_id == call_id, Signature.actor_id == actor_id)
    )


def add_signature(
    session: Session,
    call: CampaignCall,
    route: Route,
    *,
    actor: Actor | None = None,
    address_key: str | None = None,
    mode: SigningMode = SigningMode.COUNTED,
    name: str = "",
    counted_here: bool = True,
) -> Signature:
    """Return a new signature; the caller has looked under the lock whether there is one already."""
    row = Signature(
        id=id_of_day(session),
        call_id=call.id,
        route=route,
        actor_id=None if actor is None else actor.id,
        address_key=address_key,
        mode=mode,
        name=name,
        counted_here=counted_here,
        day=day_of(session),
    )
    session.add(row)
    session.flush()
    return row


def remove_signature(session: Session, call: CampaignCall, signature: Signature) -> None:
    """Forget a signature with the vote and the pledge that came with it; the caller counts anew."""
    signer = None if signature.actor_id is None else session.get(Actor, signature.actor_id)
    if signature.join_uri:
        bury_uri(session, signature.join_uri)
    session.delete(signature)
    session.flush()
    if signer is None:
        return
    withdraw_from_call(session, call, signer)
    post = None if call.post_id is None else session.get(Post, call.post_id)
    if post is not None:
        withdraw_vote(session, post, signer.id)
