"""From an upload to a picture in a post, through the doors that apps use."""

import asyncio
import io
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import func, select

from fediunion.kit.errors import Invalid, Unavailable
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.models import Attachment, StoredFile
from fediunion.world import World
from tests.api.rig import Client, Rig
from tests.social.media import samples


async def upload(client: Client, content: bytes, path: str = "/api/v2/media", **fields: str) -> Any:
    """Return the entity of an upload that was taken."""
    answer = await client.ask("POST", path, files={"file": ("picture.png", content)}, data=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def polled(client: Client, address: str) -> httpx.Response:
    """Return the answer about an upload once it is another than 206, as apps ask for it."""
    async with asyncio.timeout(120):
        while True:
            answer = await client.ask("GET", address)
            if answer.status_code != 206:
                return answer
            await asyncio.sleep(0.01)


async def counted(world: World, table: type[Any]) -> int:
    return await world.db.read(lambda session: session.scalar(select(func.count()).select_from(table)) or 0)


class SlowDesk(MediaDesk):
    """Works only once the test says so."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.short_while = 0.0
        self.may_work = asyncio.Event()
        self.fault: Exception | None = None

    async def make(self, source: Any, folder: Any, use: str) -> dict[str, Any]:
        await self.may_work.wait()
        if self.fault is not None:
            raise self.fault
        return await super().make(source, folder, use)


def slow_desk(rig: Rig) -> SlowDesk:
    desk = SlowDesk(rig.world)
    rig.world.parts[MediaDesk] = desk
    return desk


@pytest.mark.parametrize("path", ["/api/v1/media", "/api/v2/media"])
async def test_a_picture_is_uploaded_described_and_posted(rig: Rig, ana: Client, path: str) -> None:
    made = await upload(ana, samples.picture(), path, description="A slope", focus="0.5,-0.25")
    assert (made["type"], made["description"]) == ("image", "A slope")
    assert made["meta"]["original"] == {"width": 64, "height": 48, "size": "64x48", "aspect": 64 / 48}
    assert made["meta"]["small"]["size"] == "64x48"
    assert made["meta"]["focus"] == {"x": 0.5, "y": -0.25}
    assert len(made["blurhash"]) == 28
    assert made["remote_url"] is None
    status = await ana.publish("Look", media_ids=[made["id"]])
    assert status["media_attachments"] == [made]
    for address in (made["url"], made["preview_url"]):
        shown = await rig.anonymous.ask("GET", address)
        assert shown.status_code == 200
        assert Image.open(io.BytesIO(shown.content)).size == (64, 48)


async def test_a_post_can_consist_of_a_picture_alone_in_a_form(ana: Client) -> None:
    made = await upload(ana, samples.picture())
    answer = await ana.ask("POST", "/api/v1/statuses", data={"media_ids[]": made["id"]})
    assert answer.json()["media_attachments"][0]["id"] == made["id"]


async def test_what_takes_long_is_answered_202_then_206_then_200(rig: Rig, ana: Client) -> None:
    desk = slow_desk(rig)
    begun = await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})
    assert (begun.status_code, begun.json()["url"]) == (202, None)
    address = f"/api/v1/media/{begun.json()['id']}"
    waiting = await ana.ask("GET", address)
    assert (waiting.status_code, waiting.json()["url"]) == (206, None)
    posted = await ana.ask("POST", "/api/v1/statuses", json={"media_ids": [begun.json()["id"]]})
    assert posted.status_code == 422
    desk.may_work.set()
    answer = await polled(ana, address)
    assert answer.status_code == 200
    assert answer.json()["url"].startswith("https://union.test/media/files/")


@pytest.mark.parametrize("fault", [Invalid("No picture.", field="file"), Unavailable("Full.")])
async def test_what_fails_later_is_told_as_422_and_stays_no_upload(
    rig: Rig, ana: Client, fault: Exception
) -> None:
    desk = slow_desk(rig)
    desk.fault = fault
    begun = await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})
    desk.may_work.set()
    address = f"/api/v1/media/{begun.json()['id']}"
    answer = await polled(ana, address)
    assert answer.status_code == 422
    assert await counted(rig.world, StoredFile) == 0


async def test_an_upload_whose_process_was_lost_is_told_as_422(rig: Rig, ana: Client) -> None:
    slow_desk(rig)
    begun = await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})
    rig.clock.advance(minutes=16)
    assert (await ana.ask("GET", f"/api/v1/media/{begun.json()['id']}")).status_code == 422


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_description_focus_and_thumbnail_can_be_changed_until_it_is_posted(
    rig: Rig, ana: Client, version: str
) -> None:
    made = await upload(ana, samples.picture())
    address = f"/api/{version}/media/{made['id']}"
    changed = (await ana.ask("PUT", address, json={"description": "Better", "focus": "-1,1"})).json()
    assert changed["description"] == "Better"
    assert changed["meta"]["focus"] == {"x": -1.0, "y": 1.0}
    other = await ana.ask("PUT", address, files={"thumbnail": samples.picture("JPEG", (30, 20))})
    assert other.json()["preview_url"] != made["preview_url"]
    assert other.json()["meta"]["small"]["size"] == "30x20"
    assert (await rig.anonymous.ask("GET", made["preview_url"])).status_code == 404
    await ana.publish("Look", media_ids=[made["id"]])
    assert (await ana.ask("PUT", address, json={"description": "Late"})).status_code == 404


async def test_M14_somebody_elses_upload_is_not_there(ana: Client, ben: Client) -> None:
    made = await upload(ana, samples.picture())
    address = f"/api/v1/media/{made['id']}"
    for method in ("GET", "PUT", "DELETE"):
        answer = await ben.ask(method, address, **({} if method == "GET" else {"json": {"description": "x"}}))
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    stolen = await ben.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [made["id"]]})
    assert stolen.status_code == 422
    theirs = await ben.publish("Mine")
    edit = {"status": "x", "media_ids": [made["id"]]}
    assert (await ben.ask("PUT", f"/api/v1/statuses/{theirs['id']}", json=edit)).status_code == 422
    words = {"status": "x", "media_attributes": [{"id": made["id"], "description": "x"}]}
    assert (await ben.ask("PUT", f"/api/v1/statuses/{theirs['id']}", json=words)).status_code == 422


async def test_M14_a_file_is_in_one_post_only_and_a_deleted_one_in_none(ana: Client) -> None:
    made = await upload(ana, samples.picture())
    await ana.publish("Once", media_ids=[made["id"]])
    twice = await ana.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [made["id"]]})
    assert twice.status_code == 422
    assert (await ana.ask("DELETE", f"/api/v1/media/{made['id']}")).status_code == 422
    other = await upload(ana, samples.picture())
    assert (await ana.ask("DELETE", f"/api/v1/media/{other['id']}")).status_code == 200
    again = await ana.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": [other["id"]]})
    assert again.status_code == 422


async def test_M16_a_member_can_delete_an_upload_at_once(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    assert (await rig.anonymous.ask("GET", made["url"])).status_code == 200
    await ana.ask("DELETE", f"/api/v1/media/{made['id']}")
    assert (await rig.anonymous.ask("GET", made["url"])).status_code == 404
    assert (await rig.anonymous.ask("GET", made["preview_url"])).status_code == 404


async def test_M16_too_large_a_file_is_413_and_too_many_in_an_hour_429(rig: Rig, ana: Client) -> None:
    media = rig.world.settings.media
    large = bytes(max(media.image_max_bytes, media.video_max_bytes) + 100_000)
    answer = await ana.ask("POST", "/api/v2/media", files={"file": large})
    assert answer.status_code == 413
    assert list((media.dir / "incoming").glob("*")) == []
    object.__setattr__(media, "uploads_per_hour", 1)
    made = await upload(ana, samples.picture())
    await ana.ask("DELETE", f"/api/v1/media/{made['id']}")
    refused = await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    rig.clock.advance(hours=1)
    await upload(ana, samples.picture())


async def test_M21_too_long_an_alt_text_is_422(ana: Client) -> None:
    for words in ("x" * 1501, "x" * 1_000_000):
        files = {"file": samples.picture(), "description": (None, words)}
        answer = await ana.ask("POST", "/api/v2/media", files=files)
        assert answer.status_code == 422
        assert "description" in answer.json()["details"]


@pytest.mark.parametrize("focus", ["nan,0", "1e9,0", "1", "a,b", "0,0,0", "inf,-inf", ""])
async def test_M18_a_focal_point_that_is_none_is_ignored(ana: Client, focus: str) -> None:
    made = await upload(ana, samples.picture(), focus=focus)
    assert "focus" not in made["meta"]


async def test_without_a_file_or_with_a_text_in_its_place_it_is_422(ana: Client) -> None:
    bodies: list[dict[str, Any]] = [
        {"json": {}},
        {"json": {"file": "x"}},
        {"files": {"other": b"x"}},
        {"files": {"file": b""}},
    ]
    for body in bodies:
        answer = await ana.ask("POST", "/api/v2/media", **body)
        assert answer.status_code == 422, answer.text


async def test_more_files_than_a_post_can_have_are_422(ana: Client) -> None:
    ids = [(await upload(ana, samples.picture()))["id"] for _ in range(5)]
    answer = await ana.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": ids})
    assert answer.status_code == 422
    assert len((await ana.publish("x", media_ids=ids[:4]))["media_attachments"]) == 4


async def test_an_edit_changes_files_and_what_is_said_about_them(rig: Rig, ana: Client) -> None:
    first, second = [await upload(ana, samples.picture(), description=name) for name in ("one", "two")]
    status = await ana.publish("Look", media_ids=[first["id"]])
    address = f"/api/v1/statuses/{status['id']}"
    words = [{"id": first["id"], "description": "uno", "focus": "0,1"}]
    edited = await ana.ask("PUT", address, json={"status": "Look", "media_attributes": words})
    shown = edited.json()["media_attachments"][0]
    assert (shown["description"], shown["meta"]["focus"]) == ("uno", {"x": 0.0, "y": 1.0})
    edited = await ana.ask("PUT", address, json={"status": "", "media_ids": [second["id"]]})
    assert [each["id"] for each in edited.json()["media_attachments"]] == [second["id"]]
    assert (await rig.anonymous.ask("GET", first["url"])).status_code == 404
    history = await ana.get(f"{address}/history")
    shown_files = [[file["description"] for file in each["media_attachments"]] for each in history]
    assert shown_files == [[], [], ["two"]], "a file that is gone has no address to show it by"
    empty = await ana.ask("PUT", address, json={"status": "", "media_ids": []})
    assert empty.status_code == 422


async def test_M13_addresses_of_a_deleted_post_lead_nowhere_and_its_files_can_be_posted_again(
    rig: Rig, ana: Client
) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", visibility="private", media_ids=[made["id"]])
    deleted = (await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")).json()
    for method in ("GET", "HEAD"):
        for address in (made["url"], made["preview_url"]):
            for headers in ({}, {"Range": "bytes=0-10"}):
                answer = await rig.anonymous.ask(method, address, headers=headers)
                assert answer.status_code == 404
    fresh = deleted["media_attachments"][0]
    assert (await ana.ask("GET", fresh["url"])).status_code == 200
    again = await ana.publish("Again", media_ids=[made["id"]])
    assert again["media_attachments"][0]["url"] == fresh["url"]


async def test_M13_with_delete_media_nothing_of_a_post_stays(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[made["id"]])
    gone = await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}?delete_media=true")
    fresh = gone.json()["media_attachments"][0]
    assert (await rig.anonymous.ask("GET", fresh["url"])).status_code == 404
    assert (await ana.ask("GET", f"/api/v1/media/{made['id']}")).status_code == 404
    assert await counted(rig.world, Attachment) == 0


async def test_M13_names_cannot_be_guessed_and_say_nothing(ana: Client) -> None:
    made = [await upload(ana, samples.picture()) for _ in range(3)]
    names = {each[key].rpartition("/")[2] for each in made for key in ("url", "preview_url")}
    assert len(names) == 6
    assert all(len(name.partition(".")[0]) == 22 for name in names)


async def test_V35_what_is_not_posted_yet_is_shown_to_its_owner_only(ana: Client, ben: Client) -> None:
    made = await upload(ana, samples.picture())
    assert (await ben.ask("GET", f"/api/v1/media/{made['id']}")).status_code == 404
    shown = await ana.ask("GET", made["url"])
    assert shown.headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    "name", ["../../x.png", "..%2f..%2fx", "a\x00b.png", "/etc/passwd", "\\\\h\\s", "x" * 300, "CON", ".x"]
)
async def test_M12_what_the_sender_calls_a_file_is_not_looked_at(rig: Rig, ana: Client, name: str) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\n\r\n'
        + samples.picture()
        + b"\r\n--b--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await ana.ask("POST", "/api/v2/media", content=body, headers=kind)
    assert answer.status_code == 200
    media = rig.world.settings.media.dir
    assert {path.relative_to(media).parts[0] for path in media.rglob("*")} == {"incoming", "files"}
    assert list((media / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nabc',
        b'--b\r\nContent-Disposition: form-data; name="f' + b"x" * 20_000 + b'"\r\n\r\n1\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 1100 + b"--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n1\r\n' * 6 + b"--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n--b--\r\n',
    ],
)
async def test_O22_a_form_with_files_that_cannot_be_read_is_400_and_leaves_nothing(
    rig: Rig, ana: Client, body: bytes
) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer: httpx.Response = await ana.ask("POST", "/api/v2/media", content=body, headers=kind)
    assert answer.status_code == 400
    assert list((rig.world.settings.media.dir / "incoming").glob("*")) == []


async def test_a_token_without_the_scope_cannot_upload(rig: Rig, ana: Client) -> None:
    narrow = await rig.token(ana, "read write:statuses")
    answer = await narrow.ask("POST", "/api/v2/media", files={"file": samples.picture()})
    assert answer.status_code == 403
    assert (await rig.anonymous.ask("POST", "/api/v2/media", files={"file": b"x"})).status_code == 401


async def test_what_is_taken_is_told_truthfully(ana: Client) -> None:
    for version in ("v1", "v2"):
        told = (await ana.get(f"/api/{version}/instance"))["configuration"]
        limits = told["media_attachments"]
        assert {"image/jpeg", "image/avif", "image/gif", "video/mp4"} <= set(limits["supported_mime_types"])
        assert "image/svg+xml" not in limits["supported_mime_types"]
        assert (limits["description_limit"], limits["image_matrix_limit"]) == (1500, 33_177_600)
        assert told["statuses"]["max_media_attachments"] == 4
