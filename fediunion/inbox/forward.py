"""Forwarding: a stranger's reply to one of our posts reaches those who follow the author of the post.

Source: https://www.w3.org/TR/activitypub/#inbox-forwarding
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.proofs import proof_key_id
from fediunion.activitypub.vocab import PUBLIC, Activity, Create, Delete, PostDocument, Update
from fediunion.actors.models import Actor, Reach
from fediunion.db import settings_of
from fediunion.db.known_uris import find_known_uri
from fediunion.inbox.prepare import Prepared
from fediunion.kit.urls import same_origin


@dataclass(frozen=True)
class ForwardedActivity:
    """What is passed on: `body` is the JSON exactly as it came, which its proof is about."""

    uri: str
    type: str
    object_uri: str
    body: str


PassOn: TypeAlias = Callable[[Session, Actor, ForwardedActivity], None]
"""(session, one of our actors, activity): have it sent to the actor's followers, signed by the actor."""


def forward(session: Session, prepared: Prepared, known_kind: str | None, pass_on: PassOn) -> None:
    """Pass on a processed activity about a post of ours to the followers of ours that it is addressed to.

    Only what came from its actor itself, once, and only where the receivers can check it: it carries
    a proof, or it is public and can be fetched. `known_kind` is what its object named before.
    """
    activity, body = prepared.activity, prepared.received.body
    if not prepared.as_received or not prepared.received.believed or body is None:
        return
    addressed = _addressed(activity)
    base = f"{settings_of(session).base_url}/actors/"
    collections = [uri for uri in addressed if uri.startswith(base) and uri.endswith("/followers")]
    if not collections or not _concerns_us(session, activity, known_kind):
        return
    if PUBLIC not in addressed and proof_key_id(activity.raw) is None:
        return
    whole = ForwardedActivity(activity.id, activity.type, activity.object.id, body)
    for actor in _owners(session, collections):
        pass_on(session, actor, whole)


def _addressed(activity: Activity) -> set[str]:
    about = activity.object
    inner = (*about.to, *about.cc) if isinstance(about, PostDocument) else ()
    return {*activity.to, *activity.cc, *inner}


def _concerns_us(session: Session, activity: Activity, known_kind: str | None) -> bool:
    """Return whether it publishes a reply to a post of ours, or deletes a post that we kept."""
    if isinstance(activity, Delete):
        return known_kind == "post"
    if not isinstance(activity, Create | Update) or not isinstance(activity.object, PostDocument):
        return False
    parent = activity.object.in_reply_to
    if parent is None or not same_origin(parent, settings_of(session).base_url):
        return False
    found = find_known_uri(session, parent)
    return found is not None and found.kind == "post"


def _owners(session: Session, collections: Sequence[str]) -> list[Actor]:
    owners = [uri.removesuffix("/followers") for uri in collections]
    return list(
        session.scalars(
            select(Actor).where(
                Actor.uri.in_(owners),
                Actor.local.is_(True),
                Actor.deleted_at.is_(None),
                Actor.reach != Reach.HIDDEN,
            )
        )
    )
