"""Files of other servers: shown from here, fetched once, and nothing that no row names."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.actors.domains import remove_domain_rule, set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.actors.queries import get_actor
from fediunion.db import now_of
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.media.models import Attachment
from fediunion.social.media.remote import RemoteMedia
from tests.api.rig import Client, Rig
from tests.fakes.internet import FakeSite
from tests.social.media import samples
from tests.social.media.stranger import Stranger, stranger_at


@pytest.fixture
async def zoe(rig: Rig) -> Stranger:
    """Somebody on `far.test` with pictures, and a post with one."""
    return await stranger_at(rig)


async def shown(rig: Rig, zoe: Stranger) -> Any:
    return await rig.anonymous.get(f"/api/v1/statuses/{zoe.post_id}")


def foreign(value: object) -> list[str]:
    """Return the addresses of another server that an app would load."""
    loaded = {"avatar", "avatar_static", "header", "header_static", "preview_url", "static_url", "image"}
    found: list[str] = []
    if isinstance(value, dict):
        media = "preview_url" in value or "static_url" in value
        for key, inner in value.items():
            if isinstance(inner, str) and (key in loaded or (media and key == "url")):
                found += [] if inner.startswith("https://union.test/") else [inner]
            found += foreign(inner)
    elif isinstance(value, list):
        for inner in value:
            found += foreign(inner)
    return found


async def test_no_entity_has_an_app_load_something_from_elsewhere(
    rig: Rig, ana: Client, zoe: Stranger
) -> None:
    status = await shown(rig, zoe)
    assert status["media_attachments"][0]["remote_url"] == "https://far.test/picture.png"
    assert status["emojis"]
    assert status["account"]["emojis"]
    account = await ana.get(f"/api/v1/accounts/{zoe.actor_id}")
    history = await ana.get(f"/api/v1/statuses/{zoe.post_id}/history")
    assert foreign([status, account, history]) == []


async def test_a_picture_is_fetched_once_without_saying_who_looks(rig: Rig, zoe: Stranger) -> None:
    attachment = (await shown(rig, zoe))["media_attachments"][0]
    for address in (attachment["url"], attachment["preview_url"], attachment["url"]):
        answer = await rig.anonymous.ask("GET", address, headers={"X-Mine": "1", "Cookie": "a=b"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert samples.SECRET.encode() not in answer.content
    requests = rig.internet.requests_to("far.test")
    assert [request.url for request in requests] == ["https://far.test/picture.png"]
    assert {"x-mine", "cookie", "authorization", "referer"}.isdisjoint(
        {n.lower() for n in requests[0].headers}
    )


async def test_R19_many_who_look_at_once_cause_one_fetch(rig: Rig, zoe: Stranger) -> None:
    address = (await shown(rig, zoe))["media_attachments"][0]["url"]
    answers = await asyncio.gather(*(rig.anonymous.ask("GET", address) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(rig.internet.requests_to("far.test")) == 1


async def test_avatar_header_and_emoji_are_copies_of_their_size(rig: Rig, zoe: Stranger) -> None:
    status = await shown(rig, zoe)
    account = status["account"]
    sizes = {}
    for name, address in (
        ("avatar", account["avatar"]),
        ("header", account["header"]),
        ("emoji", status["emojis"][0]["url"]),
        ("still", status["emojis"][0]["static_url"]),
    ):
        answer = await rig.anonymous.ask("GET", address)
        assert answer.status_code == 200, name
        with Image.open(io.BytesIO(answer.content)) as image:
            sizes[name] = (image.size, getattr(image, "n_frames", 1))
    assert sizes["avatar"] == ((400, 400), 1)
    assert sizes["header"] == ((1500, 500), 1)
    assert sizes["emoji"][1] > 1
    assert sizes["still"][1] == 1


async def test_M17_only_addresses_that_we_sealed_are_fetched(rig: Rig, zoe: Stranger) -> None:
    status = await shown(rig, zoe)
    attachment, emoji = status["media_attachments"][0]["url"], status["emojis"][0]["url"]
    before, _, seal = attachment.rpartition("/")
    packed = MediaAddresses("https://union.test", "another secret").emoji("https://victim.test/x.png")
    addresses = [
        f"{before}/{'A' * 22}",
        f"{before}/{seal[:-1]}",
        f"{before}/{seal}x",
        attachment.replace("/attachment/", "/avatar/"),
        attachment.replace("/attachment/", "/preview/"),
        attachment.replace(f"/{attachment.split('/')[-2]}/", "/1/"),
        emoji.replace("/emoji/", "/still/"),
        packed,
        f"https://union.test/media/remote/emoji/aHR0cHM6Ly92aWN0aW0udGVzdC8/{seal}",
        f"https://union.test/media/remote/emoji/%ff%fe/{seal}",
        f"https://union.test/media/remote/nothing/1/{seal}",
        f"https://union.test/media/remote/attachment/99999999999999999999999/{seal}",
        f"https://union.test/media/remote/attachment/-1/{seal}",
        f"https://union.test/media/cards/1/{seal}",
    ]
    for address in addresses:
        assert (await rig.anonymous.ask("GET", address)).status_code == 404, address
    assert rig.internet.requests == []


async def test_M17_what_no_row_names_any_more_is_not_shown(rig: Rig, zoe: Stranger) -> None:
    address = (await shown(rig, zoe))["media_attachments"][0]["url"]
    assert (await rig.anonymous.ask("GET", address)).status_code == 200
    await zoe.delete_post()
    assert (await rig.anonymous.ask("GET", address)).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!doctype html><script>alert(1)</script>", "image/png"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b'{"type":"Person"}', "image/png"),
        (b"", "image/png"),
        (samples.png_of_size(50_000, 50_000), "image/png"),
    ],
)
async def test_M05_what_is_no_picture_is_not_shown_and_not_asked_for_again(
    rig: Rig, zoe: Stranger, content: bytes, kind: str
) -> None:
    zoe.site.serve("/picture.png", content, content_type=kind)
    address = (await shown(rig, zoe))["media_attachments"][0]["url"]
    for _ in range(3):
        assert (await rig.anonymous.ask("GET", address)).status_code == 404
    assert len(rig.internet.requests_to("far.test")) == 1


async def test_M05_the_type_is_ours_whatever_the_other_server_says(rig: Rig, zoe: Stranger) -> None:
    zoe.site.serve("/picture.png", samples.picture(), content_type="text/html")
    address = (await shown(rig, zoe))["media_attachments"][0]["url"]
    answer = await rig.anonymous.ask("GET", address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    zoe.site.serve("/picture.png", b"<script>", content_type="text/html")
    assert (await rig.anonymous.ask("GET", address)).content == answer.content


async def test_a_server_that_does_not_answer_is_asked_again_later(rig: Rig, zoe: Stranger) -> None:
    rig.internet.fail("far.test", 503)
    address = (await shown(rig, zoe))["media_attachments"][0]["url"]
    assert (await rig.anonymous.ask("GET", address)).status_code == 404
    rig.internet.mend("far.test")
    assert (await rig.anonymous.ask("GET", address)).status_code == 404
    rig.clock.advance(minutes=11)
    assert (await rig.anonymous.ask("GET", address)).status_code == 200


async def test_R17_a_large_file_is_written_to_disk_as_it_comes(rig: Rig, zoe: Stranger) -> None:
    most = rig.world.settings.media.remote_max_bytes
    zoe.site.serve("/picture.png", bytes(most + 1), content_type="video/mp4")
    address = (await shown(rig, zoe))["media_attachments"][0]["url"]
    assert (await rig.anonymous.ask("GET", address)).status_code == 404
    media = rig.world.settings.media.dir
    assert [path for path in media.rglob("*") if path.is_file()] == []


async def test_a_film_can_be_asked_for_in_parts(rig: Rig, zoe: Stranger, tmp_path: Path) -> None:
    zoe.site.serve("/picture.png", samples.film(tmp_path), content_type="video/mp4")
    address = (await shown(rig, zoe))["media_attachments"][0]["url"]
    part = await rig.anonymous.ask("GET", address, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"ftyp", "video/mp4")


async def test_R09_local_files_are_never_taken_for_copies(rig: Rig, ana: Client, zoe: Stranger) -> None:
    made = await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})
    await rig.anonymous.ask("GET", (await shown(rig, zoe))["media_attachments"][0]["url"])
    await rig.world.part(RemoteMedia).cache.shrink(unused_since=1e12)
    assert not [path for path in (rig.world.settings.media.dir / "remote").rglob("*") if path.is_file()]
    assert (await ana.ask("GET", made.json()["url"])).status_code == 200


@pytest.mark.parametrize("host", ["far.test", "test"])
async def test_M13_files_of_a_server_that_is_blocked_are_not_shown_any_more(
    rig: Rig, zoe: Stranger, host: str
) -> None:
    status = await shown(rig, zoe)
    attachment = status["media_attachments"][0]
    addresses = [attachment["url"], attachment["preview_url"], status["account"]["avatar"]]
    for address in addresses[:2]:
        assert (await rig.anonymous.ask("GET", address)).status_code == 200
    await rig.world.db.write(set_domain_rule, host, DomainAction.BLOCK)
    for address in addresses:
        assert (await rig.anonymous.ask("GET", address)).status_code == 404, address
    asked = len(rig.internet.requests)
    await rig.world.db.write(remove_domain_rule, host)
    assert (await rig.anonymous.ask("GET", addresses[0])).status_code == 200
    assert len(rig.internet.requests) == asked


@pytest.fixture
async def kept_elsewhere(rig: Rig, zoe: Stranger) -> list[str]:
    """The addresses of the stranger's avatar and attachment, which another server than hers keeps."""

    def elsewhere(session: Session) -> None:
        get_actor(session, zoe.actor_id).icon_url = "https://cdn.test/avatar.png"
        session.execute(update(Attachment).values(remote_url="https://cdn.test/picture.png"))

    cdn = FakeSite()
    rig.internet.join("cdn.test", cdn)
    cdn.serve("/avatar.png", samples.picture(), content_type="image/png")
    cdn.serve("/picture.png", samples.picture(), content_type="image/png")
    await rig.world.db.write(elsewhere)
    status = await shown(rig, zoe)
    [attachment] = status["media_attachments"]
    addresses = [status["account"]["avatar"], attachment["url"], attachment["preview_url"]]
    for address in addresses:
        assert (await rig.anonymous.ask("GET", address)).status_code == 200
    return addresses


async def test_M13_files_kept_elsewhere_go_with_the_server_of_their_owner(
    rig: Rig, kept_elsewhere: list[str]
) -> None:
    await rig.world.db.write(set_domain_rule, "far.test", DomainAction.BLOCK)
    for address in kept_elsewhere:
        assert (await rig.anonymous.ask("GET", address)).status_code == 404, address


async def test_M13_files_of_somebody_who_is_suspended_are_not_shown_any_more(
    rig: Rig, zoe: Stranger, kept_elsewhere: list[str]
) -> None:
    def suspend(session: Session) -> None:
        get_actor(session, zoe.actor_id).suspended_at = now_of(session)

    await rig.world.db.write(suspend)
    for address in kept_elsewhere:
        assert (await rig.anonymous.ask("GET", address)).status_code == 404, address
