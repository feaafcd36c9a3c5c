"""Health and metrics: right for operators, invisible to everybody else."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance, InstanceState
from fediunion.app.application import create_app
from fediunion.app.metrics import Metrics
from fediunion.config import Server
from fediunion.db import Surroundings, now_of, open_database
from fediunion.jobs.queue import enqueue
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.social.notifications.models import MentionFlood
from fediunion.world import World
from tests.app.asking import ask
from tests.fakes.clock import FakeClock
from tests.social.builders import local_actor

HERE = "127.0.0.1"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_C10_health_and_metrics_are_not_there_for_outsiders(world: World, path: str) -> None:
    app = create_app(world)
    outside = await ask(app, path)
    never = await ask(app, "/no-such-thing")
    assert (outside.status, outside.body, outside.headers) == (404, never.body, never.headers)
    through_proxy = await ask(app, path, client=HERE, headers=[("X-Forwarded-For", "203.0.113.5")])
    assert through_proxy.status == 404


async def test_health_answers_this_machine_under_any_name(world: World) -> None:
    app = create_app(world)
    for path in ("/health/live", "/health/ready"):
        answered = await ask(app, path, client=HERE, host="10.0.0.7:8000")
        assert (answered.status, answered.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("url", ["sqlite:///{}/without-tables.db", "postgresql://nobody@127.0.0.1:1/gone"])
async def test_an_instance_whose_database_is_gone_lives_but_is_not_ready(
    world: World, tmp_path: Path, url: str
) -> None:
    gone = open_database(url.format(tmp_path), Surroundings(world.settings, world.clock))
    app = create_app(replace(world, db=gone, parts={}))
    assert (await ask(app, "/health/live", client=HERE)).status == 200
    ready = await ask(app, "/health/ready", client=HERE)
    assert (ready.status, ready.json["status"]) == (503, "unavailable")
    await gone.close()


async def test_metrics_answer_the_networks_that_are_configured(world: World) -> None:
    settings = replace(world.settings, server=Server(metrics_allowed=(ip_network("10.0.0.0/8"),)))
    app = create_app(replace(world, settings=settings, parts={}))
    assert (await ask(app, "/metrics", client="10.9.9.9")).status == 200
    assert (await ask(app, "/metrics", client="11.9.9.9")).status == 404


async def test_metrics_tell_how_old_the_queue_is_and_what_was_refused(world: World, clock: FakeClock) -> None:
    app = create_app(world)
    await world.db.write(enqueue, "posts.backfill")
    clock.advance(seconds=90)
    world.part(Metrics).rejections.count("bad-signature", "evil.example")
    text = (await ask(app, "/metrics", client=HERE)).body.decode()
    assert 'fediunion_inbox_rejected_total{reason="bad-signature"} 1.0' in text
    assert 'fediunion_queue_age_seconds{queue="posts.backfill"} 90.0' in text
    assert 'fediunion_queue_age_seconds{queue="deliveries"} 0.0' in text
    assert 'fediunion_deliveries{state="pending"} 0.0' in text


async def test_metrics_tell_what_waits_for_servers_that_are_held_apart(
    world: World, clock: FakeClock
) -> None:
    app = create_app(world)
    await world.db.write(_queue_deliveries)
    clock.advance(seconds=90)
    text = (await ask(app, "/metrics", client=HERE)).body.decode()
    assert 'fediunion_deliveries{state="pending"} 1.0' in text
    assert 'fediunion_deliveries{state="held"} 2.0' in text
    assert 'fediunion_deliveries{state="dead"} 1.0' in text
    assert 'state="delivered"' not in text
    # What waits for a held server waits by our own decision: it is no sign of a queue that lags.
    assert 'fediunion_queue_age_seconds{queue="deliveries"} 90.0' in text


async def test_A37_metrics_tell_which_domains_flood_members_with_mentions(
    world: World, clock: FakeClock
) -> None:
    def note(session: Session) -> None:
        for post_id in (1, 2):
            session.add(MentionFlood(domain="far.example", post_id=post_id, at=now_of(session)))

    app = create_app(world)
    await world.db.write(note)
    text = (await ask(app, "/metrics", client=HERE)).body.decode()
    assert 'fediunion_mention_floods{domain="far.example"} 2.0' in text
    clock.advance(seconds=86_400)
    assert "far.example" not in (await ask(app, "/metrics", client=HERE)).body.decode()


def _queue_deliveries(session: Session) -> None:
    """Two deliveries wait for a server that is held, one for one that is well; one is dead."""
    now = now_of(session)
    for host, health in (("held.example", InstanceState.HELD), ("well.example", InstanceState.OK)):
        session.add(Instance(host=host, state=health, first_seen_at=now))
    author = local_actor(session, "anna")
    queued = [
        ("held.example", DeliveryState.PENDING, now - timedelta(days=1)),
        ("held.example", DeliveryState.PENDING, now),
        ("well.example", DeliveryState.PENDING, now),
        ("well.example", DeliveryState.DEAD, now),
        ("well.example", DeliveryState.DELIVERED, now),
    ]
    for number, (host, state, at) in enumerate(queued):
        activity = OutboxActivity(
            uri=f"{author.uri}#{number}",
            actor_id=author.id,
            activity_type="Create",
            body="{}",
            recipients={},
            created_at=now,
        )
        session.add(activity)
        session.flush()
        session.add(
            Delivery(
                activity_id=activity.id,
                actor_id=author.id,
                inbox_url=f"https://{host}/inbox",
                host=host,
                state=state,
                next_attempt_at=at,
                expires_at=now,
                created_at=now,
                finished_at=None if state == DeliveryState.PENDING else now,
            )
        )


async def test_two_instances_in_one_process_count_apart(world: World) -> None:
    other = replace(world, parts={})
    world.part(Metrics).rejections.count("bad-signature", "evil.example")
    assert b"bad-signature" in (await ask(create_app(world), "/metrics", client=HERE)).body
    assert b"bad-signature" not in (await ask(create_app(other), "/metrics", client=HERE)).body
