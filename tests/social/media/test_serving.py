"""Files as answers: their type is ours, they can do nothing, a part of them can be asked for."""

import pytest

from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.test_uploads import upload


async def test_W20_a_file_can_do_nothing_in_a_browser(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    shown = await rig.anonymous.ask("GET", made["url"])
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-disposition"].startswith('inline; filename="')
    assert shown.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in shown.headers


@pytest.mark.parametrize(
    ("visibility", "caching"),
    [("public", "public"), ("unlisted", "public"), ("private", "private"), ("direct", "private")],
)
async def test_M13_only_files_of_open_posts_are_kept_by_others(
    rig: Rig, ana: Client, visibility: str, caching: str
) -> None:
    made = await upload(ana, samples.picture())
    await ana.publish("Look", visibility=visibility, media_ids=[made["id"]])
    shown = await rig.anonymous.ask("GET", made["url"])
    assert shown.headers["cache-control"].startswith(caching)


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=10-", 206, 10, None),
        ("bytes=-5", 206, -5, None),
        ("bytes=0-99999999", 206, 0, None),
        ("bytes=99999999-", 416, None, None),
        ("bytes=-0", 416, None, None),
        ("bytes=9-3", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=-" + str(1 << 70), 200, 0, None),
        ("bytes=" + ",".join(["0-"] * 900), 200, 0, None),
        ("bytes=0-4,2-8", 200, 0, None),
        ("lines=1-2", 200, 0, None),
    ],
)
async def test_M15_one_plain_part_can_be_asked_for_and_nothing_else(
    rig: Rig, ana: Client, asked: str, status: int, first: int | None, last: int | None
) -> None:
    made = await upload(ana, samples.picture())
    whole = (await rig.anonymous.ask("GET", made["url"])).content
    part = await rig.anonymous.ask("GET", made["url"], headers={"Range": asked})
    head = await rig.anonymous.ask("HEAD", made["url"], headers={"Range": asked})
    assert (part.status_code, head.status_code, head.content) == (status, status, b"")
    if status == 416:
        assert part.headers["content-range"] == f"bytes */{len(whole)}"
        return
    assert part.content == whole[first : None if last is None else last + 1]
    assert int(head.headers["content-length"]) == len(part.content)
    if status == 206:
        start = (first or 0) % len(whole)
        assert part.headers["content-range"] == f"bytes {start}-{start + len(part.content) - 1}/{len(whole)}"


async def test_who_has_a_file_already_is_not_sent_it_again(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    tag = (await rig.anonymous.ask("GET", made["url"])).headers["etag"]
    again = await rig.anonymous.ask("GET", made["url"], headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["x", "..%2f..%2ffediunion.db", "%00", "a" * 22 + ".png", "a" * 300, "x/../../fediunion.db"]
)
async def test_M12_nothing_but_names_of_rows_leads_to_a_file(rig: Rig, path: str) -> None:
    assert (await rig.anonymous.ask("GET", f"/media/files/{path}")).status_code == 404


async def test_M04_no_upload_is_ever_served_as_a_document(rig: Rig, ana: Client) -> None:
    document = (
        b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Person","id":"https://union.test/x"}'
    )
    refused = await ana.ask("POST", "/api/v2/media", files={"file": ("x.json", document)})
    assert refused.status_code == 422
    made = await upload(ana, samples.picture() + document)
    accept = {"Accept": "application/activity+json"}
    shown = await rig.anonymous.ask("GET", made["url"], headers=accept)
    assert shown.headers["content-type"] == "image/png"
    assert document not in shown.content


async def test_L30_a_file_that_is_missing_takes_nothing_else_away(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[made["id"]])
    for path in (rig.world.settings.media.dir / "files").rglob("*.png"):
        path.unlink()
    assert (await rig.anonymous.ask("GET", made["url"])).status_code == 404
    assert (await ana.get(f"/api/v1/statuses/{status['id']}"))["media_attachments"] == [made]


async def test_L30_without_a_store_an_upload_is_503_and_posts_are_served(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[made["id"]])
    files = rig.world.settings.media.dir / "files"
    files.rename(files.with_name("away"))
    files.write_text("this is no folder")
    refused = await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert (await ana.get(f"/api/v1/statuses/{status['id']}"))["media_attachments"] == [made]
