"""The jobs of searching: the index follows posts and consent by itself."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor
from fediunion.actors.models import Actor
from fediunion.actors.service.remote import record_remote_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import Database
from fediunion.jobs.models import Job
from fediunion.kit.pages import Page
from fediunion.social.profiles.service import ProfileChanges, update_profile
from fediunion.social.search.feature import FEATURE
from fediunion.social.search.jobs import CONSENT, INDEX, follow_consent, index_new
from fediunion.social.search.queries import search_posts
from tests.api.rig import Client, Rig
from tests.social.builders import local_actor


async def _found(rig: Rig, reader: Client) -> list[str]:
    viewer = Viewer(reader.actor_id, None, is_member=True)

    def ask(session: Session) -> list[str]:
        return [str(post_id) for post_id in search_posts(session, "strike", viewer, Page())]

    return await rig.world.db.read(ask)


async def test_the_index_is_filled_at_least_twice_a_minute() -> None:
    (every,) = FEATURE.schedule
    assert every.job == INDEX
    assert every.seconds <= 30
    assert every.job in FEATURE.jobs


async def test_a_post_is_found_once_the_job_ran_however_often_it_runs(
    rig: Rig, ana: Client, ben: Client
) -> None:
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={"indexable": True})
    status = await ana.publish("A strike")
    assert await _found(rig, ben) == []
    for _ in range(2):
        await index_new(rig.world, {})
        assert await _found(rig, ben) == [status["id"]]


async def test_consent_holds_at_once_when_withdrawn_and_soon_when_given(
    rig: Rig, ana: Client, ben: Client
) -> None:
    status = await ana.publish("A strike")
    await index_new(rig.world, {})
    assert await _found(rig, ben) == []
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={"indexable": True})
    await follow_consent(rig.world, {"actor_id": ana.actor_id})
    assert await _found(rig, ben) == [status["id"]]
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={"indexable": False})
    assert await _found(rig, ben) == []
    await follow_consent(rig.world, {"actor_id": ana.actor_id})
    await follow_consent(rig.world, {"actor_id": 12345})
    assert await _found(rig, ben) == []


@pytest.mark.parametrize(("changes", "jobs"), [({"indexable": True}, 1), ({"display_name": "Anna"}, 0)])
async def test_only_a_change_of_consent_is_followed(
    social: Database, changes: dict[str, Any], jobs: int
) -> None:
    def work(session: Session) -> list[Any]:
        member: Actor = local_actor(session, "anna")
        update_profile(session, member, ProfileChanges(**changes))
        session.flush()
        return list(session.scalars(select(Job.payload).where(Job.kind == CONSENT)))

    assert len(await social.write(work)) == jobs


async def test_the_consent_of_a_remote_author_is_followed_when_it_changes(social: Database) -> None:
    def work(session: Session) -> list[int]:
        counts = []
        for indexable in (True, True, False):
            uri = "https://far.test/users/ben"
            document = {"id": uri, "type": "Person", "preferredUsername": "ben", "inbox": f"{uri}/inbox"}
            actor = record_remote_actor(session, parse_actor({**document, "indexable": indexable}))
            session.flush()
            assert actor.indexable is indexable
            counts.append(len(session.scalars(select(Job.id).where(Job.kind == CONSENT)).all()))
        return counts

    assert await social.write(work) == [0, 0, 1]
