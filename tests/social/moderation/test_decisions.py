"""Decisions about accounts and servers, and what follows from them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import find_domain_action
from fediunion.actors.models import Actor, DomainAction, Reach
from fediunion.actors.service import mark_actor_deleted
from fediunion.db import Database, now_of
from fediunion.db.known_uris import TOMBSTONE, find_known_uri
from fediunion.jobs.models import Job
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.pages import Page
from fediunion.members.models import Member, MemberState
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.outbox.publish import Recipients
from fediunion.social.follows.models import Follow
from fediunion.social.moderation import departures
from fediunion.social.moderation.accounts import silence, suspend, unsilence, unsuspend
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.servers import decide_on_host, forget_decision, list_hosts_under
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.timelines.models import HomeEntry
from tests.social.builders import let_follow, local_actor, member_of, post_by, remote_actor

HOSTS = ("bad.test", "sub.bad.test", "bad.test:8443", "notbad.test")


def actions(session: Session) -> list[str]:
    """Return what the log says was done, oldest first."""
    return [entry.action for entry in reversed(list_audit(session, Page()))]


def count(session: Session, *conditions: Any) -> int:
    """Return how many rows fit."""
    return session.scalar(select(func.count()).where(*conditions)) or 0


async def test_a_suspended_member_acts_no_more_until_that_is_taken_back(social: Database) -> None:
    def states(session: Session, anna: Actor, member: Member) -> tuple[bool, str]:
        return anna.suspended_at is not None, member.state

    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        member = member_of(session, anna)
        for _ in range(2):
            suspend(session, anna, by="@guard", reason="spam")
        assert states(session, anna, member) == (True, MemberState.SUSPENDED)
        unsuspend(session, anna, by="@guard")
        assert states(session, anna, member) == (False, MemberState.ACTIVE)
        assert actions(session) == ["actor.suspend", "actor.unsuspend"]
        assert count(session, Job.kind == "profiles.tell") == 1

    await social.write(work)


async def test_follows_of_a_suspended_remote_actor_end(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        other = remote_actor(session, "far.test", "other")
        for follower, followed in ((anna, far), (far, anna), (anna, other)):
            let_follow(session, follower, followed)
        suspend(session, far, by="@guard")
        assert count(session, Job.kind == "moderation.sever_actor") == 1
        assert departures._sever_actor_some(session, far.id) is False
        session.flush()
        assert [follow.followed_id for follow in session.scalars(select(Follow))] == [other.id]

    await social.write(work)


async def test_silencing_is_on_record_and_can_be_taken_back(social: Database) -> None:
    def work(session: Session) -> None:
        far = remote_actor(session, "far.test", "far")
        silence(session, far, by="@guard")
        assert count(session, Actor.silenced_at.is_not(None)) == 1
        unsilence(session, far, by="@guard")
        assert count(session, Actor.silenced_at.is_not(None)) == 0
        assert actions(session) == ["actor.silence", "actor.unsilence"]
        with pytest.raises(Invalid):
            silence(session, local_actor(session, "nobody1", Reach.PUBLIC), by="@guard")

    await social.write(work)


def remote_life(session: Session, host: str) -> Actor:
    """Return an actor on `host` that follows, posts, boosts and likes; a delivery waits for it."""
    anna, far = local_actor(session, "anna"), remote_actor(session, host, "far")
    let_follow(session, anna, far)
    let_follow(session, far, anna)
    own = post_by(session, anna)
    post_by(session, far, boost_of=own)
    post_by(session, far)
    session.add(Favourite(actor_id=far.id, post_id=own.id, created_at=now_of(session)))
    own.favourites_count, own.boosts_count = 1, 1
    now = now_of(session)
    activity = OutboxActivity(
        uri=f"{anna.uri}#{host}",
        actor_id=anna.id,
        activity_type="Create",
        body="{}",
        recipients=Recipients().to_json(shared=False),
        created_at=now,
    )
    session.add(activity)
    session.flush()
    session.add(
        Delivery(
            activity_id=activity.id,
            actor_id=anna.id,
            inbox_url=far.inbox_url,
            host=host,
            next_attempt_at=now,
            expires_at=now,
            created_at=now,
        )
    )
    session.flush()
    return far


def run_all(session: Session, work: Callable[[], bool]) -> None:
    """Do some work until there is no more."""
    while work():
        session.flush()
    session.flush()
    session.expire_all()


async def test_a_block_ends_follows_and_gives_up_deliveries_of_the_server_and_its_sub_domains(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        for host in HOSTS:
            remote_life(session, host)
        decide_on_host(session, "bad.test", DomainAction.BLOCK, by="@guard", reason="spam")
        [job] = session.scalars(select(Job).where(Job.kind == "moderation.sever_hosts"))
        hosts = list_hosts_under(session, job.payload["host"])
        assert {"bad.test", "sub.bad.test"} <= set(hosts)
        assert "notbad.test" not in hosts
        departures._give_up_deliveries(session, hosts)
        run_all(session, lambda: departures._sever_some(session, hosts))
        left = [session.get_one(Actor, follow.follower_id).host for follow in session.scalars(select(Follow))]
        assert not set(left) & set(hosts)
        assert "notbad.test" in left
        for row in session.scalars(select(Delivery)):
            dead = row.host in hosts
            assert (row.state == DeliveryState.DEAD) == dead
            assert (row.finished_at is not None) == dead
        assert actions(session) == ["host.block"]

    await social.write(work)


async def test_a_decision_is_forgotten_on_record_and_a_purge_needs_a_block(social: Database) -> None:
    def work(session: Session) -> None:
        decide_on_host(session, "BAD.test.", DomainAction.SILENCE, by="@guard")
        assert find_domain_action(session, "sub.bad.test") is DomainAction.SILENCE
        assert count(session, Job.kind == "moderation.sever_hosts") == 0
        forget_decision(session, "bad.test", by="@guard")
        with pytest.raises(NotFound):
            forget_decision(session, "bad.test", by="@guard")
        with pytest.raises(Invalid):
            decide_on_host(session, "bad.test", DomainAction.SILENCE, by="@guard", purge=True)
        assert actions(session) == ["host.silence", "host.forget"]

    await social.write(work)


async def test_C13_a_purge_leaves_nothing_of_a_server_and_nothing_comes_back(social: Database) -> None:
    def work(session: Session) -> None:
        far, fine = remote_life(session, "bad.test"), remote_life(session, "fine.test")
        decide_on_host(session, "bad.test", DomainAction.BLOCK, by="@guard", purge=True)
        assert count(session, Job.kind == "moderation.purge_host") == 1
        hosts = list_hosts_under(session, "bad.test")
        run_all(session, lambda: departures._purge_some(session, hosts))
        [job] = session.scalars(select(Job).where(Job.kind == "moderation.erase_actor"))
        assert job.payload == {"actor_id": far.id}
        run_all(session, lambda: departures.erase_some(session, far.id))
        assert count(session, Post.author_id == far.id, Post.deleted_at.is_(None)) == 0
        assert count(session, Favourite.actor_id == far.id) == 0
        assert count(session, (Follow.follower_id == far.id) | (Follow.followed_id == far.id)) == 0
        theirs = select(Post.id).where(Post.author_id == far.id)
        assert count(session, HomeEntry.post_id.in_(theirs)) == 0
        known = find_known_uri(session, far.uri)
        assert known is not None
        assert known.kind == TOMBSTONE
        assert count(session, Post.author_id == fine.id, Post.deleted_at.is_(None)) == 2
        assert sorted(
            (post.favourites_count, post.boosts_count)
            for post in session.scalars(select(Post).where(Post.local, Post.boost_of_id.is_(None)))
        ) == [(0, 0), (1, 1)]
        assert departures.erase_some(session, far.id) is False
        assert departures.erase_some(session, fine.id) is False

    await social.write(work)


async def test_what_an_erased_member_left_is_removed_and_tombstones_stay(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        let_follow(session, ben, anna)
        post = post_by(session, anna, tags=["x"])
        mark_actor_deleted(session, anna)
        run_all(session, lambda: departures.erase_some(session, anna.id))
        assert (post.content, post.deleted_at is not None) == ("", True)
        known = find_known_uri(session, post.uri)
        assert known is not None
        assert known.kind == TOMBSTONE
        assert count(session, HomeEntry.actor_id == ben.id) == 0
        assert session.get_one(Actor, ben.id).following_count == 0

    await social.write(work)
