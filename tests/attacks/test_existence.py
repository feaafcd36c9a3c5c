"""Rows I4 and V23: whoever asks about a hidden member learns what asking about nobody tells."""

import re
from typing import Any

import pytest

from tests.attacks.front import ACTIVITY_JSON, BASE, DOMAIN, SHARED, Front, statements
from tests.fakes.stranger import PUBLIC, StrangeActor

_PATHS = [
    "/actors/{}",
    "/actors/{}/outbox",
    "/actors/{}/outbox?page=true",
    "/actors/{}/followers",
    "/actors/{}/following",
    "/actors/{}/collections/featured",
    "/actors/{}/collections/tags",
    "/actors/{}/followers_synchronization",
    "/actors/{}/activities/abc",
    "/actors/{}/posts/abc",
    "/actors/{}/posts/abc/replies",
    "/actors/{}/quote_authorizations/abc",
    "/actors/{}/inbox",
    "/@{}",
    "/@{}/abc",
    "/.well-known/webfinger?resource=acct:{}@" + DOMAIN,
    "/.well-known/webfinger?resource=acct%3A{}%40US.EXAMPLE",
    f"/.well-known/webfinger?resource={BASE}/actors/{{}}",
    f"/.well-known/webfinger?resource={BASE}/@{{}}",
    "/api/v1/accounts/lookup?acct={}",
    "/api/v1/accounts/lookup?acct={}@" + DOMAIN,
    "/api/v2/search?type=accounts&resolve=true&q=@{}@" + DOMAIN,
    f"/api/v2/search?type=accounts&resolve=true&q={BASE}/actors/{{}}",
    f"/authorize_interaction?uri=acct:{{}}@{DOMAIN}",
]
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE")


@pytest.mark.parametrize("accept", [ACTIVITY_JSON, "text/html"])
@pytest.mark.parametrize("path", _PATHS)
async def test_I4_a_hidden_member_and_nobody_give_the_same_bytes_by_the_same_queries(
    front: Front, mallory: StrangeActor, path: str, accept: str
) -> None:
    assert (await front.ask("GET", "/actors/ana", by=mallory)).status == 200
    for by in (None, mallory):
        for hidden, nobody in (("hid", "nob"), ("Hid", "Nob")):
            with statements() as asked_of_hidden:
                about_hidden = await front.ask("GET", path.format(hidden), by=by, accept=accept)
            with statements() as asked_of_nobody:
                about_nobody = await front.ask("GET", path.format(nobody), by=by, accept=accept)
            assert about_hidden.status == about_nobody.status < 500
            names = re.compile(f"{hidden}|{nobody}".encode())
            assert names.sub(b"*", about_hidden.body) == names.sub(b"*", about_nobody.body)
            assert list(about_hidden.headers.items()) == list(about_nobody.headers.items())
            assert asked_of_hidden == asked_of_nobody


@pytest.mark.parametrize("method", _METHODS)
@pytest.mark.parametrize("path", ["/actors/{}", "/actors/{}/inbox", "/actors/{}/outbox", "/@{}"])
async def test_I4_no_method_tells_a_hidden_member_from_nobody(front: Front, path: str, method: str) -> None:
    about_hidden = await front.ask(method, path.format("hid"))
    about_nobody = await front.ask(method, path.format("nob"))
    assert about_hidden.status == about_nobody.status < 500
    assert about_hidden.body == about_nobody.body
    assert list(about_hidden.headers.items()) == list(about_nobody.headers.items())


async def test_I4_the_inbox_of_a_hidden_member_is_that_of_nobody(front: Front, mallory: StrangeActor) -> None:
    assert (await mallory.post(SHARED, mallory.activity("Like", "https://x.example/1"))).status == 202
    ways: list[dict[str, Any]] = [
        {},
        {"scheme": "rfc9421"},
        {"scheme": "none"},
        {"digest": ""},
        {"signature": "AAAA"},
    ]
    for options in ways:
        answers = []
        # The first of three makes what is remembered of the sender the same for the others.
        for name in ("nobody", "hid", "nob"):
            like = mallory.activity("Like", "https://x.example/1")
            with statements() as asked:
                answer = await mallory.post(f"{BASE}/actors/{name}/inbox", like, **options)
            answers.append((answer.status, answer.body, tuple(answer.headers.items()), tuple(asked)))
        assert answers[1] == answers[2]
        assert answers[1][0] == (401 if options.keys() - {"scheme"} or "none" in options.values() else 404)


@pytest.mark.parametrize("type", ["Follow", "Block", "Flag", "Like", "Delete", "Update", "Move", "Undo"])
async def test_I4_no_activity_about_a_hidden_member_is_answered(
    front: Front, mallory: StrangeActor, type: str
) -> None:
    """Nothing is sent back, and nothing is fetched, that would not be for nobody."""
    assert (await mallory.post(SHARED, mallory.activity("Like", "https://x.example/1"))).status == 202
    await front.settle()
    told = []
    for name in ("hid", "nob"):
        already = len(front.internet.requests)
        answer = await mallory.post(SHARED, mallory.activity(type, f"{BASE}/actors/{name}"))
        await front.settle()
        told.append((answer.status, [each.url for each in front.internet.requests[already:]]))
    assert told[0] == told[1]
    assert mallory.server.received == []


async def test_I4_a_mention_of_a_hidden_member_stays_without_an_echo(
    front: Front, mallory: StrangeActor
) -> None:
    for name in ("hid", "nob"):
        uri = f"{BASE}/actors/{name}"
        note = mallory.note(to=[PUBLIC, uri], tag=[{"type": "Mention", "href": uri, "name": f"@{name}"}])
        assert (await mallory.post(SHARED, mallory.create(note))).status == 202
    await front.settle()
    assert mallory.server.received == []
