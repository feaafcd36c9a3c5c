"""What other servers are told when a member goes hidden or is erased."""

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import keys_of
from fediunion.db import Database, now_of, settings_of
from fediunion.members.service import delete_member, set_reach
from fediunion.outbox.models import Delivery, OutboxActivity, SentTo
from fediunion.social.follows.models import Follow
from fediunion.social.follows.queries import find_follow
from fediunion.social.follows.service import confirm_follow, request_follow
from fediunion.social.profiles import telling
from fediunion.social.profiles.documents import update_document
from tests.social.builders import let_follow, local_actor, member_of, post_by, remote_actor


def last_sent(session: Session, kind: str) -> list[OutboxActivity]:
    """Return the published activities of a type, oldest first."""
    session.flush()
    statement = select(OutboxActivity).where(OutboxActivity.activity_type == kind)
    return list(session.scalars(statement.order_by(OutboxActivity.id)))


def known_outside(session: Session) -> tuple[Actor, Actor]:
    """Return a member and a follower elsewhere; a post was sent to a third server."""
    anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
    anna.summary, anna.icon_url = "<p>A nurse</p>", "https://union.test/a.png"
    let_follow(session, far, anna, uri="https://far.test/follows/1")
    post = post_by(session, anna)
    inbox = "https://third.test/inbox"
    session.add(SentTo(object_uri=post.uri, inbox_url=inbox, sent_at=now_of(session)))
    session.flush()
    return anna, far


async def test_going_hidden_empties_the_copies_and_removes_remote_followers(social: Database) -> None:
    def work(session: Session) -> None:
        local_actor(session, "reader", kind=ActorKind.READER)
        anna, far = known_outside(session)
        friend = local_actor(session, "friend")
        let_follow(session, friend, anna)
        followed = remote_actor(session, "far.test", "followed")
        confirm_follow(session, request_follow(session, anna, followed))
        set_reach(session, member_of(session, anna), Reach.HIDDEN)
        [update] = last_sent(session, "Update")
        shown = orjson.loads(update.body)["object"]
        assert (shown["name"], shown["summary"], shown["attachment"]) == ("anna", "", [])
        assert "icon" not in shown
        assert update.recipients["inboxes"] == ["https://far.test/inbox", "https://third.test/inbox"]
        assert last_sent(session, "Delete") == []
        assert telling._hide_some(session, anna.id) is False
        [reject] = last_sent(session, "Reject")
        assert reject.recipients["actor_ids"] == [far.id]
        assert find_follow(session, far.id, anna.id) is None
        assert find_follow(session, friend.id, anna.id) is not None
        [undo] = last_sent(session, "Undo")
        assert undo.actor_id == anna.id
        again = find_follow(session, anna.id, followed.id)
        assert again is not None
        assert again.through_reader

    await social.write(work)


async def test_L35_an_erased_member_is_deleted_where_it_is_known_and_sends_nothing_more(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        anna, _ = known_outside(session)
        member = member_of(session, anna)
        telling.publish_profile(session, anna.id)
        [unsent] = last_sent(session, "Update")
        unsent.fanned_out_at = now_of(session)
        session.add(
            Delivery(
                activity_id=unsent.id,
                actor_id=anna.id,
                inbox_url="https://far.test/inbox",
                host="far.test",
                next_attempt_at=now_of(session),
                expires_at=now_of(session),
                created_at=now_of(session),
            )
        )
        session.flush()
        delete_member(session, member)
        [delete] = last_sent(session, "Delete")
        document = orjson.loads(delete.body)
        assert (document["actor"], document["object"]) == (anna.uri, anna.uri)
        assert delete.recipients["inboxes"] == ["https://far.test/inbox", "https://third.test/inbox"]
        assert session.scalars(select(Delivery)).all() == []
        assert anna.deleted_at is not None

    await social.write(work)


async def test_whoever_was_never_seen_outside_is_erased_without_a_word(social: Database) -> None:
    def work(session: Session) -> None:
        hidden = local_actor(session, "hidden1", Reach.HIDDEN)
        delete_member(session, member_of(session, hidden))
        assert last_sent(session, "Delete") == []
        assert session.scalars(select(Follow)).all() == []

    await social.write(work)


async def test_an_update_of_a_followable_member_goes_to_followers_in_name_too(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna", Reach.FOLLOWABLE)
        document = update_document(anna, keys_of(session, anna.id), settings_of(session))
        assert document["to"] == [f"{anna.uri}/followers"]

    await social.write(work)


async def test_L35_each_server_that_may_hold_something_is_told_once_of_an_erasure(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        let_follow(session, remote_actor(session, "big.test", "follower"), anna)
        gone = remote_actor(session, "big.test", "gone", deleted_at=now_of(session))
        barred = remote_actor(session, "big.test", "barred", suspended_at=now_of(session))
        lone = remote_actor(session, "plain.test", "lone", shared_inbox_url=None)
        foreign = remote_actor(session, "odd.test", "odd", shared_inbox_url="https://elsewhere.test/inbox")
        session.flush()
        post = post_by(session, anna)
        held = [actor.inbox_url for actor in (gone, barred, lone, foreign)]
        held += ["https://big.test/inbox", "https://unknown.test/users/who/inbox"]
        session.add_all(SentTo(object_uri=post.uri, inbox_url=url, sent_at=now_of(session)) for url in held)
        session.flush()
        delete_member(session, member_of(session, anna))
        [delete] = last_sent(session, "Delete")
        assert delete.recipients["actor_ids"] == []
        assert delete.recipients["inboxes"] == [
            "https://big.test/inbox",
            "https://odd.test/users/odd/inbox",
            "https://plain.test/users/lone/inbox",
            "https://unknown.test/users/who/inbox",
        ]

    await social.write(work)
