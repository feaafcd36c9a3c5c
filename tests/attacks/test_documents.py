"""Rows P24, F37, F38, H17 and H23: what documents and addresses carry that is meant to be more than text."""

from typing import Any

import orjson
import pytest

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import FediUnionError
from fediunion.social.posts.fetching import fetch_post
from tests.attacks.front import ACTIVITY_JSON, Front
from tests.fakes.stranger import PUBLIC, StrangeActor

_EVIL_CONTEXTS: list[Any] = [
    "https://contexts.example/evil",
    [f"https://contexts.example/{number}" for number in range(100)],
    {"@import": "https://contexts.example/imported", "actor": "https://contexts.example/term"},
    [{"@context": {"@context": "https://contexts.example/nested"}}],
]


@pytest.mark.parametrize("context", _EVIL_CONTEXTS, ids=["one", "hundred", "import", "nested"])
async def test_F37_no_context_is_ever_fetched(
    front: Front, mallory: StrangeActor, inbox: str, context: object
) -> None:
    mention = {"type": "Mention", "href": _uri_of("ana"), "name": "@ana@us.example"}
    note = mallory.note(to=[PUBLIC, _uri_of("ana")], tag=[mention])
    mallory.server.serve(note["id"], note | {"@context": context})
    create = mallory.create(note) | {"@context": context}
    assert (await mallory.post(inbox, create)).status == 202
    await front.settle()
    assert front.internet.requests_to("contexts.example") == []
    assert await front.outcome(create["id"]) == "done"


async def test_F38_an_answer_not_modified_to_a_question_without_conditions_is_no_post(
    front: Front, gail: StrangeActor
) -> None:
    note = gail.note()
    gail.server.serve(note["id"], b"", status=304)
    with pytest.raises(FediUnionError):
        await fetch_post(front.union.world, note["id"])
    asked = [each for each in front.internet.requests_to("good.example") if each.url == note["id"]]
    assert asked
    assert not any(name.lower().startswith("if-") for each in asked for name in each.headers)


@pytest.mark.parametrize("below", ["", "/activity", "/replies", "/replies?page=true", "/likes"])
async def test_F38_what_a_follower_was_given_is_not_kept_for_another(
    front: Front, gail: StrangeActor, mallory: StrangeActor, below: str
) -> None:
    await gail.post(f"{_uri_of('ana')}/inbox", gail.activity("Follow", _uri_of("ana")))
    await front.settle()
    post = await front.union.post("ana", "For friends", audience=Audience.FOLLOWERS)
    path = post.uri.removeprefix("https://us.example") + below
    answers = [await front.ask("GET", path, by=by) for by in (gail, mallory, None, gail)]
    assert [answer.status for answer in answers] == [200, 404, 404, 200]
    never = await front.ask("GET", f"/actors/ana/posts/zzzzzz{below}", by=mallory)
    assert answers[1].body == never.body
    assert "Accept, Signature" in answers[0].headers["vary"] or "Signature" in answers[0].headers["vary"]


@pytest.mark.parametrize("text", ["{{7*7}}", "{% raw %}x", "${7*7}", "#{7*7}", "<%= 7*7 %>"])
async def test_H17_what_looks_like_a_template_stays_as_written(front: Front, text: str) -> None:
    post = await front.union.post("ana", text)
    path = post.uri.removeprefix("https://us.example")
    gail = await front.stranger("good.example", "gail")
    document = orjson.loads((await front.ask("GET", path, by=gail)).body)
    assert "49" not in document["content"]
    assert "7*7" in document["content"] or "raw" in document["content"]


@pytest.mark.parametrize(
    "path",
    [
        "/@ana%0d%0aX-Injected:%20yes",
        "/actors/ana%0d%0aX-Injected:%20yes",
        "/actors/ana/posts/x%0d%0aX-Injected:%20yes",
        "/nodeinfo/2.1%0d%0aX-Injected:%20yes",
        "/api/v1/timelines/tag/a%0d%0aX-Injected:%20yes",
        "/authorize_interaction?uri=https://x.example/%0d%0aX-Injected:%20yes",
        "/.well-known/webfinger?resource=acct:ana%0d%0aX-Injected:%20yes@us.example",
    ],
)
@pytest.mark.parametrize("accept", [ACTIVITY_JSON, "text/html"])
async def test_H23_line_ends_in_an_address_make_no_header(front: Front, path: str, accept: str) -> None:
    answer = await front.ask("GET", path, accept=accept)
    assert answer.status < 500
    assert "x-injected" not in answer.headers
    assert not any("\r" in value or "\n" in value for value in answer.headers.values())


def _uri_of(name: str) -> str:
    return f"https://us.example/actors/{name}"
