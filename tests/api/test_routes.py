"""The route table as a whole: what is open, what needs which scope, and how every address behaves."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from fediunion.api.endpoint import Endpoint
from fediunion.api.routes import ENDPOINTS, hot_apps
from fediunion.members.scopes import SCOPES
from tests.api.rig import Client, Rig

OPEN = {
    "GET /api/oembed",
    "GET /api/fediunion/pictures/:kind/missing.png",
    "GET /api/v1/custom_emojis",
    "GET /api/v1/instance",
    "GET /api/v1/instance/activity",
    "GET /api/v1/instance/extended_description",
    "GET /api/v1/instance/languages",
    "GET /api/v1/instance/privacy_policy",
    "GET /api/v1/instance/rules",
    "GET /api/v1/instance/terms_of_service",
    "GET /api/v1/instance/translation_languages",
    "GET /api/v1/instance/terms_of_service/:date",
    "GET /api/v1/streaming",
    "GET /api/v1/streaming/health",
    "GET /api/v1/timelines/link",
    "GET /api/v1/trends",
    "GET /api/v1/trends/links",
    "GET /api/v1/trends/statuses",
    "GET /api/v1/trends/tags",
    "GET /api/v2/instance",
    "POST /api/v1/accounts/:id/email_subscriptions",
    "POST /api/v1/apps",
}
OPEN_FOR_WHAT_IS_PUBLIC = {
    "GET /api/v1/accounts",
    "GET /api/v1/accounts/:account_id/collections",
    "GET /api/v1/accounts/:id",
    "GET /api/v1/accounts/:id/endorsements",
    "GET /api/v1/accounts/:id/featured_tags",
    "GET /api/v1/accounts/:id/followers",
    "GET /api/v1/accounts/:id/following",
    "GET /api/v1/accounts/:id/statuses",
    "GET /api/v1/accounts/lookup",
    "GET /api/v1/collections/:id",
    "GET /api/v1/directory",
    "GET /api/v1/polls/:id",
    "GET /api/v1/statuses",
    "GET /api/v1/statuses/:id",
    "GET /api/v1/statuses/:id/context",
    "GET /api/v1/statuses/:id/favourited_by",
    "GET /api/v1/statuses/:id/history",
    "GET /api/v1/statuses/:id/reblogged_by",
    "GET /api/v1/streaming/hashtag",
    "GET /api/v1/streaming/hashtag/local",
    "GET /api/v1/streaming/public",
    "GET /api/v1/streaming/public/local",
    "GET /api/v1/streaming/public/remote",
    "GET /api/v1/tags/:name",
    "GET /api/v1/timelines/public",
    "GET /api/v1/timelines/tag/:hashtag",
    "GET /api/v2/search",
}

DOCUMENTED_AS_READING = {"POST /api/v1/statuses/:id/translate", "DELETE /api/v1/suggestions/:account_id"}
"""A translation changes nothing; a suggestion that is put away is a matter of what is read."""


def named(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def filled(endpoint: Endpoint) -> str:
    parts = endpoint.path.split("/")
    return "/".join("1" if part.startswith(":") else part for part in parts)


def test_O07_what_is_open_without_a_token_is_this_list_and_no_more() -> None:
    assert {named(each) for each in ENDPOINTS if each.public and not each.scopes} == OPEN
    assert {named(each) for each in ENDPOINTS if each.public and each.scopes} == OPEN_FOR_WHAT_IS_PUBLIC


def test_O07_every_scope_that_an_endpoint_asks_for_exists() -> None:
    assert {scope for each in ENDPOINTS for scope in each.scopes} <= SCOPES


def test_no_endpoint_that_changes_something_is_satisfied_by_reading() -> None:
    readers = [
        named(e) for e in ENDPOINTS if e.method != "GET" and any(s.startswith("read") for s in e.scopes)
    ]
    assert set(readers) <= DOCUMENTED_AS_READING


def test_an_endpoint_without_a_scope_that_is_not_declared_public_cannot_be_made() -> None:
    async def handle(_call: object) -> None:
        return None

    with pytest.raises(ValueError, match="neither a scope"):
        Endpoint("GET", "/api/v1/secret", handle, ())


async def test_O07_every_other_endpoint_refuses_who_has_no_token(rig: Rig) -> None:
    for each in ENDPOINTS:
        if not each.public:
            answer = await rig.anonymous.ask(each.method, filled(each))
            assert answer.status_code == 401, named(each)
            assert list(answer.json()) == ["error"]


async def test_O07_every_endpoint_with_scopes_refuses_a_token_with_another(rig: Rig, ana: Client) -> None:
    for each in ENDPOINTS:
        other = "push" if "push" not in each.scopes else "crypto"
        narrow = await rig.token(ana, other) if each.scopes else None
        if narrow is not None:
            answer = await narrow.ask(each.method, filled(each))
            assert answer.status_code == 403, named(each)


async def test_an_unknown_address_is_404_in_json(rig: Rig, ana: Client) -> None:
    for client in (ana, rig.anonymous):
        for path in ("/api/v1/nothing", "/api/v9", "/api/", "/api/v1/statuses/1/nothing", "/api//v1"):
            answer = await client.ask("GET", path)
            assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"}), path


async def test_O17_a_method_that_an_address_does_not_take_is_405(rig: Rig) -> None:
    for method in ("DELETE", "TRACE", "PUT"):
        assert (await rig.anonymous.ask(method, "/api/v1/instance")).status_code == 405


async def test_an_address_answers_with_a_slash_at_its_end_too(rig: Rig, ana: Client) -> None:
    assert await rig.anonymous.get("/api/v1/instance/") == await rig.anonymous.get("/api/v1/instance")
    assert await ana.get("/api/v1/timelines/home/") == []


async def test_patch_means_put(ana: Client) -> None:
    made = await ana.post("/api/v1/lists", title="Before")
    changed = await ana.ask("PATCH", f"/api/v1/lists/{made['id']}", json={"title": "After"})
    assert changed.json()["title"] == "After"


async def test_head_is_get_without_a_body(rig: Rig) -> None:
    answer = await rig.anonymous.ask("HEAD", "/api/v1/instance")
    assert answer.status_code == 200
    assert answer.content == b""


async def test_answers_are_json_that_nobody_in_between_keeps(ana: Client) -> None:
    answer = await ana.ask("GET", "/api/v1/timelines/home")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_what_is_hot_answers_as_the_routes_do(rig: Rig, ana: Client) -> None:
    await ana.publish("Hello")
    app = hot_apps(rig.world)[("GET", "/api/v1/timelines/home")]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/timelines/home",
        "query_string": b"limit=5",
        "headers": [(b"authorization", f"Bearer {ana.bearer}".encode())],
    }
    await app(scope, receive, send)
    routed = await ana.ask("GET", "/api/v1/timelines/home", params={"limit": 5})
    assert sent[1]["body"] == routed.content
