"""What an operator's tools read: whether we live, whether we can work, and how much waits."""

import asyncio
from typing import Final

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fediunion.app.asgi import answer
from fediunion.app.gate import is_local, is_within
from fediunion.db import now_of
from fediunion.inbox.rejections import Rejections
from fediunion.jobs.models import Job, JobState
from fediunion.jobs.queries import queue_age_seconds
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import FediUnionError, NotFound
from fediunion.outbox.models import DeliveryState
from fediunion.outbox.queries import count_deliveries, oldest_due_seconds
from fediunion.social.notifications.floods import count_floods
from fediunion.world import World

_READY_SECONDS: Final = 5.0


class Metrics:
    """The numbers of one process of an instance, and what is read from its database when they are asked for.

    `fediunion_inbox_rejected_total{reason}` counts since the process began, and only what it refused itself.
    """

    def __init__(self, world: World) -> None:
        self.registry = CollectorRegistry()
        self.rejections = Rejections(world, self.registry)
        self._world = world
        self._queue_age = Gauge(
            "fediunion_queue_age_seconds",
            "For how long what waits longest has been due",
            ["queue"],
            registry=self.registry,
        )
        self._deliveries = Gauge(
            "fediunion_deliveries",
            "Deliveries that are not finished, or dead",
            ["state"],
            registry=self.registry,
        )

        self._floods = Gauge(
            "fediunion_mention_floods",
            "Posts of the last day that named more members than are told of one post",
            ["domain"],
            registry=self.registry,
        )

    async def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        ages, deliveries = await self._world.db.read(_numbers)
        floods = await self._world.db.read(count_floods)
        self._queue_age.clear()
        for queue, seconds in ages.items():
            self._queue_age.labels(queue=queue).set(seconds)
        for state, number in deliveries.items():
            self._deliveries.labels(state=state).set(number)
        self._floods.clear()
        for domain, number in floods.items():
            self._floods.labels(domain=domain).set(number)
        return generate_latest(self.registry)


def health_app(world: World) -> AsgiApp:
    """Return the ASGI app of `/health/live`, `/health/ready` and `/metrics`.

    Health answers this machine and the networks of `metrics_allowed`, `/metrics` those networks only;
    to everybody else there is nothing here (C10).
    """
    networks = world.settings.metrics_networks

    async def health(scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        allowed = is_within(scope, networks) or (path != "/metrics" and is_local(scope))
        if not allowed or scope["method"] not in ("GET", "HEAD"):
            raise NotFound("Not found")
        no_store = [(b"cache-control", b"no-store")]
        if path == "/metrics":
            await answer(send, 200, await world.part(Metrics).text(), CONTENT_TYPE_LATEST, no_store)
        elif path == "/health/live":
            await answer(send, 200, b'{"status":"ok"}', more=no_store)
        elif path == "/health/ready":
            fault = await _fault(world)
            body = {"status": "ok"} if fault is None else {"status": "unavailable", "error": fault}
            await answer(send, 200 if fault is None else 503, orjson.dumps(body), more=no_store)
        else:
            raise NotFound("Not found")

    return health


async def _fault(world: World) -> str | None:
    """Return why the instance cannot work now: the queue must be readable, and a commit must go through."""
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await world.db.read(queue_age_seconds)
            await world.db.write(queue_age_seconds)
    except FediUnionError as error:
        return str(error)
    except SQLAlchemyError:
        return "the database is not as it should be"
    except TimeoutError:
        return "the database does not answer in time"
    return None


def _numbers(session: Session) -> tuple[dict[str, float], dict[str, int]]:
    """Return the age of each queue in seconds, and how many deliveries stand in each state."""
    now = now_of(session)
    due = (
        select(Job.kind, func.min(Job.run_at))
        .where(Job.state.in_([JobState.READY, JobState.SUSPECT]))
        .group_by(Job.kind)
    )
    ages = {kind: max(0.0, (now - oldest).total_seconds()) for kind, oldest in session.execute(due)}
    ages["deliveries"] = oldest_due_seconds(session)
    ages["jobs"] = max((age for queue, age in ages.items() if queue != "deliveries"), default=0.0)
    counted = count_deliveries(session)
    return ages, {state: number for state, number in counted.items() if state != DeliveryState.DELIVERED}
