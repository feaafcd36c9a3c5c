"""What is taken back waits for what it takes back: asked for once, however much of an actor waits."""

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from fediunion.db import Database, now_of
from fediunion.inbox.models import InboxActivity
from fediunion.inbox.queries import ReceivedActivity, list_behind, list_waiting
from fediunion.kit.ids import new_id
from tests.social.plans import full_scans, plan_of, pretend_large, statements_of

BOB, EVE = "https://far.test/users/bob", "https://far.test/users/eve"
LIST = "https://far.test/lists/1"


def _came(session: Session, *told: tuple[str, str, str | None], processed: bool = False) -> list[int]:
    """Store activities of these types, actors and objects; return the ids of their rows."""
    now = now_of(session)
    ids = [new_id() for _ in told]
    rows = [
        {
            "id": row,
            "uri": f"{actor}/did/{row}",
            "sender_uri": actor,
            "actor_uri": actor,
            "activity_type": type_name,
            "object_uri": about,
            "body": "{}",
            "received_at": now,
            "processed_at": now if processed else None,
        }
        for row, (type_name, actor, about) in zip(ids, told, strict=True)
    ]
    session.execute(insert(InboxActivity), rows)
    return ids


def _read(session: Session, *ids: int) -> list[ReceivedActivity]:
    return list_waiting(session, ids)[0]


async def test_L20_only_what_the_same_actor_did_to_the_same_thing_before_is_waited_for(
    database: Database,
) -> None:
    def work(session: Session) -> None:
        _came(session, ("Add", BOB, LIST), processed=True)
        _came(session, ("Add", EVE, LIST), ("Add", BOB, f"{LIST}/2"), ("Add", BOB, None))
        free, nothing = _came(session, ("Remove", BOB, LIST), ("Leave", BOB, None))
        _came(session, ("Add", BOB, f"{LIST}/3"))
        behind, beside = _came(session, ("Remove", BOB, f"{LIST}/3"), ("Add", BOB, f"{LIST}/4"))
        (together,) = _came(session, ("Remove", BOB, f"{LIST}/4"))
        ends = _read(session, free, nothing, behind, together)
        assert list_behind(session, ends, [each.id for each in ends] + [beside]) == {behind}

    await database.write(work)


async def test_R10_all_that_is_taken_back_in_a_run_is_looked_for_once(database: Database) -> None:
    """Not one look at what waits for each: an actor may have twenty thousand waiting, and end two hundred."""

    def work(session: Session) -> None:
        _came(session, *[("Create", BOB, f"{LIST}/{number}") for number in range(300)])
        ids = _came(session, *[("Remove", BOB, f"{LIST}/{number}/gone") for number in range(200)])
        ends = _read(session, *ids)
        pretend_large(session)
        behind, ran = statements_of(session, lambda s: list_behind(s, ends, ids))
        assert behind == set()
        ((statement, _),) = ran
        assert statement.count("inbox_activity AS") + statement.count("FROM inbox_activity") == 1
        plan = plan_of(session, lambda s: list_behind(s, ends, ids))
        assert full_scans(plan) == []
        if session.connection().dialect.name == "sqlite":
            assert any("ix_inbox_activity_of_actor (processed_at=? AND actor_uri=?)" in line for line in plan)
        assert session.scalar(select(func.count()).select_from(InboxActivity)) == 500

    await database.write(work)
