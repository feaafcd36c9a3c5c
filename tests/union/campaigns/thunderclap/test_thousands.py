"""A release to thousands: what it asks does not grow with their number, and it is written in portions."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor
from fediunion.actors.models import Actor
from fediunion.actors.service.remote import record_remote_actor
from fediunion.db import now_of
from fediunion.kit.ids import new_id
from fediunion.outbox.models import OutboxActivity
from fediunion.union.campaigns.models import CampaignCall, Route
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.releasing import inboxes_of_pledgers, release
from fediunion.union.campaigns.thunderclap.telling import tell_some_released
from tests.social.plans import statements_of
from tests.union.campaigns.thunderclap.clapping import announce, moment
from tests.union.campaigns.unions import Three

HOSTS = 50


def people(session: Session, count: int) -> list[int]:
    """Return the ids of so many on fifty servers: one is stored as the server does it, the others alike."""
    uri = "https://h.example/users/s"
    document = {"id": uri, "type": "Person", "preferredUsername": "s", "inbox": f"{uri}/inbox"}
    first = record_remote_actor(session, parse_actor(document))
    session.flush()
    columns = {column.key: getattr(first, column.key) for column in Actor.__table__.columns}
    rows = []
    for number in range(count):
        host, name = f"h{number % HOSTS}.example", f"s{number}"
        uri = f"https://{host}/users/{name}"
        of_person = {"id": new_id(), "uri": uri, "url": uri, "username": name, "username_key": name}
        places = {"host": host, "handle_host": host, "inbox_url": f"{uri}/inbox"}
        rows.append(columns | of_person | places | {"shared_inbox_url": f"https://{host}/inbox"})
    session.execute(insert(Actor), rows)
    return [row["id"] for row in rows]


def pledge_many(session: Session, clap: Thunderclap, count: int) -> None:
    """Let people elsewhere pledge, all at once."""
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "thunderclap_id": clap.id,
            "actor_id": actor_id,
            "route": Route.VOTE,
            "due_at": None,
            "reminded_at": now_of(session),
            "told_at": None,
        }
        for actor_id in people(session, count)
    ]
    session.execute(insert(Pledge), rows)


def asked(session: Session, thunderclap_id: int) -> tuple[bool, int]:
    """Return whether anybody was written to in one portion, and how many questions that took."""
    told, ran = statements_of(session, lambda each: tell_some_released(each, thunderclap_id))
    return told, sum(statement.lstrip().upper().startswith("SELECT") for statement, _ in ran)


async def test_links_are_written_in_portions_each_with_the_same_few_questions(alone: Three) -> None:
    call = await announce(alone.ccisua)
    db = alone.ccisua.world.db

    def prepare(session: Session) -> int:
        row = session.get_one(CampaignCall, call.id)
        clap = session.scalars(select(Thunderclap).where(Thunderclap.call_id == row.id)).one()
        pledge_many(session, clap, 310)
        return clap.id

    found = await db.write(prepare)
    alone.clock.advance((moment(0) - alone.clock.now()).total_seconds())
    await db.write(release, found)
    portions = [await db.write(asked, found) for _ in range(3)]
    assert [told for told, _ in portions] == [True, True, False]
    questions = {count for told, count in portions if told}
    assert len(questions) == 1, f"they grow with those who are written to: {portions}"
    assert questions.pop() < 15

    def written(session: Session) -> tuple[int, int, str]:
        clap = session.get_one(Thunderclap, found)
        creates = session.scalars(
            select(OutboxActivity).where(OutboxActivity.activity_type == "Create")
        ).all()
        messages = [each for each in creates if "/messages/" in each.uri]
        author = session.get_one(Actor, creates[0].actor_id)
        inboxes = inboxes_of_pledgers(session, author, str(found))
        return len(messages), len({each.shared_url for each in inboxes}), clap.state

    assert await db.read(written) == (310, HOSTS, ThunderclapState.RELEASED)
