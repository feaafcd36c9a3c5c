"""In which order posts of one author stand that tell the same moment, however late they come."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import Database
from fediunion.kit.ids import first_id_at
from fediunion.social.posts.backfilling import fetch_latest
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.numbering import id_for
from tests.fakes.stranger import Json
from tests.social.builders import remote_actor
from tests.social.posts.scene import Scene

MINUTE = datetime(2026, 3, 2, 8, 17, tzinfo=UTC)
SECOND = MINUTE.replace(second=31)
MANY = 700


def store(
    session: Session,
    author: Actor,
    published: datetime,
    *,
    late: timedelta = timedelta(hours=1),
    older_than: int | None = None,
) -> int:
    """Return the number of one more post of the author, which came `late`."""
    now = published + late
    row_id = id_for(session, author.id, published, now, older_than=older_than)
    post = Post(
        id=row_id,
        uri=f"{author.uri}/posts/{row_id}",
        author_id=author.id,
        local=False,
        wire_type="Note",
        audience="public",
        thread_id=row_id,
        published_at=published,
        received_at=now,
    )
    session.add(post)
    session.flush()
    return row_id


@pytest.mark.parametrize("published", [MINUTE, SECOND])
async def test_late_posts_of_one_moment_stand_in_the_order_in_which_they_came(
    social: Database, published: datetime
) -> None:
    def work(session: Session) -> None:
        bob, mallory = remote_actor(session, "far.test", "bob"), remote_actor(session, "far.test", "mallory")
        session.flush()
        numbers: list[int] = []
        for _ in range(MANY):
            numbers.append(store(session, bob, published))
            store(session, mallory, published)
        assert numbers == sorted(numbers)
        assert first_id_at(published) < numbers[0]
        assert numbers[-1] < first_id_at(published + timedelta(minutes=2))

    await social.write(work)


async def test_a_late_post_of_a_minute_stands_after_what_came_in_time(social: Database) -> None:
    def work(session: Session) -> None:
        bob = remote_actor(session, "far.test", "bob")
        session.flush()
        first = store(session, bob, MINUTE, late=timedelta(seconds=100))
        assert store(session, bob, MINUTE, late=timedelta(minutes=3)) > first
        next_minute = store(session, bob, MINUTE + timedelta(minutes=5))
        assert next_minute > first

    await social.write(work)


async def test_what_is_known_to_be_older_stands_before_however_little_room_there_is(social: Database) -> None:
    def work(session: Session) -> None:
        bob = remote_actor(session, "far.test", "bob")
        session.flush()
        oldest, newest = store(session, bob, SECOND), store(session, bob, SECOND)
        between = [newest]
        for _ in range(10):
            between.append(store(session, bob, SECOND, older_than=between[-1]))
        assert [*reversed(between)] == sorted(between)
        assert oldest < between[-1]
        assert store(session, bob, SECOND, older_than=oldest) < oldest
        assert store(session, bob, SECOND) > newest

    await social.write(work)


async def _minute_of(scene: Scene, texts: Sequence[str]) -> list[Json]:
    """Return posts of bob of one minute, the oldest first, long ago by now."""
    notes = [scene.bob.note(text, published="2026-03-02T08:17:00Z") for text in texts]
    outbox = f"{scene.bob.uri}/outbox"
    page = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": outbox,
        "type": "OrderedCollectionPage",
        "orderedItems": [scene.bob.create(note) for note in reversed(notes)],
    }
    scene.good.serve(outbox, page)
    return notes


async def _stored_order(scene: Scene, notes: Sequence[Json]) -> list[str]:
    """Return what the notes say, by their numbers."""
    posts = [await scene.read(find_post_by_uri, note["id"]) for note in notes]
    return [post.content for post in sorted(filter(None, posts), key=lambda post: post.id)]


async def test_what_an_outbox_lists_for_one_minute_keeps_its_order(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    texts = [str(number) for number in range(12)]
    notes = await _minute_of(scene, texts)
    # One in the middle came by itself before, late.
    assert await scene.receive(scene.bob.create(notes[5])) == "done"
    await fetch_latest(scene.union.world, await scene.known(scene.bob), at_most=20)
    assert await _stored_order(scene, notes) == [f"<p>{text}</p>" for text in texts]


async def test_a_post_stands_before_the_reply_that_came_first(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    [root] = await _minute_of(scene, ["root"])
    reply = scene.bob.note("reply", published=root["published"], inReplyTo=root["id"])
    assert await scene.receive(scene.bob.create(reply)) == "done"
    assert await _stored_order(scene, [reply, root]) == ["<p>root</p>", "<p>reply</p>"]
