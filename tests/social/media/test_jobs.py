"""What goes away by itself, and what is only told."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from fediunion.actors.queries import get_actor
from fediunion.actors.service import mark_actor_deleted
from fediunion.kit.errors import Unavailable
from fediunion.social.media import jobs
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.models import Attachment, StoredFile
from fediunion.social.media.storage.local import LocalStorage
from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.test_uploads import counted, upload


def stored(rig: Rig) -> list[Path]:
    return [path for path in (rig.world.settings.media.dir / "files").rglob("*") if path.is_file()]


async def test_M16_what_nobody_posts_is_gone_after_a_day(rig: Rig, ana: Client) -> None:
    unused = await upload(ana, samples.picture())
    used = await upload(ana, samples.picture())
    await ana.publish("Look", media_ids=[used["id"]])
    rig.clock.advance(hours=23)
    await jobs.sweep(rig.world, {})
    assert (await ana.ask("GET", unused["url"])).status_code == 200
    rig.clock.advance(hours=2)
    assert (await ana.ask("GET", unused["url"])).status_code == 404
    await jobs.sweep(rig.world, {})
    assert len(stored(rig)) == 2
    assert await counted(rig.world, Attachment) == 1
    assert await counted(rig.world, StoredFile) == 2
    assert (await ana.ask("GET", used["url"])).status_code == 200


async def test_M13_files_of_a_deleted_post_are_removed_after_a_day(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[made["id"]])
    await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    rig.clock.advance(hours=25)
    await jobs.sweep(rig.world, {})
    assert stored(rig) == []
    assert await counted(rig.world, StoredFile) == 0


async def test_V33_with_an_account_its_files_go(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())

    def erase(session: Session) -> None:
        mark_actor_deleted(session, get_actor(session, ana.actor_id))

    await rig.world.db.write(erase)
    assert (await rig.anonymous.ask("GET", made["url"])).status_code == 404
    rig.clock.advance(hours=2)
    await jobs.sweep(rig.world, {})
    assert stored(rig) == []


async def test_M20_a_file_whose_row_was_never_finished_is_not_shown_and_goes(
    rig: Rig, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Breaking(LocalStorage):
        """Stores the file, and then the process dies."""

        async def put(self, place: str, source: Path, media_type: str) -> None:
            await super().put(place, source, media_type)
            raise Unavailable("The power is gone.")

    desk = rig.world.part(MediaDesk)
    desk.storage = Breaking(rig.world.settings.media.dir / "files")
    assert (await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})).status_code == 503
    assert len(stored(rig)) == 1
    names = await rig.world.db.read(lambda session: session.scalars(select(StoredFile.name)).all())
    for name in names:
        assert (await rig.anonymous.ask("GET", f"/media/files/{name}")).status_code == 404
    rig.clock.advance(hours=2)
    await jobs.sweep(rig.world, {})
    assert stored(rig) == []
    assert await counted(rig.world, StoredFile) == 0


async def test_M20_an_upload_that_is_deleted_while_it_is_made_leaves_nothing(rig: Rig, ana: Client) -> None:
    reached, deleted = asyncio.Event(), asyncio.Event()

    class Halting(LocalStorage):
        async def put(self, place: str, source: Path, media_type: str) -> None:
            reached.set()
            await deleted.wait()
            await super().put(place, source, media_type)

    rig.world.part(MediaDesk).storage = Halting(rig.world.settings.media.dir / "files")
    uploading = asyncio.create_task(ana.ask("POST", "/api/v2/media", files={"file": samples.picture()}))
    async with asyncio.timeout(60):
        await reached.wait()
    attachment_id = await rig.world.db.read(lambda session: session.scalar(select(Attachment.id)))
    assert (await ana.ask("DELETE", f"/api/v1/media/{attachment_id}")).status_code == 200
    deleted.set()
    answer = await uploading
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["file"])
    rig.clock.advance(hours=2)
    await jobs.sweep(rig.world, {})
    assert stored(rig) == []
    assert await counted(rig.world, Attachment) == 0


async def test_M20_a_store_that_does_not_answer_is_asked_again(rig: Rig, ana: Client) -> None:
    await upload(ana, samples.picture())
    rig.clock.advance(hours=25)

    class Silent(LocalStorage):
        async def delete(self, place: str) -> None:
            raise Unavailable("Nobody is there.")

    desk = rig.world.part(MediaDesk)
    whole, desk.storage = desk.storage, Silent(rig.world.settings.media.dir / "files")
    with pytest.raises(Unavailable):
        await jobs.sweep(rig.world, {})
    assert await counted(rig.world, StoredFile) == 2
    desk.storage = whole
    await jobs.sweep(rig.world, {})
    assert (stored(rig), await counted(rig.world, StoredFile)) == ([], 0)


async def test_L30_what_is_missing_is_told_and_its_row_stays(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    await ana.publish("Look", media_ids=[made["id"]])
    stored(rig)[0].unlink()
    with capture_logs() as logs:
        await jobs.tidy(rig.world, {})
    assert [entry["missing"] for entry in logs if "missing" in entry] == [1]
    assert await counted(rig.world, StoredFile) == 2
