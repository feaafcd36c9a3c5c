"""Row S10 at the front door: an address that takes one method refuses the others, whoever is named in it."""

import pytest

from tests.attacks.front import Front
from tests.fakes.stranger import StrangeActor

_OTHERS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@pytest.mark.parametrize("method", _OTHERS)
async def test_S10_an_inbox_takes_only_posts(front: Front, method: str) -> None:
    for path in ("/inbox", "/actors/ana/inbox", "/actors/nobody/inbox"):
        answer = await front.ask(method, path)
        assert (answer.status, answer.headers["allow"]) == (405, "POST")


async def test_S10_a_signed_post_sent_as_put_does_nothing(front: Front, mallory: StrangeActor) -> None:
    like = mallory.activity("Like", "https://x.example/1")
    assert (await front.ask("PUT", "/inbox", by=mallory, body=str(like).encode())).status == 405


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
async def test_S10_an_actor_and_webfinger_are_only_read(front: Front, method: str) -> None:
    for path in ("/actors/ana", "/actors/nobody", "/.well-known/webfinger?resource=acct:ana@us.example"):
        assert (await front.ask(method, path)).status == 405
