"""The whole application: what goes where, and what every answer has in common."""

import pytest

from fediunion.app.application import create_app
from fediunion.world import World
from tests.app.asking import ask

SIGNED = [("Content-Type", "application/activity+json"), ("Signature", "x")]


@pytest.mark.parametrize("path", ["/inbox", "/actors/union/inbox"])
async def test_both_inboxes_answer_and_say_why_they_refuse(world: World, path: str) -> None:
    answered = await ask(create_app(world), path, method="POST", parts=[b"{}"])
    assert answered.status == 415
    assert list(answered.json) == ["error"]
    malformed = await ask(create_app(world), path, method="POST", headers=SIGNED, parts=[b"{}"])
    assert malformed.status in (400, 401)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/static/sprite.svg", 200),
        ("GET", "/static/no-such-file.css", 404),
        ("GET", "/static/../render.py", 404),
        ("GET", "/no-such-thing", 404),
        ("POST", "/", 405),
        ("TRACE", "/", 405),
        ("GET", "/actors/nobody", 404),
        ("GET", "/actors/nobody/outbox", 404),
        ("GET", "/.well-known/webfinger", 400),
        ("GET", "/.well-known/nodeinfo", 200),
        ("GET", "/nodeinfo/2.1", 200),
    ],
)
async def test_W20_every_route_answers_with_its_code_and_the_security_headers(
    world: World, method: str, path: str, status: int
) -> None:
    answered = await ask(create_app(world), path, method=method)
    assert answered.status == status
    assert answered.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answered.headers["content-security-policy"]
    others_may = path.startswith(("/.well-known/", "/nodeinfo/"))
    expected = "cross-origin" if others_may else "same-origin"
    assert answered.headers["cross-origin-resource-policy"] == expected
    assert "server" not in answered.headers


async def test_W20_also_what_the_gate_turns_away_has_them(world: World) -> None:
    answered = await ask(create_app(world), "/", host="evil.example")
    assert answered.status == 421
    assert answered.headers["x-frame-options"] == "DENY"


async def test_W05_an_unknown_method_on_a_hot_path_changes_nothing(world: World) -> None:
    for path in ("/actors/union", "/.well-known/webfinger"):
        assert (await ask(create_app(world), path, method="DELETE")).status in (404, 405)
