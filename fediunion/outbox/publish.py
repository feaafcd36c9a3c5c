"""Publishing an activity: rows only, in the caller's unit of work. The worker does the sending."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    delete,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from fediunion.activitypub.contexts import with_context
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import NotAllowed
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of, parse_remote_url
from fediunion.outbox.models import DEAD, Delivery, DeliveryState, OutboxActivity
from fediunion.outbox.storing import store_activity

NETWORK: Final = "network"
HOLDERS: Final = "holders"
SENT_TO: Final = "sent_to"
FOLLOWERS: Final = "followers"

_PATIENT_TYPES: Final = frozenset({"Delete", "Undo", "Block", "Move", "Reject"})


@dataclass(frozen=True)
class Inbox:
    """Where a recipient is reached: its own inbox, and the one that its server shares among many."""

    url: str
    shared_url: str | None = None


AudienceExpander: TypeAlias = Callable[[Session, Actor, str], Iterable[Inbox]]
"""(session, author, argument) → inboxes, read when the activity fans out."""


@dataclass(frozen=True)
class Recipients:
    """Whom an activity goes to.

    `actor_ids` are rows of actors (ours among them are skipped: they get theirs inside the database),
    `inboxes` are addresses, `expand` names audiences: "followers", "network", "holders:<object uri>",
    "sent_to:<object uri>", "network:<object uri>" for those of the network who were sent it.
    """

    actor_ids: tuple[int, ...] = ()
    inboxes: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()

    def to_json(self, *, shared: bool) -> dict[str, Any]:
        """Return what is stored with the activity."""
        return {
            "actor_ids": list(self.actor_ids),
            "inboxes": list(self.inboxes),
            "expand": list(self.expand),
            "shared": shared,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Recipients":
        """Return what `to_json` stored."""
        return cls(tuple(stored["actor_ids"]), tuple(stored["inboxes"]), tuple(stored["expand"]))


def publish(
    session: Session,
    author: Actor,
    document: JsonObject,
    recipients: Recipients,
    *,
    public: bool = False,
    shared: bool = False,
) -> None:
    """Store the activity `document` of `author`, to be sent to `recipients` once the unit is committed.

    `document` is the whole activity; `@context` is added where it has none, and a proof by the worker
    where it is `public`. `public` ones are listed in the outbox collection. `shared` lets recipients of
    one server be reached through its shared inbox. Raises NotAllowed for the audience "network" mixed
    with anybody else (row I3), and ValueError for a document without `id` or `type`.
    """
    uri, activity_type = document.get("id"), document.get("type")
    if not isinstance(uri, str) or not isinstance(activity_type, str):
        raise ValueError("an activity needs an id and a type")
    _refuse_mixed_network(session, recipients)
    object_uri = _object_uri_of(document)
    store_activity(
        session,
        author,
        uri=uri,
        activity_type=activity_type,
        object_uri=object_uri,
        body=_rendered(document),
        recipients=recipients.to_json(shared=shared),
        public=public,
        patient=activity_type in _PATIENT_TYPES or (activity_type == "Update" and object_uri == author.uri),
    )


def restate(session: Session, document: JsonObject) -> None:
    """Let our activity with the id of `document` read so from now on; whom it was sent to is told nothing."""
    session.execute(
        update(OutboxActivity)
        .where(OutboxActivity.uri == document["id"], OutboxActivity.body != "")
        .values(body=_rendered(document))
        .execution_options(synchronize_session=False)
    )


def withdraw_unsent(session: Session, object_uri: str) -> None:
    """Stop what is still to be sent about `object_uri`; call it before publishing its Delete (row L35).

    Deliveries never tried are dropped. Tried ones are given up but kept: the Delete must follow them,
    for the server may have read the request and lost the answer. What has not fanned out never will.
    """
    now = now_of(session)
    about = (
        select(OutboxActivity.id)
        .where(
            or_(OutboxActivity.object_uri == object_uri, OutboxActivity.uri == object_uri),
            OutboxActivity.activity_type.not_in(("Delete", "Undo")),
        )
        .scalar_subquery()
    )
    unfinished = (Delivery.activity_id.in_(about), Delivery.state != DeliveryState.DELIVERED)
    session.execute(
        update(OutboxActivity)
        .where(OutboxActivity.id.in_(about), OutboxActivity.fanned_out_at.is_(None))
        .values(fanned_out_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Delivery)
        .where(*unfinished, Delivery.attempts == 0)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Delivery)
        .where(*unfinished)
        .values(state=DeliveryState.WITHDRAWN, finished_at=now, last_error="withdrawn")
        .execution_options(synchronize_session=False)
    )


def inboxes_waiting(session: Session, author_id: int, host: str) -> set[str]:
    """Return the inboxes on `host` for which something of `author_id` for its followers waits, or is dead."""
    rows = session.execute(_unsent(Delivery.host == host, Delivery.actor_id == author_id))
    return {row.inbox_url for row in rows if _is_meant_for(FOLLOWERS, row)}


def withdraw_from(
    session: Session, author_id: int, inboxes: Collection[str], former_id: int | None = None
) -> None:
    """Stop what `author_id` has for its followers and what `inboxes` were not sent yet (row V24).

    For whoever removes the follower `former_id`: `inboxes` are those behind which nobody follows the author
    any more. Dead letters are stopped too, for they can be tried again; what names somebody else behind
    such an inbox still goes there.
    """
    hosts = {authority_of(url) for url in inboxes}
    unsent = session.execute(_unsent(Delivery.host.in_(hosts), Delivery.actor_id == author_id))
    waiting = [row for row in unsent if row.inbox_url in inboxes and _is_meant_for(FOLLOWERS, row)]
    named = {actor_id for row in waiting for actor_id in row.recipients["actor_ids"]} - {former_id}
    reached = _inboxes_by_actor(session, named) if named else {}
    _stop(
        session,
        [
            row
            for row in waiting
            if not any(row.inbox_url in reached.get(named, ()) for named in row.recipients["actor_ids"])
        ],
    )


def withdraw_from_network(session: Session, hosts: Collection[str]) -> None:
    """Stop what is for the network and was not sent to `hosts` yet: they are in it no more (row V24).

    What takes something back still goes there, for they may hold it.
    """
    told = OutboxActivity.activity_type.not_in(("Delete", "Undo"))
    unsent = session.execute(_unsent(Delivery.host.in_(list(hosts)), told))
    _stop(session, [row for row in unsent if _is_meant_for(NETWORK, row)])


def _unsent(*conditions: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Return the question for private deliveries that wait or are dead letters, each by its own index."""
    private = (
        select(Delivery.id, Delivery.inbox_url, Delivery.attempts, OutboxActivity.recipients)
        .join(OutboxActivity, OutboxActivity.id == Delivery.activity_id)
        .where(*conditions, OutboxActivity.public.is_(False))
    )
    return union_all(private.where(Delivery.finished_at.is_(None)), private.where(DEAD))


