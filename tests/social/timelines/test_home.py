"""Who finds what in the home timeline."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.service import suspend_actor
from fediunion.db import Database, emit, now_of
from fediunion.kit.pages import Page
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.models import Block, MemberDomainBlock
from fediunion.social.posts.events import PostRemoved, PostStored
from fediunion.social.timelines.queries import home_page
from tests.fakes.clock import FakeClock
from tests.social.builders import let_follow, local_actor, post_by, remote_actor


def home(session: Session, reader: Actor) -> list[int]:
    """Return what stands in the reader's home."""
    session.flush()
    return home_page(session, reader.id, Page())


async def test_a_post_stands_in_the_homes_of_local_followers_and_of_its_author(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        let_follow(session, ben, anna)
        post = post_by(session, anna)
        assert home(session, anna) == home(session, ben) == [post.id]
        assert home(session, carl) == []

    await social.write(work)


async def test_home_is_cut_to_pages_in_both_directions(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        ids = [post_by(session, anna).id for _ in range(5)]
        session.flush()
        assert home_page(session, anna.id, Page(limit=2)) == [ids[4], ids[3]]
        assert home_page(session, anna.id, Page(limit=2, max_id=ids[3])) == [ids[2], ids[1]]
        assert home_page(session, anna.id, Page(limit=2, since_id=ids[1])) == [ids[4], ids[3]]
        assert home_page(session, anna.id, Page(limit=2, min_id=ids[0])) == [ids[2], ids[1]]

    await social.write(work)


async def test_a_reply_stands_in_home_only_of_who_follows_both(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, both = (local_actor(session, name) for name in ("anna", "ben", "both"))
        stranger = remote_actor(session, "far.test", "stranger")
        let_follow(session, ben, anna)
        let_follow(session, both, anna)
        let_follow(session, both, stranger)
        asked = post_by(session, stranger)
        reply = post_by(session, anna, reply_to=asked)
        goes_on = post_by(session, anna, reply_to=reply)
        assert home(session, ben) == [goes_on.id]
        assert home(session, both) == [goes_on.id, reply.id, asked.id]
        answer = post_by(session, anna, reply_to=post_by(session, ben))
        assert answer.id in home(session, ben)

    await social.write(work)


async def test_L19_a_reply_that_came_before_what_it_answers_is_placed_when_that_comes(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        reader = local_actor(session, "reader1")
        early = remote_actor(session, "far.test", "early")
        let_follow(session, reader, early)
        missing = f"{early.uri}/posts/first"
        reply = post_by(session, early, reply_to_uri=missing)
        assert home(session, reader) == []
        first = post_by(session, early, at=now_of(session) - timedelta(hours=1))
        first.uri = missing
        reply.in_reply_to_author_id = early.id
        session.flush()
        emit(session, PostStored(first, early, [reader.id], []))
        assert home(session, reader) == [reply.id, first.id]

    await social.write(work)


async def test_boosts_are_left_out_for_who_wants_none_of_this_author(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        let_follow(session, ben, anna)
        let_follow(session, carl, anna, shows_boosts=False)
        boost = post_by(session, anna, boost_of=post_by(session, remote_actor(session, "far.test", "x")))
        assert home(session, ben) == [boost.id]
        assert home(session, carl) == []

    await social.write(work)


async def test_a_boost_of_what_stands_among_the_newest_is_not_shown_again(social: Database) -> None:
    def work(session: Session) -> None:
        reader, anna, ben = (local_actor(session, name) for name in ("reader1", "anna", "ben"))
        let_follow(session, reader, anna)
        let_follow(session, reader, ben)
        post = post_by(session, anna)
        post_by(session, ben, boost_of=post)
        assert home(session, reader) == [post.id]
        for _ in range(40):
            post_by(session, ben)
        again = post_by(session, ben, boost_of=post)
        assert home(session, reader)[0] == again.id

    await social.write(work)


async def test_languages_that_the_reader_did_not_choose_are_left_out(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        let_follow(session, ben, anna, languages=["de"])
        german, unknown = post_by(session, anna, language="de"), post_by(session, anna)
        post_by(session, anna, language="fr")
        assert home(session, ben) == [unknown.id, german.id]

    await social.write(work)


async def test_a_direct_post_stands_in_home_only_of_whom_it_addresses(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        let_follow(session, ben, anna)
        let_follow(session, carl, anna)
        post = post_by(session, anna, Audience.DIRECT, mentions=[ben])
        assert home(session, ben) == [post.id]
        assert home(session, carl) == []

    await social.write(work)


async def test_A23_nothing_of_blocked_blocking_muted_or_refused_authors_is_read_boosted_neither(
    social: Database, clock: FakeClock
) -> None:
    authors = ("blocked", "blocking", "muted", "refused")

    def prepare(session: Session) -> None:
        reader, friend = local_actor(session, "reader1"), local_actor(session, "friend")
        let_follow(session, reader, friend)
        for name in authors:
            author = remote_actor(session, f"{name}.test", name)
            let_follow(session, reader, author)
            post_by(session, friend, boost_of=post_by(session, author))
            post_by(session, author)
        session.flush()
        assert len(home(session, reader)) == 8
        reader_id, blocking = reader.id, remote_actor(session, "blocking.test", "blocking")
        blocked = remote_actor(session, "blocked.test", "blocked")
        session.add(Block(blocker_id=reader_id, blocked_id=blocked.id, created_at=now_of(session)))
        session.add(Block(blocker_id=blocking.id, blocked_id=reader_id, created_at=now_of(session)))
        session.add(MemberDomainBlock(actor_id=reader_id, host="refused.test", created_at=now_of(session)))
        restrictions.mute(session, reader, remote_actor(session, "muted.test", "muted"), lasts_seconds=60)

    def look(session: Session) -> list[int]:
        return home(session, local_actor(session, "reader1"))

    await social.write(prepare)
    assert await social.write(look) == []
    clock.advance(61)
    assert len(await social.write(look)) == 2


async def test_V14_what_is_deleted_or_of_a_suspended_author_is_not_read_nor_its_boosts(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        reader, friend = local_actor(session, "reader1"), local_actor(session, "friend")
        author = remote_actor(session, "far.test", "author")
        let_follow(session, reader, friend)
        deleted, left = post_by(session, author), post_by(session, author)
        post_by(session, friend, boost_of=deleted)
        boost = post_by(session, friend, boost_of=left)
        assert len(home(session, reader)) == 2
        emit(session, PostRemoved(deleted))
        assert home(session, reader) == [boost.id]
        suspend_actor(session, author)
        assert home(session, reader) == []

    await social.write(work)


async def test_unfollowing_takes_an_author_out_and_following_brings_the_recent_posts(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        ids = [post_by(session, anna).id for _ in range(25)]
        private = post_by(session, anna, Audience.DIRECT)
        own = post_by(session, ben)
        service.request_follow(session, ben, anna)
        session.flush()
        assert home_page(session, ben.id, Page(limit=40)) == [own.id, *reversed(ids[-20:])]
        assert private.id not in home(session, ben)
        service.unfollow(session, ben, anna)
        assert home(session, ben) == [own.id]

    await social.write(work)


async def test_a_post_that_only_followers_may_see_leaves_home_with_the_follow(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        let_follow(session, ben, anna)
        post = post_by(session, anna, Audience.FOLLOWERS)
        assert home(session, ben) == [post.id]
        service.remove_follower(session, anna, ben)
        assert home(session, ben) == []

    await social.write(work)
