"""From the signed bytes of a POST to a committed row: one path for the shared and all personal inboxes."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import Sender, is_ours, may_prove, sender_of
from fediunion.activitypub.headers import RequestHeaders
from fediunion.activitypub.proofs import check_proof, proof_key_id, verify_proof
from fediunion.activitypub.request_signatures import (
    ReceivedSignature,
    SignedRequest,
    check_key,
    check_request,
    read_signature,
    signed_at,
)
from fediunion.actors.domains import host_blocked
from fediunion.actors.names import LONGEST_NAME
from fediunion.actors.queries import find_actor_by_uri, find_visible_local_actor
from fediunion.actors.remote import SenderKey, key_again, key_for
from fediunion.actors.service import mark_remote_gone
from fediunion.actors.shared_keys import check_speaks_for
from fediunion.inbox.collector import SYNCHRONIZATION, Collector
from fediunion.inbox.envelope import Envelope, read_envelope
from fediunion.inbox.limits import InboxLimits, domain_of
from fediunion.jobs.crash import crash_point
from fediunion.kit.errors import (
    BadDocument,
    BadSignature,
    FediUnionError,
    NotAllowed,
    NotFound,
)
from fediunion.kit.urls import authority_of, parse_remote_url, same_origin
from fediunion.world import World

_NAMES_CACHED: Final = 10_000
_NAMES_TTL_SECONDS: Final = 60.0
_PROOFS_ARE_NEW: Final = timedelta(days=30)
_LONGEST_GOODBYE: Final = 16_384


@dataclass(frozen=True, slots=True)
class Delivery:
    """A POST to an inbox: `target` is path and query as received; `recipient` is None for the shared one.

    `caller` is the address that it came from, "" where that is not known.
    """

    target: str
    headers: RequestHeaders
    body: bytes
    recipient: str | None
    caller: str = ""


class Reception:
    """Receives for one instance. What is remembered between deliveries is here, in memory and bounded."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._own = world.settings.authority
        self._limits = InboxLimits(world)
        self._collector = Collector(world)

    async def admit(self, headers: RequestHeaders) -> ReceivedSignature:
        """Return the signature of a request whose body is still to be read, so that floods cost nothing.

        Neither body, database nor cryptography is touched. Raises BadSignature, TooManyActivities.
        """
        signature = read_signature(headers)
        await self._limits.check(domain_of(signature.key_id))
        return signature

    async def receive(self, delivery: Delivery, signature: ReceivedSignature | None = None) -> None:
        """Return once the activity is committed, or known to change nothing.

        In turn: digest, dates and coverage of the signature, blocked hosts, the key and the signature itself,
        the recipient, the JSON, and who may speak for whom. Raises BadSignature (401), NotAllowed (403),
        NotFound (404), BadDocument (400), TooManyActivities (429), Unreachable (503: the key could not be
        fetched now) and Unavailable (503: our storage cannot take it now).
        """
        if signature is None:
            signature = await self.admit(delivery.headers)
        request = SignedRequest(
            "POST",
            delivery.target,
            delivery.headers,
            delivery.body,
            self._own,
            self._world.settings.instance.scheme,
        )
        check_request(signature, request, self._world.clock.now())
        await self._refuse_blocked(signature.key_id)
        if await self._is_goodbye_of_a_stranger(signature, delivery.body):
            return
        try:
            key = await self._verify(signature, request, delivery.caller)
        except BadSignature as error:
            if error.reason != "key-gone" or not await self._is_goodbye_of_the_gone(signature, delivery.body):
                raise
            return
        if not same_origin(key.actor_uri, signature.key_id):
            await self._refuse_blocked(key.actor_uri)
        self._limits.charge(domain_of(key.actor_uri), len(delivery.body))
        await self._refuse_unknown_recipient(delivery.recipient)
        synchronization = delivery.headers.get("collection-synchronization")
        at = signed_at(signature, delivery.headers)
        row = await self._accept(read_envelope(delivery.body), key, at, synchronization, delivery.caller)
        # What was read is not kept while this waits: it takes many times its bytes (row P26).
        await self._collector.store(row)
        crash_point("after_commit_before_ack")

    async def _verify(self, signature: ReceivedSignature, request: SignedRequest, caller: str) -> SenderKey:
        key = await key_for(self._world, signature.key_id, caller=caller)
        try:
            check_key(signature, request, key.public)
        except BadSignature as error:
            if error.reason != "signature-wrong":
                raise
            again = await key_again(self._world, signature.key_id, caller=caller)
            if again is None:
                raise
            check_key(signature, request, again.public)
            return again
        return key

    async def _accept(
        self, envelope: Envelope, key: SenderKey, at: datetime, synchronization: str | None, caller: str
    ) -> dict[str, Any]:
        """Return the row to keep of what may be believed, or may at least be looked for where it is from."""
        if is_ours(envelope.actor_uri, self._own):
            raise BadSignature("It is sent in the name of one of our actors", reason="masquerade")
        sender = sender_of(key.actor_uri, envelope.actor_uri)
        if sender is not Sender.ITSELF and envelope.actor_embedded:
            raise BadSignature("The actor is not the one who signed", reason="actor-mismatch")
        if sender is not Sender.ITSELF and envelope.transient:
            raise BadDocument("Only its own actor sends an activity without an id", reason="bad-id")
        if sender is Sender.NEIGHBOUR:
            await check_speaks_for(self._world, key, envelope.actor_uri)
        elif sender is Sender.FORWARDER:
            await self._refuse_blocked(envelope.actor_uri)
        if not _is_beside(envelope.uri, envelope.actor_uri):
            raise BadSignature("The id is not on the server of the actor", reason="foreign-id")
        believed = sender is not Sender.FORWARDER or await self._is_proven(envelope, key, caller)
        header = synchronization if sender is Sender.ITSELF else None
        signed = None if sender is Sender.FORWARDER else at
        return _row(envelope, key.actor_uri, signed, believed=believed, synchronization=header)

    async def _is_proven(self, envelope: Envelope, forwarder: SenderKey, caller: str) -> bool:
        """Return whether the actor's own proof is in a forwarded activity; no proof that may hold, no fetch.

        A fetch counts for the one who forwards and for the address that this came from (row S33). An old
        proof is none: what was repeated is noticed by its id only as long as that is remembered (S38).
        """
        key_uri = proof_key_id(envelope.document)
        if key_uri is None or not may_prove(key_uri, envelope.actor_uri):
            return False
        now, domain = self._world.clock.now(), domain_of(forwarder.actor_uri)
        try:
            check_proof(envelope.document, now=now, max_age=_PROOFS_ARE_NEW)
            key = await key_for(self._world, key_uri, caller=caller, forwarder=domain)
            if key.actor_uri != envelope.actor_uri:
                return False
            # In a thread: what a document says can make its canonical form costly.
            await asyncio.to_thread(
                verify_proof, envelope.document, key.public, now=now, max_age=_PROOFS_ARE_NEW
            )
        except FediUnionError:
            return False
        return True

    async def _refuse_blocked(self, uri: str) -> None:
        if await host_blocked(self._world, authority_of(uri)):
            raise NotAllowed(f"{authority_of(uri)} is blocked", reason="blocked")

    async def _refuse_unknown_recipient(self, name: str | None) -> None:
        """Raise NotFound for nobody and for hidden members alike: the same query, the same cache (row I4)."""
        if name is None:
            return
        if len(name) > LONGEST_NAME:
            # Nobody ever had such a name: it is not worth a query, nor a place in memory (row R10).
            raise NotFound("There is no such inbox", reason="no-such-inbox")
        known = self._world.cache("actors", _NAMES_CACHED, _NAMES_TTL_SECONDS)
        if not await known.load(("inbox", name), lambda: self._world.db.read(_may_receive, name)):
            raise NotFound("There is no such inbox", reason="no-such-inbox")

    async def _is_goodbye_of_a_stranger(self, signature: ReceivedSignature, body: bytes) -> bool:
        """Return whether an actor that we never saw says that it is gone.

        Servers tell everybody when an account is deleted, and its key is gone by then: nothing is
        fetched for it. Source: Mastodon, `skip_unknown_actor_activity`.
        """
        envelope = _goodbye_in(body, signature)
        if envelope is None:
            return False
        return await self._world.db.read(find_actor_by_uri, envelope.actor_uri) is None

    async def _is_goodbye_of_the_gone(self, signature: ReceivedSignature, body: bytes) -> bool:
        """Return whether an actor says that it is gone whose own address, that of the key, answers 410.

        It is marked as gone then, and nothing is stored: whoever sends this has proven nothing, and the
        answer of another address of that server says nothing about the actor (row S34).
        """
        envelope = _goodbye_in(body, signature)
        if envelope is None:
            return False
        if parse_remote_url(signature.key_id).text != parse_remote_url(envelope.actor_uri).text:
            return False
        actor = await self._world.db.read(find_actor_by_uri, envelope.actor_uri)
        if actor is not None and actor.deleted_at is None:
            await self._world.db.write(mark_remote_gone, envelope.actor_uri)
        return True


