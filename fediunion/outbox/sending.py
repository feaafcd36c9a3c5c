"""One try of one delivery: what is sent, with which signature, and what the answer means."""

from collections.abc import Awaitable, Callable
from typing import Final, cast

import structlog
from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from fediunion.activitypub.transport import RawResponse
from fediunion.actors.domains import host_blocked
from fediunion.actors.signing import ActorSigner, Scheme, signer_of
from fediunion.actors.single_flight import SingleFlight
from fediunion.db.prepared import select_rows
from fediunion.jobs.crash import crash_point
from fediunion.kit.errors import FediUnionError, NotFound
from fediunion.kit.urls import parse_remote_url
from fediunion.outbox.claims import Due
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.publish import FOLLOWERS, Recipients
from fediunion.outbox.results import Result
from fediunion.outbox.signing import (
    OTHER_SCHEME,
    Parcel,
    SignedDelivery,
    SigningDesk,
    signed_headers,
)
from fediunion.outbox.synchronization import FollowersOnHost, synchronization_header
from fediunion.outbox.verdicts import HostSign, Outcome, Verdict, verdict_of_answer, verdict_of_failure
from fediunion.world import World

_KEPT_PARCELS: Final = 200
_KEPT_SECONDS: Final = 600.0
_UNAUTHORISED: Final = (401, 403)

log = structlog.get_logger(__name__)


class Sender:
    """Makes deliveries' requests. Bodies are kept with their digests between deliveries."""

    def __init__(self, world: World, followers_on_host: FollowersOnHost | None) -> None:
        self._world = world
        self._desk = SigningDesk()
        self._parcels: SingleFlight[Parcel] = SingleFlight()
        self._followers_on_host = followers_on_host
        self._deadline_seconds = float(world.settings.federation.request_timeout_seconds)

    async def send(self, due: Due, may_send: Callable[[], bool]) -> Result:
        """Return how the try ended; never raises but for cancellation.

        After 401 or 403 there is one immediate try with the other signature scheme. `may_send` is asked
        right before each request: a worker that slept past its lease must not send any more (L27).
        """
        try:
            if await host_blocked(self._world, due.host):
                return Result(due, Verdict(Outcome.REFUSED, HostSign.NOTHING, error="the server is blocked"))
            parcel = await self._parcel(due.activity_id)
            signer = await signer_of(self._world, due.actor_id)
            scheme = signer.schemes.of(due.host)
            extra: dict[str, str] = {}
            if parcel.for_followers and self._followers_on_host is not None:
                extra = await synchronization_header(
                    self._world, self._followers_on_host, due.actor_id, due.host
                )
            ends_at = self._world.clock.monotonic() + self._deadline_seconds
            response = await self._post(due, parcel, signer, scheme, extra, ends_at, may_send)
            if response.status in _UNAUTHORISED:
                scheme = OTHER_SCHEME[scheme]
                response = await self._post(due, parcel, signer, scheme, extra, ends_at, may_send)
        except LeaseLost:
            left = Verdict(Outcome.RETRY, HostSign.NOTHING, error="the lease ran out", pause_seconds=0.0)
            return Result(due, left)
        except NotFound as error:
            return Result(due, Verdict(Outcome.REFUSED, HostSign.NOTHING, error=str(error)))
        except FediUnionError as error:
            return Result(due, verdict_of_failure(error))
        except Exception as error:
            log.exception("a delivery could not be sent", delivery=due.id)
            return Result(due, verdict_of_failure(error))
        verdict = verdict_of_answer(response, self._world.clock.now())
        if verdict.outcome is Outcome.DELIVERED:
            signer.schemes.note(due.host, scheme)
        return Result(due, verdict)

    def close(self) -> None:
        """Let go of the signing threads."""
        self._desk.close()

    async def _post(
        self,
        due: Due,
        parcel: Parcel,
        signer: ActorSigner,
        scheme: Scheme,
        extra: dict[str, str],
        ends_at: float,
        may_send: Callable[[], bool],
    ) -> RawResponse:
        url, clock = parse_remote_url(due.inbox_url).text, self._world.clock
        headers = await self._desk.run(lambda: signed_headers(signer, parcel, url, scheme))
        if not may_send():
            raise LeaseLost("the lease ran out")
        crash_point("delivery_before_post")
        response = await self._world.client.post(
            url,
            parcel.body,
            headers=extra,
            signer=SignedDelivery(signer, parcel, scheme, url, headers),
            deadline_seconds=ends_at - clock.monotonic(),
        )
        crash_point("delivery_after_post")
        return response

    async def _parcel(self, activity_id: int) -> Parcel:
        cache = self._world.cache("parcels", _KEPT_PARCELS, _KEPT_SECONDS)

        def read() -> Awaitable[Parcel]:
            return self._parcels.run(str(activity_id), lambda: self._world.db.read(_load_parcel, activity_id))

        return await cache.load(activity_id, read)


class LeaseLost(Exception):
    """The server may be another worker's by now."""


_OUTBOX: Final = cast("Table", OutboxActivity.__table__)
_BODY: Final = select(_OUTBOX.c.body, _OUTBOX.c.public, _OUTBOX.c.recipients).where(
    _OUTBOX.c.id == bindparam("activity_id")
)


def _load_parcel(session: Session, activity_id: int) -> Parcel:
    for body, public, recipients in select_rows(session, _BODY, {"activity_id": activity_id}):
        if body:
            for_followers = not public and FOLLOWERS in Recipients.from_json(recipients).expand
            return Parcel.of(body.encode(), for_followers=for_followers)
    raise NotFound("the activity has no body any more")
