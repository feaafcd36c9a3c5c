"""J8: whoever looks from outside cannot tell a hidden member from nobody (rows I4, V36)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.transport import RawResponse
from fediunion.actors.models import Reach
from fediunion.actors.signing import instance_signer
from fediunion.kit.errors import FediUnionError
from fediunion.kit.urls import parse_remote_url
from fediunion.social.posts.service.publishing import PollDraft
from tests.fakes.stranger import Stranger
from tests.federation import acts
from tests.federation.conftest import ThreeUnions

ACTIVITY_JSON = "application/activity+json"
HIDDEN, NOBODY = "heron", "ghost"


def _addresses(name: str) -> Iterator[str]:
    base = "https://nurses.test"
    actor = f"{base}/actors/{name}"
    yield f"{base}/.well-known/webfinger?resource=acct:{name}@nurses.test"
    yield f"{base}/.well-known/webfinger?resource={actor}"
    yield f"{base}/@{name}"
    yield actor
    for part in ("inbox", "outbox", "followers", "following", "collections/featured", "collections/tags"):
        yield f"{actor}/{part}"
    yield f"{actor}/posts/aaaaaaaaaaaa"
    yield f"{actor}/activities/aaaaaaaaaaaa"


async def test_J8_every_address_of_a_hidden_member_answers_as_that_of_nobody(unions: ThreeUnions) -> None:
    await acts.join(unions.nurses, HIDDEN, reach=Reach.HIDDEN)
    await unions.nurses.post(HIDDEN, "Only among us", audience=Audience.PUBLIC)
    await unions.settle()
    for accept in (ACTIVITY_JSON, "text/html", "*/*"):
        for hidden, nobody in zip(_addresses(HIDDEN), _addresses(NOBODY), strict=True):
            one, other = await _get(unions, hidden, accept), await _get(unions, nobody, accept)
            assert _comparable(one, HIDDEN) == _comparable(other, NOBODY), hidden
            assert one.status in (302, 404, 405), hidden


async def test_J8_what_is_sent_to_a_hidden_member_is_answered_as_to_nobody(unions: ThreeUnions) -> None:
    await acts.join(unions.nurses, HIDDEN, reach=Reach.HIDDEN)
    employer = await Stranger(unions.internet, "rco.example", clock=unions.clock).start()
    hr = employer.add_actor("hr")
    answers = {}
    for name in (HIDDEN, NOBODY):
        uri = f"https://nurses.test/actors/{name}"
        sent = [
            (inbox, activity)
            for inbox in (f"{uri}/inbox", "https://nurses.test/inbox")
            for activity in (
                hr.activity("Follow", uri),
                hr.create(hr.note(f"Hello {name}", to=[uri], cc=[uri])),
                hr.activity("Like", f"{uri}/posts/aaaaaaaaaaaa"),
            )
        ]
        answers[name] = [_comparable(await hr.post(inbox, activity), name) for inbox, activity in sent]
    await unions.settle()
    assert answers[HIDDEN] == answers[NOBODY]
    assert employer.received == []
    assert await unions.nurses.home(HIDDEN) == []


async def test_a_hidden_member_reads_the_world_and_leaves_no_trace_in_it(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await acts.join(nurses, HIDDEN, reach=Reach.HIDDEN)
    with acts.listening(unions.internet) as delivered:
        await nurses.follow(HIDDEN, "ben@clerks.test")
        await unions.settle()
        post = await clerks.post("ben", "For whoever reads")
        await unions.settle()
        assert await nurses.home(HIDDEN) == ["For whoever reads"]
        await acts.favourite(nurses, HIDDEN, post.uri)
        await acts.boost(nurses, HIDDEN, post.uri)
        await nurses.post(HIDDEN, "@ben@clerks.test I agree", in_reply_to=post.uri)
        await unions.settle()
    asked = [request.body or b"" for request in unions.internet.requests] + [
        request.body or b"" for request in delivered
    ]
    assert not any(HIDDEN.encode() in body for body in asked)
    assert not any(HIDDEN in request.url for request in unions.internet.requests)
    assert not any(
        HIDDEN in value for request in unions.internet.requests for value in request.headers.values()
    )
    assert await acts.counts(clerks, post.uri) == (0, 0, 0)
    # Her answer is for members alone: such a one is counted for nobody.
    assert await acts.counts(nurses, post.uri) == (0, 1, 1)


async def test_a_hidden_member_is_told_why_what_would_betray_her_is_refused(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await acts.join(nurses, HIDDEN, reach=Reach.HIDDEN)
    await nurses.follow(HIDDEN, "ben@clerks.test")
    await unions.settle()
    ends_at = unions.clock.now() + timedelta(hours=1)
    question = await clerks.post("ben", "Which?", poll=PollDraft(options=["A", "B"], ends_at=ends_at))
    await unions.settle()
    with pytest.raises(FediUnionError, match="learn who you are"):
        await acts.vote(nurses, HIDDEN, question.uri, [0])
    with pytest.raises(FediUnionError, match="members of this instance"):
        await nurses.post(HIDDEN, "@ben@clerks.test psst", audience=Audience.DIRECT)


async def test_J8_nobody_outside_reads_who_follows_whom(unions: ThreeUnions) -> None:
    clerks = unions.clerks
    await clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    for collection in ("followers", "following"):
        url = f"https://nurses.test/actors/ana/{collection}"
        document = await clerks.world.client.fetch_json(url, signer=await instance_signer(clerks.world))
        assert set(document.document) & {"items", "orderedItems", "first"} == set()
        assert "ben" not in str(document.document)


async def _get(unions: ThreeUnions, url: str, accept: str) -> RawResponse:
    headers = {"Accept": accept}
    return await unions.internet.send(
        "GET", parse_remote_url(url), headers, None, max_bytes=1 << 20, deadline_seconds=600
    )


def _comparable(answer: RawResponse, name: str) -> tuple[int, dict[str, str], bytes]:
    """Return everything of an answer; the name asked for may be repeated in it, nothing else may differ."""
    headers = {key.lower(): value.replace(name, "NAME") for key, value in answer.headers.items()}
    return answer.status, headers, answer.body.replace(name.encode(), b"NAME")