def _row(
    envelope: Envelope,
    sender_uri: str,
    at: datetime | None,
    *,
    believed: bool,
    synchronization: str | None,
) -> dict[str, Any]:
    uri = envelope.uri if believed else f"forwarded:{authority_of(sender_uri)}:{envelope.uri}"
    row: dict[str, Any] = {
        "uri": uri,
        "sender_uri": sender_uri,
        "actor_uri": envelope.actor_uri,
        "activity_type": envelope.type,
        "object_uri": envelope.object_uri,
        "body": envelope.body,
        "believed": believed,
        "signed_at": at,
    }
    if synchronization is not None:
        row[SYNCHRONIZATION] = synchronization
    return row


def _is_beside(uri: str, actor_uri: str) -> bool:
    """Return whether an id is on the origin of an actor, which is nearly always seen without parsing it."""
    return uri.startswith(f"{parse_remote_url(actor_uri).origin}/") or same_origin(uri, actor_uri)


def _goodbye_in(body: bytes, signature: ReceivedSignature) -> Envelope | None:
    if b'"Delete"' not in body or len(body) > _LONGEST_GOODBYE:
        return None
    try:
        envelope = read_envelope(body)
    except BadDocument:
        return None
    return envelope if envelope.is_goodbye and same_origin(envelope.actor_uri, signature.key_id) else None


def _may_receive(session: Session, name: str) -> bool:
    actor = find_visible_local_actor(session, name)
    return actor is not None and actor.deleted_at is None
