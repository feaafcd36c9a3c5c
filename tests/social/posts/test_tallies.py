"""Votes that a feature of the union counts beside those of a poll, and votes that stay at home."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.kit.errors import Invalid
from fediunion.social.posts.models import Poll, PollVote, Post
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.posts.service.polls import vote
from fediunion.social.posts.service.tallies import keep_votes_home, move_end, set_votes_beside, withdraw_vote
from tests.fakes.stranger import Json
from tests.social.posts.scene import Scene, ours


async def _asked_here(scene: Scene) -> Post:
    draft = PollDraft(options=("Sign", "Follow"), ends_at=scene.clock.now() + timedelta(hours=1))
    return await scene.union.post("ana", "Shall we?", poll=draft)


async def _asked_elsewhere(scene: Scene, **more: object) -> tuple[Json, Post]:
    await scene.follow("ana", scene.bob)
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 1}} for name in "AB"
    ]
    note = scene.bob.note("Elsewhere?", endTime="2026-03-02T10:00:00Z")
    question = {**note, "type": "Question", "oneOf": options, "votersCount": 2, **more}
    await scene.receive(scene.bob.create(question))
    return question, await scene.stored(str(question["id"]))


async def _vote(scene: Scene, name: str, post: Post, choice: int) -> None:
    await scene.write(lambda session: vote(session, ours(session, name), post.id, [choice]))


async def _tally(scene: Scene, post: Post) -> tuple[list[int], int]:
    poll = await scene.read(lambda session: session.get_one(Poll, post.id))
    return [option["votes"] for option in poll.options], poll.voters_count


async def test_votes_counted_beside_are_added_to_every_later_count_and_told(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    post = await _asked_here(scene)
    await scene.write(lambda session: set_votes_beside(session, session.get_one(Post, post.id), [5, 0]))
    assert await _tally(scene, post) == ([5, 0], 5)
    await _vote(scene, "cleo", post, 0)
    assert await _tally(scene, post) == ([6, 0], 6)
    scene.clock.advance(seconds=61)
    await scene.settle()
    (told,) = await scene.sent("Update")
    assert [option["replies"]["totalItems"] for option in told["object"]["oneOf"]] == [6, 0]
    assert told["object"]["votersCount"] == 6
    assert "updated" not in told["object"]


async def test_who_takes_a_vote_back_is_counted_no_more_and_may_vote_anew(scene: Scene) -> None:
    post = await _asked_here(scene)
    await _vote(scene, "cleo", post, 0)

    def take_back(session: Session) -> None:
        withdraw_vote(session, session.get_one(Post, post.id), ours(session, "cleo").id)

    await scene.write(take_back)
    await scene.write(take_back)
    assert await _tally(scene, post) == ([0, 0], 0)
    await _vote(scene, "cleo", post, 1)
    assert await _tally(scene, post) == ([0, 1], 1)


async def test_a_poll_whose_end_is_moved_ends_at_the_new_instant(scene: Scene) -> None:
    post = await _asked_here(scene)
    later = scene.clock.now() + timedelta(hours=3)
    await scene.write(lambda session: move_end(session, session.get_one(Post, post.id), later))
    scene.clock.advance(hours=2)
    await _vote(scene, "cleo", post, 0)
    scene.clock.advance(hours=1)
    await scene.settle()
    await scene.member("heron")
    with pytest.raises(Invalid):
        await _vote(scene, "heron", post, 0)
    assert (await scene.read(lambda session: session.get_one(Poll, post.id))).closed_at == later


async def test_votes_that_stay_home_are_counted_and_sent_to_nobody_even_for_hidden_members(
    scene: Scene,
) -> None:
    question, post = await _asked_elsewhere(scene)
    await scene.write(lambda session: keep_votes_home(session, post.id))
    await scene.member("heron", Reach.HIDDEN)
    for name in ("cleo", "heron"):
        await _vote(scene, name, post, 0)
    assert await _tally(scene, post) == ([3, 1], 4)
    assert await scene.sent("Create") == []
    with pytest.raises(Invalid):
        await _vote(scene, "heron", post, 0)
    edited = {**question, "content": "<p>Elsewhere, then?</p>", "updated": "2026-03-01T12:00:00Z"}
    await scene.receive(scene.bob.activity("Update", edited, to=edited["to"]))
    assert (await scene.read(lambda session: session.get_one(Poll, post.id))).stays_home
    assert await scene.count(PollVote) == 2
