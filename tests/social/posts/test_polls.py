"""Row A29: every voter counts once, whoever votes how often and at the same moment."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.kit.errors import Invalid
from fediunion.outbox.models import OutboxActivity
from fediunion.social.posts.models import Poll, PollVote, Post
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.posts.service.polls import vote
from fediunion.social.posts.service.publishing import edit_post
from tests.fakes.stranger import Json, StrangeActor
from tests.social.posts.scene import Scene, ours


async def _question(scene: Scene, **poll: Any) -> Post:
    audience = poll.pop("audience", Audience.PUBLIC)
    ends_at = scene.clock.now() + timedelta(hours=1)
    draft = PollDraft(options=("Yes", "No", "Perhaps"), ends_at=ends_at, **poll)
    return await scene.union.post("ana", "Shall we?", audience=audience, poll=draft)


def _vote(actor: StrangeActor, question: Post, option: str, number: int = 1) -> Json:
    note = {
        "id": f"{actor.uri}#votes/{question.id}-{option}-{number}",
        "type": "Note",
        "name": option,
        "attributedTo": actor.uri,
        "to": [question.uri.partition("/posts/")[0]],
        "inReplyTo": question.uri,
    }
    return actor.activity("Create", note, id=f"{note['id']}/activity", to=note["to"])


async def _tally(scene: Scene, question: Post) -> tuple[list[int], int]:
    poll = await scene.read(lambda session: session.get_one(Poll, question.id))
    return [option["votes"] for option in poll.options], poll.voters_count


async def _vote_here(scene: Scene, name: str, question: Post, *choices: int) -> None:
    await scene.write(lambda session: vote(session, ours(session, name), question.id, choices))


async def test_A29_votes_from_here_and_elsewhere_are_counted_exactly(scene: Scene) -> None:
    question = await _question(scene)
    assert await scene.receive(_vote(scene.bob, question, "Yes")) == "done"
    assert await scene.receive(_vote(scene.mallory, question, "No")) == "done"
    await _vote_here(scene, "cleo", question, 1)
    assert await _tally(scene, question) == ([1, 2, 0], 3)
    assert await scene.count(Post) == 1


async def test_A29_a_second_vote_an_unknown_and_an_empty_option_change_nothing(scene: Scene) -> None:
    question = await _question(scene)
    await scene.receive(_vote(scene.bob, question, "Yes"))
    await scene.receive(_vote(scene.bob, question, "Yes", 2))
    for option in ("No", "Never", " "):
        assert (await scene.receive(_vote(scene.bob, question, option, 3))).startswith("refused")
    with pytest.raises(Invalid):
        await _vote_here(scene, "ana", question, 0)
    with pytest.raises(Invalid):
        await _vote_here(scene, "cleo", question, 0, 1)
    assert await _tally(scene, question) == ([1, 0, 0], 1)
    assert await scene.count(Post) == 1


async def test_A29_several_options_of_one_voter_count_as_one_voter(scene: Scene) -> None:
    question = await _question(scene, multiple=True)
    for option in ("Yes", "No", "Yes"):
        await scene.receive(_vote(scene.bob, question, option))
    await _vote_here(scene, "cleo", question, 0, 2)
    assert await _tally(scene, question) == ([2, 1, 1], 2)


async def test_A29_a_vote_after_the_end_does_not_count(scene: Scene) -> None:
    question = await _question(scene)
    scene.clock.advance(hours=1)
    assert (await scene.receive(_vote(scene.bob, question, "Yes"))).startswith("refused")
    with pytest.raises(Invalid):
        await _vote_here(scene, "cleo", question, 0)
    await scene.settle()
    assert (await scene.read(lambda session: session.get_one(Poll, question.id))).closed_at is not None
    assert await _tally(scene, question) == ([0, 0, 0], 0)


async def test_A29_whoever_may_not_see_the_poll_cannot_vote(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    question = await _question(scene, audience=Audience.FOLLOWERS)
    assert (await scene.receive(_vote(scene.mallory, question, "Yes"))).startswith("refused")
    assert await scene.receive(_vote(scene.bob, question, "Yes")) == "done"
    assert await _tally(scene, question) == ([1, 0, 0], 1)


async def test_A29_parallel_votes_are_counted_exactly(scene: Scene) -> None:
    question = await _question(scene)
    names = [f"voter{number}" for number in range(8)]
    for name in names:
        await scene.member(name)
    twice = [name for name in names for _ in range(2)]
    done = await asyncio.gather(
        *(_vote_here(scene, name, question, 0) for name in twice), return_exceptions=True
    )
    assert sum(result is None for result in done) == len(names)
    assert await _tally(scene, question) == ([8, 0, 0], 8)
    assert await scene.count(PollVote) == 8


async def _remote_question(scene: Scene, **more: object) -> Json:
    await scene.follow("ana", scene.bob)
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 1}} for name in "AB"
    ]
    note = scene.bob.note("Remote?", endTime="2026-03-02T10:00:00Z")
    question = {**note, "type": "Question", "oneOf": options, "votersCount": 2, **more}
    await scene.receive(scene.bob.create(question))
    return question


async def test_our_vote_goes_to_the_author_alone_and_a_hidden_member_cannot_send_one(scene: Scene) -> None:
    question = await _remote_question(scene)
    post = await scene.stored(question["id"])
    await scene.member("heron", Reach.HIDDEN)
    with pytest.raises(Invalid):
        await _vote_here(scene, "heron", post, 0)
    assert await scene.sent("Create") == []
    await _vote_here(scene, "cleo", post, 1)
    (sent,) = await scene.sent("Create")
    assert (sent["to"], sent["object"]["name"], "content" in sent["object"]) == ([scene.bob.uri], "B", False)
    assert await _tally(scene, post) == ([1, 2], 3)


async def test_a_tally_from_its_own_server_replaces_ours_and_its_end_is_noticed(scene: Scene) -> None:
    question = await _remote_question(scene)
    post = await scene.stored(question["id"])
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": count}}
        for name, count in (("A", 5), ("B", 6))
    ]
    scene.clock.advance(hours=2)
    fresh = {**question, "oneOf": options, "votersCount": 11, "closed": "2026-03-02T10:00:00Z"}
    assert await scene.receive(scene.bob.activity("Update", fresh)) == "done"
    assert await _tally(scene, post) == ([5, 6], 11)
    assert (await scene.read(lambda session: session.get_one(Poll, post.id))).closed_at is not None


def _told(session: Session, uri: str) -> list[int]:
    sent = select(OutboxActivity.recipients).where(OutboxActivity.uri == uri)
    return list(session.scalars(sent).one()["actor_ids"])


async def test_A29_who_voted_elsewhere_is_told_that_a_poll_asks_something_else_and_votes_anew(
    scene: Scene,
) -> None:
    question = await _question(scene)
    await scene.receive(_vote(scene.bob, question, "Yes"))
    await _vote_here(scene, "cleo", question, 0)
    draft = PollDraft(options=("Now", "Later"), ends_at=scene.clock.now() + timedelta(hours=2))

    def change(session: Session) -> None:
        edit_post(
            session,
            ours(session, "ana"),
            session.get_one(Post, question.id),
            text="When?",
            content_warning="",
            sensitive=False,
            language=None,
            poll_draft=draft,
        )

    scene.clock.advance(minutes=1)
    await scene.write(change)
    assert await _tally(scene, question) == ([0, 0], 0)
    assert await scene.count(PollVote) == 0
    update = (await scene.sent("Update"))[-1]
    voter = await scene.known(scene.bob)
    assert voter.id in await scene.read(_told, update["id"])
    assert [option["name"] for option in update["object"]["oneOf"]] == ["Now", "Later"]
    assert (await scene.receive(_vote(scene.bob, question, "Yes", 2))).startswith("refused")
    assert await scene.receive(_vote(scene.bob, question, "Now", 3)) == "done"
    assert await _tally(scene, question) == ([1, 0], 1)
    scene.clock.advance(minutes=70)
    await scene.settle()
    assert (await scene.read(lambda session: session.get_one(Poll, question.id))).closed_at is None
    scene.clock.advance(minutes=60)
    await scene.settle()
    assert (await scene.read(lambda session: session.get_one(Poll, question.id))).closed_at is not None
