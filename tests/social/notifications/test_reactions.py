"""What members are told of, and of what not."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import Actor, DomainAction
from fediunion.actors.service import mark_actor_deleted
from fediunion.db import Database, emit, now_of
from fediunion.kit.pages import Page
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.models import Block, MemberDomainBlock
from fediunion.social.moderation.audit import list_audit
from fediunion.social.notifications.floods import (
    FLOODS_COUNT_FOR,
    FLOODS_ENDURED,
    MOST_NOTIFIED,
    count_floods,
)
from fediunion.social.notifications.models import Notification
from fediunion.social.notifications.queries import notifications_page
from fediunion.social.notifications.service import forget
from fediunion.social.posts.events import (
    PollEnded,
    PostEdited,
    PostFavourited,
    PostQuoted,
    PostRemoved,
    PostStored,
)
from fediunion.social.posts.models import Favourite, ThreadMute
from fediunion.social.timelines.queries import home_page
from tests.fakes.clock import FakeClock
from tests.social.builders import let_follow, local_actor, post_by, remote_actor


def told(session: Session, member: Actor) -> list[tuple[str, int, int | None]]:
    """Return what a member is told: kind, by whom, about which post; oldest first."""
    session.flush()
    rows = notifications_page(session, member.id, Page(limit=100))
    return [(row.kind, row.from_actor_id, row.post_id) for row in reversed(rows)]


async def test_members_are_told_of_mentions_boosts_and_favourites_once_each(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        mention = post_by(session, far, mentions=[anna])
        own = post_by(session, anna)
        boost = post_by(session, far, boost_of=own)
        emit(session, PostFavourited(own, far.id))
        expected = [
            ("mention", far.id, mention.id),
            ("reblog", far.id, own.id),
            ("favourite", far.id, own.id),
        ]
        assert told(session, anna) == expected
        emit(session, PostStored(mention, far, [], [anna.id]))
        emit(session, PostStored(boost, far, [], [anna.id]))
        emit(session, PostFavourited(own, far.id))
        emit(session, PostFavourited(own, anna.id))
        assert told(session, anna) == expected

    await social.write(work)


async def test_what_was_fetched_as_context_is_told_to_nobody(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        post_by(session, far, mentions=[anna], live=False)
        assert told(session, anna) == []

    await social.write(work)


async def test_A23_blocked_muted_and_refused_actors_are_not_heard(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        own = post_by(session, anna)
        names = ("blocked", "blocking", "muted", "refused", "suspended", "fine")
        actors = {name: remote_actor(session, f"{name}.test", name) for name in names}
        now = now_of(session)
        restrictions.block(session, anna, actors["blocked"])
        session.add(Block(blocker_id=actors["blocking"].id, blocked_id=anna.id, created_at=now))
        restrictions.mute(session, anna, actors["muted"])
        session.add(MemberDomainBlock(actor_id=anna.id, host="refused.test", created_at=now))
        actors["suspended"].suspended_at = now
        session.flush()
        for actor in actors.values():
            post_by(session, actor, mentions=[anna])
            post_by(session, actor, boost_of=own)
            emit(session, PostFavourited(own, actor.id))
        assert {by for _, by, _ in told(session, anna)} == {actors["fine"].id}
        assert len(told(session, anna)) == 3

    await social.write(work)


async def test_A23_what_was_told_is_hidden_once_its_author_is_muted_or_blocked(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        first, second = remote_actor(session, "a.test", "a"), remote_actor(session, "b.test", "b")
        for actor in (first, second):
            post_by(session, actor, mentions=[anna])
        restrictions.mute(session, anna, first, mutes_notifications=False)
        assert len(told(session, anna)) == 2
        restrictions.mute(session, anna, first)
        restrictions.block(session, anna, second)
        assert told(session, anna) == []
        restrictions.unmute(session, anna, first)
        restrictions.unblock(session, anna, second)
        assert [by for _, by, _ in told(session, anna)] == [first.id]

    await social.write(work)


async def test_a_mute_hides_posts_and_leaves_notifications_on_where_the_member_wants_them(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        own = post_by(session, anna)
        heard, silent = remote_actor(session, "a.test", "heard"), remote_actor(session, "b.test", "silent")
        for actor in (heard, silent):
            let_follow(session, anna, actor)
        restrictions.mute(session, anna, heard, mutes_notifications=False)
        restrictions.mute(session, anna, silent)
        said = {actor.id: post_by(session, actor, mentions=[anna]) for actor in (heard, silent)}
        for actor in (heard, silent):
            emit(session, PostFavourited(own, actor.id))
        assert told(session, anna) == [
            ("mention", heard.id, said[heard.id].id),
            ("favourite", heard.id, own.id),
        ]
        assert home_page(session, anna.id, Page()) == [own.id]
        restrictions.mute(session, anna, heard)
        assert told(session, anna) == []

    await social.write(work)


async def test_a_muted_thread_is_silent(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        own = post_by(session, anna)
        session.add(ThreadMute(actor_id=anna.id, thread_id=own.thread_id, created_at=now_of(session)))
        post_by(session, far, reply_to=own, mentions=[anna])
        post_by(session, far, boost_of=own)
        emit(session, PostFavourited(own, far.id))
        assert told(session, anna) == []

    await social.write(work)


async def test_whoever_is_on_a_silenced_server_is_heard_by_followers_only(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        far = remote_actor(session, "sub.far.test", "far")
        let_follow(session, ben, far)
        set_domain_rule(session, "far.test", DomainAction.SILENCE)
        session.flush()
        mention = post_by(session, far, mentions=[anna, ben])
        assert told(session, anna) == []
        assert told(session, ben) == [("mention", far.id, mention.id)]

    await social.write(work)


async def test_A37_a_flood_of_mentions_reaches_some_members_the_followers_first(social: Database) -> None:
    def work(session: Session) -> None:
        far = remote_actor(session, "far.test", "far")
        members = [local_actor(session, f"member{number}") for number in range(MOST_NOTIFIED + 5)]
        let_follow(session, members[-1], far)
        post_by(session, far, mentions=members)
        notified = [bool(told(session, member)) for member in members]
        assert notified.count(True) == MOST_NOTIFIED
        assert notified[-1]
        post_by(session, local_actor(session, "anna"), mentions=members)
        assert all(told(session, member) for member in members)

    await social.write(work)


async def test_A37_a_domain_that_floods_is_heard_by_followers_only_for_a_day(
    social: Database, clock: FakeClock
) -> None:
    def flood(session: Session) -> None:
        far, near = remote_actor(session, "a.far.test", "far"), remote_actor(session, "b.far.test", "near")
        members = [local_actor(session, f"member{number}") for number in range(MOST_NOTIFIED + 1)]
        let_follow(session, members[0], near)
        for number in range(FLOODS_ENDURED):
            post_by(session, (far, near)[number % 2], mentions=members)
        assert count_floods(session) == {"far.test": FLOODS_ENDURED}
        [entry] = list_audit(session, Page())
        assert (entry.by, entry.action, entry.subject) == ("automatic", "host.floods", "far.test")
        for member in members:
            forget(session, recipient_id=member.id)
        post_by(session, near, mentions=members[:2])
        assert [bool(told(session, member)) for member in members[:2]] == [True, False]
        elsewhere = remote_actor(session, "other.test", "calm")
        post_by(session, elsewhere, mentions=members[1:2])
        assert told(session, members[1]), "others are heard as before"
        forget(session, recipient_id=members[1].id)

    def calm(session: Session) -> None:
        near, member = remote_actor(session, "b.far.test", "near"), local_actor(session, "member1")
        post_by(session, near, mentions=[member])
        assert told(session, member)
        assert count_floods(session) == {}

    await social.write(flood)
    clock.advance(FLOODS_COUNT_FOR.total_seconds() + 1)
    await social.write(calm)


async def test_followers_requests_and_their_end_are_told(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna", locked=True), local_actor(session, "ben")
        service.request_follow(session, ben, anna)
        assert told(session, anna) == [("follow_request", ben.id, None)]
        service.accept_request(session, anna, ben)
        assert told(session, anna) == [("follow", ben.id, None)]
        service.unfollow(session, ben, anna)
        assert told(session, anna) == []

    await social.write(work)


async def test_who_asked_for_it_is_told_of_every_post_of_an_author(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        let_follow(session, ben, anna, notifies=True)
        post = post_by(session, anna)
        post_by(session, anna, Audience.DIRECT)
        post_by(session, anna, reply_to=post_by(session, remote_actor(session, "far.test", "far")))
        mention = post_by(session, anna, mentions=[ben])
        assert told(session, ben) == [("status", anna.id, post.id), ("mention", anna.id, mention.id)]

    await social.write(work)


async def test_edits_polls_and_quotes_are_told_to_whom_they_concern(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        post = post_by(session, anna)
        session.add(Favourite(actor_id=ben.id, post_id=post.id, created_at=now_of(session)))
        post_by(session, carl, boost_of=post)
        session.flush()
        emit(session, PostEdited(post))
        emit(session, PostEdited(post))
        assert told(session, ben) == told(session, carl) == [("update", anna.id, post.id)]
        emit(session, PollEnded(post, [ben.id]))
        assert told(session, ben)[-1] == ("poll", anna.id, post.id)
        assert ("poll", anna.id, post.id) in told(session, anna)
        quoting = post_by(session, carl)
        emit(session, PostQuoted(post, quoting))
        assert told(session, anna)[-1] == ("quote", carl.id, quoting.id)

    await social.write(work)


async def test_what_is_gone_is_told_no_longer(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        own = post_by(session, anna)
        mention, boost = post_by(session, far, mentions=[anna]), post_by(session, far, boost_of=own)
        emit(session, PostFavourited(own, far.id))
        emit(session, PostRemoved(mention))
        assert _kinds(session, anna) == ["reblog", "favourite"]
        emit(session, PostRemoved(boost))
        assert _kinds(session, anna) == ["favourite"]
        mark_actor_deleted(session, far)
        assert session.query(Notification).count() == 0

    await social.write(work)


def _kinds(session: Session, member: Actor) -> Sequence[str]:
    return [kind for kind, _, _ in told(session, member)]
