"""Changing a profile, and who is told of it."""

from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import PUBLIC
from fediunion.actors.events import ActorKeysRotated
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.db import Database, emit
from fediunion.jobs.models import Job
from fediunion.kit.errors import Invalid
from fediunion.outbox.models import OutboxActivity
from fediunion.social.media.files import NewFile, reserve
from fediunion.social.profiles.queries import list_featured_tags
from fediunion.social.profiles.service import (
    MAX_FEATURED_TAGS,
    ProfileChanges,
    feature_tag,
    remove_picture,
    unfeature_tags,
    update_profile,
)
from fediunion.social.profiles.telling import TELL, publish_profile
from tests.fakes.clock import FakeClock
from tests.social.builders import local_actor, member_of


def sent(session: Session) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return (activity, recipients) of all that was published, oldest first."""
    session.flush()
    rows = session.scalars(select(OutboxActivity).order_by(OutboxActivity.id))
    return [(orjson.loads(row.body), row.recipients) for row in rows]


def waiting(session: Session, kind: str) -> list[Job]:
    """Return the jobs of a kind that wait."""
    return list(session.scalars(select(Job).where(Job.kind == kind)))


async def test_a_profile_is_changed_and_sent_as_it_is_then(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        [picture] = reserve(session, anna.id, [NewFile.of("image/png", 10)])
        session.flush()
        update_profile(
            session,
            anna,
            ProfileChanges(
                display_name="Anna <b>B.</b>\n",
                summary="Nurse & #union\n\n<script>",
                fields=[("Web", "https://a.test/<x>"), ("", ""), ("Pronouns", "she/her")],
                locked=True,
                discoverable=True,
                avatar_file_id=picture.id,
            ),
        )
        assert anna.display_name == "Anna <b>B.</b>"
        assert anna.summary.startswith("<p>Nurse &amp; <a ")
        assert anna.summary.endswith("<p>&lt;script&gt;</p>")
        assert [field["name"] for field in anna.fields] == ["Web", "Pronouns"]
        assert 'href="https://a.test/' in anna.fields[0]["value"]
        assert "<x>" not in anna.fields[0]["value"]
        publish_profile(session, anna.id)
        [(update, recipients)] = sent(session)
        assert (update["type"], update["actor"], update["to"]) == ("Update", anna.uri, [PUBLIC])
        assert update["object"]["name"] == "Anna <b>B.</b>"
        assert update["object"]["manuallyApprovesFollowers"] is True
        assert update["object"]["icon"]["url"] == f"https://union.test/media/files/{picture.name}"
        assert "@context" not in update["object"]
        assert recipients["expand"] == ["followers", f"holders:{anna.uri}"]
        update_profile(session, anna, ProfileChanges(fields=[]))
        remove_picture(session, anna, "avatar")
        assert (anna.icon_url, anna.fields, anna.locked) == (None, [], True)

    await social.write(work)


@pytest.mark.parametrize(
    "changes",
    [
        ProfileChanges(display_name="x" * 101),
        ProfileChanges(summary="x" * 2_001),
        ProfileChanges(fields=[("name", "value")] * 5),
        ProfileChanges(fields=[("name", "x" * 256)]),
    ],
)
async def test_what_is_too_long_or_too_much_is_refused(social: Database, changes: ProfileChanges) -> None:
    def work(session: Session) -> None:
        with pytest.raises(Invalid):
            update_profile(session, local_actor(session, "anna"), changes)

    await social.write(work)


async def test_a_followable_member_stays_locked_and_cannot_be_found(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna", Reach.FOLLOWABLE)
        everything = ProfileChanges(locked=False, discoverable=True, indexable=True, hides_collections=False)
        update_profile(session, anna, everything)
        assert (anna.locked, anna.discoverable, anna.indexable) == (True, False, False)
        assert anna.hides_collections

    await social.write(work)


async def test_changes_of_one_minute_are_told_once(social: Database, clock: FakeClock) -> None:
    def change(session: Session) -> list[Job]:
        anna = local_actor(session, "anna")
        for name in ("Anna", "Anna B."):
            update_profile(session, anna, ProfileChanges(display_name=name))
        return waiting(session, TELL)

    def tell(session: Session) -> None:
        for job in waiting(session, TELL):
            session.delete(job)
        publish_profile(session, local_actor(session, "anna").id)

    [first] = await social.write(change)
    assert first.run_at == clock.now()
    await social.write(tell)
    clock.advance(20)
    [second] = await social.write(change)
    assert (second.run_at - clock.now()).total_seconds() == 40


async def test_new_keys_are_told(social: Database) -> None:
    def work(session: Session) -> None:
        emit(session, ActorKeysRotated(local_actor(session, "anna").id))
        assert len(waiting(session, TELL)) == 1

    await social.write(work)


async def test_nothing_is_told_of_a_hidden_or_deleted_actor(social: Database) -> None:
    def work(session: Session) -> None:
        hidden: Actor = local_actor(session, "hidden1", Reach.HIDDEN)
        update_profile(session, hidden, ProfileChanges(display_name="Nobody"))
        publish_profile(session, hidden.id)
        assert sent(session) == []

    await social.write(work)


async def test_an_institution_has_no_reach(social: Database) -> None:
    def work(session: Session) -> None:
        board = local_actor(session, "board1", kind=ActorKind.BOARD)
        with pytest.raises(Invalid):
            update_profile(session, board, ProfileChanges(reach=Reach.HIDDEN))
        anna = local_actor(session, "anna")
        member_of(session, anna)
        update_profile(session, anna, ProfileChanges(reach=Reach.FOLLOWABLE))
        assert (anna.reach, anna.locked) == (Reach.FOLLOWABLE, True)

    await social.write(work)


async def test_hashtags_are_featured_once_each_and_not_without_end(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        tag = feature_tag(session, anna, "#Strike")
        session.flush()
        assert feature_tag(session, anna, "strike").id == tag.id
        with pytest.raises(Invalid):
            feature_tag(session, anna, "two words")
        for number in range(1, MAX_FEATURED_TAGS):
            feature_tag(session, anna, f"tag{number}")
            session.flush()
        with pytest.raises(Invalid):
            feature_tag(session, anna, "more")
        unfeature_tags(session, anna, [tag.id, 17])
        session.flush()
        assert "strike" not in [each.name for each in list_featured_tags(session, anna.id)]

    await social.write(work)
