"""Accounts and posts of other servers, asked for when a member names them."""

import pytest

from fediunion.actors.models import Reach
from tests.api.rig import Client, Rig
from tests.fakes.stranger import StrangeActor, Stranger


@pytest.fixture
async def zoe(rig: Rig) -> StrangeActor:
    """Somebody elsewhere, whom nobody here knows."""
    server = await Stranger(rig.internet, "elsewhere.test", clock=rig.world.clock).start()
    return server.add_actor("zoe")


async def test_a_handle_and_an_address_lead_to_an_account_elsewhere(
    rig: Rig, ana: Client, zoe: StrangeActor
) -> None:
    for text in ("@zoe@elsewhere.test", "zoe@elsewhere.test", zoe.uri):
        found = await ana.get("/api/v2/search", q=text, resolve=True, type="accounts")
        assert [each["acct"] for each in found["accounts"]] == ["zoe@elsewhere.test"]
    account = await ana.get("/api/v1/accounts/lookup", acct="zoe@elsewhere.test")
    assert account["url"].startswith("https://elsewhere.test/")
    assert (await ana.get("/api/v1/accounts/search", q="zoe"))[0]["id"] == account["id"]
    assert await ana.get(f"/api/v1/accounts/{account['id']}/followers") == []


async def test_who_is_mentioned_is_asked_for_before_the_post_is_written(
    rig: Rig, ana: Client, zoe: StrangeActor
) -> None:
    status = await ana.publish("Hello @zoe@elsewhere.test and @nobody@nowhere.test")
    assert [each["acct"] for each in status["mentions"]] == ["zoe@elsewhere.test"]


async def test_at_most_five_accounts_are_asked_for(rig: Rig, ana: Client) -> None:
    await ana.publish(" ".join(f"@a@host{number}.test" for number in range(20)))
    asked = {sent.url.split("/")[2] for sent in rig.internet.requests}
    assert len(asked) == 5


async def test_nobody_is_asked_for_a_post_that_stays_here(rig: Rig, ana: Client, zoe: StrangeActor) -> None:
    hidden = await rig.member("hid", reach=Reach.HIDDEN)
    await hidden.publish("Hello @zoe@elsewhere.test")
    await ana.publish("Hello @zoe@elsewhere.test", local_only=True)
    edited = await hidden.publish("Hello")
    await hidden.ask("PUT", f"/api/v1/statuses/{edited['id']}", json={"status": "@zoe@elsewhere.test"})
    assert rig.internet.requests == []


async def test_an_address_leads_to_a_post_elsewhere(rig: Rig, ana: Client, zoe: StrangeActor) -> None:
    note = zoe.note("Good morning")
    zoe.server.serve(note["id"], note)
    found = await ana.get("/api/v2/search", q=note["id"], resolve=True)
    assert ["Good morning" in each["content"] for each in found["statuses"]] == [True]
    status = found["statuses"][0]
    assert status["account"]["acct"] == "zoe@elsewhere.test"
    assert (await ana.post(f"/api/v1/statuses/{status['id']}/favourite"))["favourited"] is True
    known = await ana.get("/api/v2/search", q=note["id"])
    assert [each["id"] for each in known["statuses"]] == [status["id"]]


async def test_following_somebody_elsewhere_is_a_request_until_it_is_accepted(
    rig: Rig, ana: Client, zoe: StrangeActor
) -> None:
    found = await ana.get("/api/v2/search", q="@zoe@elsewhere.test", resolve=True)
    relationship = await ana.post(f"/api/v1/accounts/{found['accounts'][0]['id']}/follow")
    assert (relationship["following"], relationship["requested"]) == (False, True)


LINK = 'rel="alternate"; type="application/activity+json"'
FEED = '<https://elsewhere.test/feed>; rel="alternate"; type="application/rss+xml"'
OTHER_FORM = "type='application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"'"


@pytest.mark.parametrize("type_", ["statuses", "accounts"])
@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ("", {"Link": f"{FEED}, <{{}}>; {LINK}"}),
        (f'<link {LINK} href="{{}}">', {}),
        (f"<link rel=alternate {OTHER_FORM} href='{{}}'>", {}),
    ],
    ids=["header", "head", "json-ld"],
)
async def test_a_page_that_does_not_negotiate_leads_to_the_document_that_it_names(
    rig: Rig, ana: Client, zoe: StrangeActor, head: str, headers: dict[str, str], type_: str
) -> None:
    uri = zoe.note("Hello")["id"] if type_ == "statuses" else zoe.uri
    zoe.server.serve(
        "/page",
        f"<html><head><title>Zoe</title>{head.format(uri)}</head></html>".encode(),
        content_type="text/html; charset=utf-8",
        headers={name: value.format(uri) for name, value in headers.items()},
    )
    page = "https://elsewhere.test/page"
    assert (await ana.get("/api/v2/search", q=page, type=type_))[type_] == []
    found = await ana.get("/api/v2/search", q=page, resolve=True, type=type_)
    assert [each["uri"] for each in found[type_]] == [uri]


async def test_F22_a_page_leads_to_one_document_that_has_to_be_what_it_says(
    rig: Rig, ana: Client, zoe: StrangeActor
) -> None:
    note = zoe.note("Never said")
    zoe.server.withdraw(note["id"])
    named = "https://elsewhere.test/uploads/{}"
    zoe.server.serve("/uploads/note", note)
    for name, target in (("page", "other"), ("other", "note"), ("counterfeit", "note")):
        link = f"<{named.format(target)}>; {LINK}"
        zoe.server.serve(f"/uploads/{name}", b"", content_type="text/html", headers={"Link": link})
    for name in ("page", "counterfeit"):
        found = await ana.get("/api/v2/search", q=named.format(name), resolve=True)
        assert (found["statuses"], found["accounts"]) == ([], [])
    assert zoe.server.fetches(named.format("note"))


async def test_a_known_post_is_found_by_its_page_also_where_that_answers_nobody(
    rig: Rig, ana: Client, zoe: StrangeActor
) -> None:
    uri, page = "https://elsewhere.test/users/zoe/statuses/7", "https://elsewhere.test/@zoe/7"
    zoe.server.serve(uri, zoe.note("Hello", id=uri, url=page))
    await ana.get("/api/v2/search", q=uri, resolve=True, type="statuses")
    found = await ana.get("/api/v2/search", q=page, type="statuses")
    assert [each["uri"] for each in found["statuses"]] == [uri]
    other = await ana.get("/api/v2/search", q="https://elsewhere.test/@eve/7", type="statuses")
    assert other["statuses"] == []
