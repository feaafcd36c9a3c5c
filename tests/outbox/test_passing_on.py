"""Passing on: each activity of others once for each of ours, in the order in which it came."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.jobs.models import Job
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.passing_on import pass_on
from tests.outbox.sending_union import SendingUnion

UPDATE = "https://peer.example/notes/1#update"


async def _pass_on(union: SendingUnion, body: str, actor: Actor | None = None) -> None:
    def work(session: Session) -> None:
        ours = session.get_one(Actor, (actor or union.author).id)
        pass_on(
            session,
            ours,
            uri=UPDATE,
            activity_type="Update",
            object_uri="https://peer.example/notes/1",
            body=body,
        )

    await union.world.db.write(work)


async def _passed_on(union: SendingUnion) -> list[tuple[int, str]]:
    rows = select(OutboxActivity.actor_id, OutboxActivity.body).order_by(OutboxActivity.id)
    return await union.world.db.read(
        lambda session: [(row.actor_id, row.body) for row in session.execute(rows)]
    )


async def test_other_words_under_one_id_are_passed_on_and_the_same_words_once(union: SendingUnion) -> None:
    for body in ("first", "second", "second", "first", "third"):
        await _pass_on(union, body)
    author = union.author.id
    assert await _passed_on(union) == [(author, "first"), (author, "second"), (author, "third")]
    kinds = await union.world.db.read(lambda session: list(session.scalars(select(Job.kind))))
    assert kinds == ["outbox.fan_out"] * 3


async def test_it_goes_to_the_followers_of_each_of_ours_whom_it_names(union: SendingUnion) -> None:
    other = await union.add_actor("other")
    for actor in (union.author, other, union.author, other):
        await _pass_on(union, "first", actor)
    assert await _passed_on(union) == [(union.author.id, "first"), (other.id, "first")]


async def test_what_was_passed_on_is_known_when_its_words_are_no_longer_kept(union: SendingUnion) -> None:
    await _pass_on(union, "first")
    await union.world.db.write(
        lambda session: setattr(session.scalars(select(OutboxActivity)).one(), "body", "")
    )
    await _pass_on(union, "first")
    assert await _passed_on(union) == [(union.author.id, "")]
