"""Bodies: every form that clients send, and those that are too much."""

from base64 import b64encode
from typing import Any

import orjson
import pytest

from fediunion.api.bodies import read_body
from fediunion.api.errors import BadRequest
from tests.api.rig import Client
from tests.calls import counted_calls


async def test_a_post_can_come_as_json_form_and_multipart(ana: Client) -> None:
    bodies: list[dict[str, Any]] = [
        {"json": {"status": "Hello 0", "visibility": "unlisted"}},
        {"data": {"status": "Hello 1", "visibility": "unlisted"}},
        {"files": {"status": (None, "Hello 2"), "visibility": (None, "unlisted")}},
        {"params": {"status": "Hello 3", "visibility": "unlisted"}},
    ]
    for number, body in enumerate(bodies):
        answer = await ana.ask("POST", "/api/v1/statuses", **body)
        assert answer.status_code == 200, answer.text
        assert f"Hello {number}" in answer.json()["content"]
        assert answer.json()["visibility"] == "unlisted"


async def test_O23_what_stands_in_the_body_counts_before_the_query(ana: Client) -> None:
    answer = await ana.ask("POST", "/api/v1/statuses", params={"status": "query"}, json={"status": "body"})
    assert "body" in answer.json()["content"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b'"text"'),
        ("application/json", b"\xff\xfe"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/x-www-form-urlencoded", b"a=1&" * 2000),
        ("application/x-www-form-urlencoded", b"status=\xff\xfe"),
    ],
)
async def test_O22_a_body_that_cannot_be_read_is_400_or_422(
    ana: Client, content_type: str, body: bytes
) -> None:
    answer = await ana.ask("POST", "/api/v1/statuses", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in (400, 422)
    assert "error" in answer.json()


async def test_O22_ten_thousand_parts_or_files_are_refused(ana: Client) -> None:
    fields = {f"f{number}": (None, "x") for number in range(1200)}
    assert (await ana.ask("POST", "/api/v1/statuses", files=fields)).status_code == 400
    files = [("file", (f"{number}.txt", b"x")) for number in range(20)]
    assert (await ana.ask("POST", "/api/v1/statuses", files=files)).status_code == 400


async def test_O22_json_of_many_small_parts_is_refused_unread() -> None:
    for piece in (b"{}", b"[]", b'""', rb'"\\u0000"'):
        body = b'{"a":[' + b",".join([piece] * (1_040_000 // (len(piece) + 1))) + b"]}"
        with counted_calls() as calls, pytest.raises(BadRequest):
            await read_json(body)
        assert "loads" not in calls
        assert "is_storable" not in calls


async def test_O22_texts_are_looked_through_only_where_one_could_be_none() -> None:
    ids = [str(number) for number in range(5000)]
    with counted_calls() as calls:
        assert await read_json(orjson.dumps({"id[]": ids})) == {"id": ids}
        assert "is_storable" not in calls
        assert await read_json(rb'{"status": "\\u0000 is NUL"}') == {"status": r"\u0000 is NUL"}
        assert calls["is_storable"] == 2


async def read_json(body: bytes) -> dict[str, Any]:
    """Return the parameters in a JSON body."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return await read_body(receive, b"application/json")


async def test_a_body_beyond_the_limit_is_413(ana: Client) -> None:
    answer = await ana.ask("POST", "/api/v1/statuses", json={"status": "x" * 3_000_000})
    assert answer.status_code == 413


async def test_O14_a_megabyte_of_text_is_422_with_the_field(ana: Client) -> None:
    answer = await ana.ask("POST", "/api/v1/statuses", json={"status": "x" * 1_000_000})
    assert answer.status_code == 422
    assert answer.json()["details"]["status"][0]["error"] == "ERR_TOO_LONG"
    assert (await ana.ask("POST", "/api/v1/lists", json={"title": "x" * 1_000_000})).status_code == 422


async def test_a_body_of_an_unknown_kind_holds_nothing(ana: Client) -> None:
    answer = await ana.ask(
        "POST", "/api/v1/statuses", content=b"<status>Hello</status>", headers={"Content-Type": "text/xml"}
    )
    assert answer.status_code == 422


async def test_a_get_may_have_its_parameters_in_a_body(ana: Client, ben: Client) -> None:
    asked = await ana.ask("GET", "/api/v1/accounts/relationships", json={"id": [ben.id]})
    assert [each["id"] for each in asked.json()] == [ben.id]


FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n%s\r\n%s\r\n--x--\r\n'
NO_CHARACTERS: dict[str, tuple[str, bytes]] = {
    "NUL in JSON": ("application/json", rb'{"status": "a\u0000b"}'),
    "NUL deep in JSON": ("application/json", rb'{"poll": {"options": ["a", ["\u0000"]]}}'),
    "NUL in a name of JSON": ("application/json", rb'{"poll": {"\u0000": 1}}'),
    "half a pair in JSON": ("application/json", rb'{"status": "a\ud800b"}'),
    "the other half": ("application/json", rb'{"status": "a\udc00"}'),
    "NUL in a form": (FORM, b"status=a%00b"),
    "NUL as it is": (FORM, b"status=a\x00b"),
    "NUL in a name": (FORM, b"poll[%00]=a"),
    "NUL in a part": ("multipart/form-data; boundary=x", PART % (b"status", b"", b"a\x00b")),
    "NUL in the name of a part": ("multipart/form-data; boundary=x", PART % (b"a\x00", b"", b"b")),
    "half a pair in a part": (
        "multipart/form-data; boundary=x; charset=raw_unicode_escape",
        PART % (b"status", b"", rb"a\ud800b"),
    ),
}


@pytest.mark.parametrize(("kind", "body"), NO_CHARACTERS.values(), ids=NO_CHARACTERS)
@pytest.mark.parametrize("path", ["/api/v1/statuses", "/api/v1/apps", "/oauth/token"], ids=str)
async def test_O15_what_is_no_character_is_refused_before_anything_is_done(
    ana: Client, path: str, kind: str, body: bytes
) -> None:
    answer = await ana.ask("POST", path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400, answer.text


async def test_O15_what_is_no_character_is_refused_in_forms_with_files(ana: Client) -> None:
    for name, value in ((b"description", b"a\x00b"), (b"desc\x00", b"a")):
        answer = await ana.ask(
            "POST",
            "/api/v2/media",
            content=PART % (name, b"", value),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code == 400, answer.text


async def test_O15_an_app_whose_name_is_no_text_is_unknown(ana: Client) -> None:
    named = b64encode(b"a%00b:secret").decode()
    answer = await ana.ask(
        "POST",
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {named}"},
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
