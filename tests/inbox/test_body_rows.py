"""Rows P01 to P24 of docs/develop/attacks.md: signed bodies that are no activities, on both inboxes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from fediunion.inbox.models import InboxActivity
from tests.calls import counted_calls
from tests.databases import SqliteDatabases
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, Rig


@pytest.fixture
async def rig(files: SqliteDatabases, tmp_path: Path) -> AsyncIterator[Rig]:
    """A running instance; all here is decided before anything is stored."""
    started = await Rig.start(files.with_tables(), tmp_path)
    yield started
    await started.close()
    files.remove_all()


@pytest.mark.parametrize("body", [b"", b'"text"', b"7", b"[]", b"null", b"true"])
async def test_P01_what_is_no_object_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, body: bytes
) -> None:
    await rig.assert_rejected(await mallory.post(inbox, body), 400)


@pytest.mark.parametrize(
    "body",
    [b'{"id":', b'\xef\xbb\xbf{"id":"x"}', b'{"id":"\xff"}', '{"id":"x"}'.encode("utf-16")],
    ids=["truncated", "BOM", "invalid UTF-8", "UTF-16"],
)
async def test_P02_what_is_no_json_in_utf8_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, body: bytes
) -> None:
    await rig.assert_rejected(await mallory.post(inbox, body), 400)


@pytest.mark.parametrize("type_name", [None, ["Create"], {"a": 1}, "", 7, "x" * 300])
async def test_P03_a_malformed_type_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, type_name: Any
) -> None:
    activity = mallory.activity("Follow", ALICE) | {"type": type_name}
    await rig.assert_rejected(await mallory.post(inbox, activity), 400, "bad-type")


async def test_P04_a_body_over_the_limit_is_refused_before_anything_else(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    body = b'{"x":"' + b"a" * 1_048_576 + b'"}'
    answer = await mallory.post(inbox, body, more_headers=[("content-length", str(len(body)))])
    await rig.assert_rejected(answer, 413, "too-large")
    assert mallory.server.fetches() == []


async def test_P05_a_body_without_a_length_is_cut_at_the_limit(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    answer = await mallory.post(
        inbox, b'{"x":"' + b"a" * 1_048_576 + b'"}', more_headers=[("content-length", "10")]
    )
    await rig.assert_rejected(answer, 413, "too-large")
    assert answer.headers["connection"] == "close"
    assert mallory.server.fetches() == []


@pytest.mark.parametrize(
    "content_type",
    [
        *(None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        *("application/json", "text/html; application/activity+json"),
    ],
)
async def test_P06_another_media_type_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, content_type: str | None
) -> None:
    answer = await mallory.post(inbox, mallory.create(mallory.note()), content_type=content_type)
    await rig.assert_rejected(answer, 415, "media-type")


@pytest.mark.parametrize(
    "content_type",
    [
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "application/activity+json; charset=utf-8",
        "Application/Activity+JSON",
    ],
)
async def test_P06_every_spelling_of_the_media_type_is_taken(
    rig: Rig, mallory: StrangeActor, inbox: str, content_type: str
) -> None:
    answer = await mallory.post(inbox, mallory.create(mallory.note()), content_type=content_type)
    assert answer.status == 202


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
async def test_P07_deep_nesting_is_refused_and_never_walked(
    rig: Rig, mallory: StrangeActor, inbox: str, opening: bytes
) -> None:
    with counted_calls() as calls:
        answer = await mallory.post(inbox, opening * 100_000)
    await rig.assert_rejected(answer, 400)
    assert calls["parse_json"] > 0
    # Not one call for each of the hundred thousand levels.
    assert calls.total() < 50_000


@pytest.mark.parametrize("number", [b"1" * 5000, b"1e400", b"NaN", b"Infinity"])
async def test_P09_numbers_beyond_reason_are_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, number: bytes
) -> None:
    body = orjson.dumps(mallory.activity("Follow", ALICE, x="@")).replace(b'"@"', number)
    await rig.assert_rejected(await mallory.post(inbox, body), 400)


@pytest.mark.parametrize("key", ["actor", "object", "to", "id"])
async def test_P10_a_key_twice_is_refused(rig: Rig, mallory: StrangeActor, inbox: str, key: str) -> None:
    body = orjson.dumps(mallory.activity("Follow", ALICE, to=[]))
    doubled = body[:-1] + b',"%b":"https://victim.example/x"}' % key.encode()
    await rig.assert_rejected(await mallory.post(inbox, doubled), 400)


async def test_P12_a_nul_in_a_text_is_refused_on_every_engine(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    activity = mallory.create(mallory.note("a\u0000b"))
    await rig.assert_rejected(await mallory.post(inbox, activity), 400)


@pytest.mark.parametrize(
    "uri",
    [
        *(None, "", "/relative", "javascript:alert(1)", "data:text/plain,x", "https://evil.example/a b"),
        *(
            "https://evil.example/a\r\nb",
            "https://evil.example/" + "x" * 10_000,
            7,
            ["https://evil.example/a"],
        ),
    ],
)
async def test_P13_an_id_that_is_no_address_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, uri: Any
) -> None:
    activity = mallory.activity("Follow", ALICE) | {"id": uri}
    await rig.assert_rejected(await mallory.post(inbox, activity), 400, "bad-id")


async def test_P13_a_fragment_is_for_ids_of_activities_only(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    fine = mallory.activity("Follow", ALICE, id=f"{mallory.uri}#follows/1")
    assert (await mallory.post(inbox, fine)).status == 202
    for activity in (
        mallory.create(mallory.note(id=f"{mallory.uri}#notes/1"), id=f"{mallory.uri}#x"),
        mallory.activity("Follow", ALICE, actor=f"{mallory.uri}#me"),
    ):
        assert (await mallory.post(inbox, activity)).status == 400
    assert await rig.count(InboxActivity) == 1


@pytest.mark.parametrize("value", [None, 7, True, [7], "no address"])
async def test_P14_an_object_that_is_none_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, value: Any
) -> None:
    activity = mallory.activity("Like", value)
    await rig.assert_rejected(await mallory.post(inbox, activity), 400)


async def test_P14_an_activity_is_not_done_to_itself(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    activity = mallory.activity("Like", "@")
    activity["object"] = activity["id"]
    await rig.assert_rejected(await mallory.post(inbox, activity), 400, "bad-object")


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "gzip, gzip"])
async def test_P22_a_compressed_body_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, encoding: str
) -> None:
    answer = await mallory.post(inbox, b"{}", more_headers=[("content-encoding", encoding)])
    await rig.assert_rejected(answer, 415, "content-encoding")
