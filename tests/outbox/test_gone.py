"""After a 410: who is forgotten, and who is not."""

from collections.abc import Mapping

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.config import Settings
from fediunion.db import Database, Surroundings, open_database
from fediunion.db.unit import Reaction
from fediunion.outbox.events import InboxGone
from fediunion.outbox.models import DeliveryState
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet, FakeSite
from tests.outbox.sending_union import SendingUnion

ACTOR = "https://peer.example/users/ann"


@pytest.mark.parametrize(
    ("served", "gone"),
    [
        ({"status": 410}, True),
        ({"status": 404}, True),
        ({"document": {"id": ACTOR, "type": "Person"}}, False),
        ({"document": b"<html>", "content_type": "text/html"}, False),
        ({"status": 503}, False),
    ],
)
async def test_L16_an_actor_is_forgotten_only_when_it_is_gone_itself(
    database: Database, settings: Settings, clock: FakeClock, served: Mapping[str, object], gone: bool
) -> None:
    events: list[InboxGone] = []
    reactions: dict[type, list[Reaction]] = {InboxGone: [lambda _session, event: events.append(event)]}
    url = database.surroundings.settings.database.url
    told = open_database(url, Surroundings(settings, clock, reactions))
    internet, site = FakeInternet(), FakeSite()
    site.serve("/users/ann/inbox", status=410)
    site.serve("/users/ann", **served)  # type: ignore[arg-type]  # chosen by the case
    internet.join("peer.example", site)
    union = await SendingUnion(told, settings, clock, internet).start()
    await union.add_actor("instance", ActorKind.INSTANCE)
    ann = _ann(clock)
    await told.write(lambda session: _add(session, ann))
    await union.publish("one", [ann.inbox_url])
    await union.settle()
    delivery = await union.delivery(ann.inbox_url)
    assert (delivery.state, delivery.last_error) == (DeliveryState.DEAD, "the inbox is gone")
    assert events == ([InboxGone(ann.id, ACTOR, ann.inbox_url)] if gone else [])
    await union.close()
    await told.close()


def _add(session: Session, actor: Actor) -> None:
    session.add(actor)


def _ann(clock: FakeClock) -> Actor:
    return Actor(
        uri=ACTOR,
        local=False,
        kind="remote",
        wire_type="Person",
        username="ann",
        username_key="ann",
        host="peer.example",
        handle_host="peer.example",
        inbox_url=f"{ACTOR}/inbox",
        created_at=clock.now(),
    )
