"""Who asked for an account and waits is nobody yet: for members, for strangers and for other servers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from fediunion.actors.queries import local_usage
from fediunion.config import RegistrationMode
from fediunion.members.models import Role
from tests.api.mastodon.admin.staff import staff
from tests.api.mastodon.registration.asking import PENDING, Opening, app_of, ask
from tests.api.rig import Client, Rig


@dataclass
class Waiting:
    """An instance where clara waits to be let in; `ana` is a member, `id` the account's number.

    `confirmed` says whether a moderator is all that clara waits for.
    """

    rig: Rig
    ana: Client
    moderator: Client
    id: str
    confirmed: bool


@pytest.fixture(params=[False, True], ids=["unapproved", "unconfirmed"])
async def waiting(opening: Opening, request: pytest.FixtureRequest) -> AsyncIterator[Waiting]:
    """Somebody who waits for a moderator, and somebody who has not confirmed the address."""
    async with opening(RegistrationMode.APPROVAL, mail=request.param) as rig:
        ana, moderator = await rig.member("ana"), await staff(rig, "mona", Role.MODERATOR)
        assert (await ask(await app_of(rig))).status_code == 200
        (clara,) = await moderator.get(PENDING, pending="true")
        yield Waiting(rig, ana, moderator, clara["id"], not request.param)


def _doors(number: str, host: str) -> list[str]:
    return [
        f"/api/v1/accounts/{number}",
        f"/api/v1/accounts/{number}/statuses",
        f"/api/v1/accounts/{number}/followers",
        f"/api/v1/accounts/{number}/following",
        f"/api/v1/accounts/{number}/featured_tags",
        "/api/v1/accounts/lookup?acct=clara",
        f"/api/v1/accounts/lookup?acct=clara@{host}",
    ]


async def test_no_member_finds_by_number_or_handle_who_waits(waiting: Waiting) -> None:
    for client in (waiting.ana, waiting.moderator, waiting.rig.anonymous):
        for path in _doors(waiting.id, "union.test"):
            answer = await client.ask("GET", path)
            nobody = await client.ask("GET", path.replace(waiting.id, "1").replace("clara", "nobody"))
            assert (answer.status_code, answer.json()) == (nobody.status_code, nobody.json()), path
    assert await waiting.ana.get("/api/v1/accounts", **{"id[]": waiting.id}) == []
    assert await waiting.ana.get("/api/v1/accounts/relationships", **{"id[]": waiting.id}) == []


@pytest.mark.parametrize("text", ["cla", "clara", "@clara", "clara@union.test", "https://union.test/@clara"])
async def test_no_search_and_no_list_has_who_waits(waiting: Waiting, text: str) -> None:
    for resolve in ("false", "true"):
        assert await waiting.ana.get("/api/v1/accounts/search", q=text, resolve=resolve) == []
        found = await waiting.ana.get("/api/v2/search", q=text, resolve=resolve)
        assert found["accounts"] == []
    for path in ("/api/v1/directory?local=true", "/api/v2/suggestions", "/api/v1/suggestions"):
        assert waiting.id not in (await waiting.ana.ask("GET", path)).text


async def test_nobody_does_anything_to_who_waits(waiting: Waiting) -> None:
    for act in ("follow", "block", "mute", "note"):
        assert (await waiting.ana.ask("POST", f"/api/v1/accounts/{waiting.id}/{act}")).status_code == 404
    status = await waiting.ana.publish("Hello @clara and @clara@union.test", visibility="direct")
    assert status["mentions"] == []
    assert "href" not in status["content"]


@pytest.mark.parametrize(
    "path", ["/@clara", "/actors/clara", "/actors/clara/followers", "/actors/clara/outbox"]
)
async def test_no_page_and_no_document_says_that_somebody_waits(waiting: Waiting, path: str) -> None:
    for accept in ("text/html", "application/activity+json"):
        headers = {"accept": accept}
        answer = await waiting.rig.http.get(path, headers=headers)
        nobody = await waiting.rig.http.get(path.replace("clara", "nobod"), headers=headers)
        assert answer.status_code == nobody.status_code == 404
        assert answer.text.replace("clara", "nobod") == nobody.text


async def test_webfinger_knows_nobody_who_waits(waiting: Waiting) -> None:
    path = "/.well-known/webfinger?resource=acct:{}@union.test"
    answer = await waiting.rig.http.get(path.format("clara"))
    nobody = await waiting.rig.http.get(path.format("nobody"))
    assert (answer.status_code, answer.content) == (404, nobody.content)


async def test_who_is_let_in_is_found_by_members_once_the_address_is_confirmed(waiting: Waiting) -> None:
    assert (await waiting.ana.ask("GET", f"/api/v1/accounts/{waiting.id}")).status_code == 404
    before = await waiting.rig.world.db.read(local_usage)
    await waiting.moderator.post(f"{PENDING}/{waiting.id}/approve")
    there = waiting.confirmed
    shown = await waiting.ana.ask("GET", f"/api/v1/accounts/{waiting.id}")
    assert shown.status_code == (200 if there else 404)
    found = await waiting.ana.get("/api/v1/accounts/search", q="clara")
    assert [each["username"] for each in found] == (["clara"] if there else [])
    after = await waiting.rig.world.db.read(local_usage)
    assert after.members == before.members + there


async def test_a_suspended_member_is_in_no_search_of_others(waiting: Waiting) -> None:
    ben = await waiting.rig.member("ben")
    await waiting.moderator.post(f"{PENDING}/{ben.id}/action", type="suspend")
    for text in ("ben", "ben@union.test", "https://union.test/@ben"):
        assert await waiting.ana.get("/api/v1/accounts/search", q=text) == []
        assert (await waiting.ana.get("/api/v2/search", q=text))["accounts"] == []
    assert ben.id not in (await waiting.ana.ask("GET", "/api/v1/directory?local=true")).text
    status = await waiting.ana.publish("Hello @ben")
    assert status["mentions"] == []