def _is_meant_for(audience: str, row: Row[Any]) -> bool:
    return any(name.partition(":")[0] == audience for name in row.recipients["expand"])


def _inboxes_by_actor(session: Session, actor_ids: Collection[int]) -> dict[int, set[str]]:
    rows = session.execute(
        select(Actor.id, Actor.inbox_url, Actor.shared_inbox_url).where(
            Actor.id.in_(actor_ids), Actor.local.is_(False)
        )
    )
    return {row_id: {parse_remote_url(url).text for url in urls if url} for row_id, *urls in rows}


def _stop(session: Session, waiting: Sequence[Row[Any]]) -> None:
    session.execute(
        delete(Delivery)
        .where(Delivery.id.in_([row.id for row in waiting if not row.attempts]))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_([row.id for row in waiting if row.attempts]))
        .values(state=DeliveryState.WITHDRAWN, finished_at=now_of(session), last_error="withdrawn")
        .execution_options(synchronize_session=False)
    )


def _refuse_mixed_network(session: Session, recipients: Recipients) -> None:
    names = [expanded.partition(":")[0] for expanded in recipients.expand]
    if NETWORK not in names:
        return
    others = set(names) - {NETWORK, HOLDERS, SENT_TO}
    remote = recipients.actor_ids and session.scalar(
        select(Actor.id).where(Actor.id.in_(recipients.actor_ids), Actor.local.is_(False)).limit(1)
    )
    if others or recipients.inboxes or remote:
        raise NotAllowed("what is for the network goes to nobody else", reason="mixed-network")


def _object_uri_of(document: JsonObject) -> str | None:
    about = document.get("object")
    if isinstance(about, dict):
        about = about.get("id")
    return about if isinstance(about, str) else None


def _rendered(document: JsonObject) -> str:
    return orjson.dumps(document if "@context" in document else with_context(document)).decode()
