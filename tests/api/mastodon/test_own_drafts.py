"""Drafts through the client interface."""

from typing import Any

from tests.api.rig import Client, Rig
from tests.social.media import samples

PATH = "/api/fediunion/drafts"


async def test_a_draft_is_made_replaced_and_removed(ana: Client) -> None:
    made = await ana.post(PATH, status="*Soon*", content_type="text/markdown", audience="local")
    params = made["params"]
    assert (params["text"], params["content_type"]) == ("*Soon*", "text/markdown")
    assert (params["fediunion"], params["visibility"]) == ({"audience": "local"}, "private")
    assert (made["problem"], made["media_attachments"]) == (None, [])
    assert await ana.get(PATH) == [made]
    assert await ana.get(f"{PATH}/{made['id']}") == made
    changed = (await ana.ask("PUT", f"{PATH}/{made['id']}", json={"status": "Later"})).json()
    assert (changed["id"], changed["params"]["text"]) == (made["id"], "Later")
    assert changed["params"]["fediunion"] == {"audience": None}
    assert (await ana.ask("DELETE", f"{PATH}/{made['id']}")).json() == {}
    assert await ana.get(PATH) == []
    assert await ana.get(f"/api/v1/accounts/{ana.id}/statuses") == []


async def test_a_draft_need_not_be_a_post_yet(ana: Client) -> None:
    made = await ana.post(PATH, status="")
    assert (await ana.ask("POST", f"{PATH}/{made['id']}/publish")).status_code == 422
    assert await ana.get(PATH) == [made]


async def test_what_no_post_can_say_no_draft_can(ana: Client) -> None:
    for body in (
        {"status": "x" * 30_001},
        {"status": "x", "content_type": "text/html"},
        {"status": "x", "audience": "everybody"},
        {"status": "x", "media_ids": ["17"]},
    ):
        answer = await ana.ask("POST", PATH, json=body)
        assert (answer.status_code, len(answer.json()["details"])) == (422, 1), body
    assert await ana.get(PATH) == []


async def test_a_draft_is_published_once_with_its_files(ana: Client) -> None:
    files = {"files": {"file": samples.picture()}}
    file_id = (await ana.ask("POST", "/api/v2/media", **files)).json()["id"]
    made = await ana.post(PATH, status="**Now**", content_type="text/markdown", media_ids=[file_id])
    assert [each["id"] for each in made["media_attachments"]] == [file_id]
    path, headers = f"{PATH}/{made['id']}/publish", {"Idempotency-Key": "key"}
    first = (await ana.ask("POST", path, headers=headers)).json()
    assert first["content"] == "<p><strong>Now</strong></p>"
    assert [each["id"] for each in first["media_attachments"]] == [file_id]
    assert (await ana.ask("POST", path, headers=headers)).json()["id"] == first["id"]
    assert (await ana.ask("POST", path)).status_code == 404
    assert await ana.get(PATH) == []
    assert len(await ana.get(f"/api/v1/accounts/{ana.id}/statuses")) == 1


async def test_files_that_a_draft_no_longer_has_can_be_posted(ana: Client) -> None:
    files = {"files": {"file": samples.picture()}}
    file_id = (await ana.ask("POST", "/api/v2/media", **files)).json()["id"]
    made = await ana.post(PATH, status="x", media_ids=[file_id])
    same = {"status": "y", "media_ids": [file_id]}
    assert (await ana.ask("POST", "/api/v1/statuses", json=same)).status_code == 422
    assert (await ana.ask("PUT", f"{PATH}/{made['id']}", json=same)).status_code == 200
    assert (await ana.ask("PUT", f"{PATH}/{made['id']}", json={"status": "z"})).status_code == 200
    assert (await ana.ask("POST", "/api/v1/statuses", json=same)).status_code == 200


async def test_O12_a_draft_is_there_for_its_author_alone(rig: Rig, ana: Client, ben: Client) -> None:
    made = await ana.post(PATH, status="Mine")
    scheduled = await ana.publish("Mine", scheduled_at="2999-01-01T00:00:00Z")
    for client, number in ((ben, made["id"]), (ana, scheduled["id"])):
        path = f"{PATH}/{number}"
        for method, address in [
            *((each, path) for each in ("GET", "PUT", "DELETE")),
            ("POST", f"{path}/publish"),
        ]:
            request: dict[str, Any] = {} if method == "GET" else {"json": {"status": "x"}}
            assert (await client.ask(method, address, **request)).status_code == 404, method
    assert (await ana.ask("GET", f"/api/v1/scheduled_statuses/{made['id']}")).status_code == 404
    assert await ben.get(PATH) == []
    assert await ana.get(PATH) == [made]
    assert (await rig.anonymous.ask("GET", PATH)).status_code == 401
    narrow = await rig.token(ana, "read:statuses")
    assert (await narrow.ask("POST", PATH, json={"status": "x"})).status_code == 403
