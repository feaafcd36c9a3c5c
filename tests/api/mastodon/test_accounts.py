"""Accounts through the client interface."""

import pytest

from fediunion.actors.models import Reach
from tests.api.rig import Client, Rig


async def test_the_own_account_says_what_it_is_made_of(ana: Client) -> None:
    account = await ana.get("/api/v1/accounts/verify_credentials")
    assert account["id"] == ana.id
    assert account["source"]["privacy"] == "public"
    assert account["role"]["permissions"] == "0"
    assert account["fediunion"] == {"reach": "public"}


async def test_the_default_visibility_is_what_the_reach_allows(rig: Rig) -> None:
    for reach, privacy in ((Reach.HIDDEN, "private"), (Reach.FOLLOWABLE, "private")):
        client = await rig.member(f"m{reach}", reach=reach)
        assert (await client.get("/api/v1/accounts/verify_credentials"))["source"]["privacy"] == privacy
        preferences = await client.get("/api/v1/preferences")
        assert preferences["posting:default:visibility"] == privacy


async def test_a_profile_is_changed_as_json_and_as_a_form_with_numbers(ana: Client) -> None:
    path = "/api/v1/accounts/update_credentials"
    changed = await ana.ask(
        "PATCH",
        path,
        json={"display_name": "Ana B.", "note": "Nurse", "fields_attributes": [{"name": "a", "value": "b"}]},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["display_name"] == "Ana B."
    assert changed.json()["note"] == "<p>Nurse</p>"
    assert changed.json()["source"]["note"] == "Nurse"
    assert changed.json()["source"]["fields"] == [{"name": "a", "value": "b", "verified_at": None}]
    form = {"fields_attributes[0][name]": (None, "c"), "fields_attributes[0][value]": (None, "d")}
    changed = await ana.ask("PATCH", path, files=form)
    assert [field["name"] for field in changed.json()["fields"]] == ["c"]
    assert changed.json()["display_name"] == "Ana B."


async def test_a_changed_name_is_shown_at_once_in_what_was_shown_before(ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    assert (await ben.get(f"/api/v1/statuses/{status['id']}"))["account"]["display_name"] == "Ana"
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "Ana B."})
    assert (await ben.get(f"/api/v1/statuses/{status['id']}"))["account"]["display_name"] == "Ana B."


async def test_a_followable_member_stays_locked(rig: Rig) -> None:
    client = await rig.member("fol", reach=Reach.FOLLOWABLE)
    answer = await client.ask("PATCH", "/api/v1/accounts/update_credentials", data={"locked": "false"})
    assert answer.json()["locked"] is True


async def test_too_long_a_name_is_422(ana: Client) -> None:
    for field in ("display_name", "note"):
        answer = await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={field: "x" * 1_000_000})
        assert answer.status_code == 422
        assert field in answer.json()["details"]


async def test_I4_a_hidden_member_exists_for_members_only(rig: Rig, ana: Client) -> None:
    hidden = await rig.member("hid", reach=Reach.HIDDEN)
    assert (await ana.get(f"/api/v1/accounts/{hidden.id}"))["acct"] == "hid"
    assert (await ana.get("/api/v1/accounts/lookup", acct="hid"))["id"] == hidden.id
    for path in ("", "/statuses", "/followers", "/following", "/featured_tags"):
        known = await rig.anonymous.ask("GET", f"/api/v1/accounts/{hidden.id}{path}")
        unknown = await rig.anonymous.ask("GET", f"/api/v1/accounts/{int(hidden.id) + 1}{path}")
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert known.status_code == 404
    assert (await rig.anonymous.ask("GET", "/api/v1/accounts/lookup?acct=hid")).status_code == 404
    assert await rig.anonymous.get("/api/v1/accounts", **{"id[]": hidden.id}) == []


async def test_who_follows_a_person_is_shown_to_the_person_alone(rig: Rig, ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    assert [each["acct"] for each in await ana.get(f"/api/v1/accounts/{ana.id}/followers")] == ["ben"]
    assert [each["acct"] for each in await ben.get(f"/api/v1/accounts/{ben.id}/following")] == ["ana"]
    for client in (ben, rig.anonymous):
        assert await client.get(f"/api/v1/accounts/{ana.id}/followers") == []
    assert await ana.get(f"/api/v1/accounts/{ben.id}/following") == []
    assert (await rig.anonymous.get(f"/api/v1/accounts/{ana.id}"))["followers_count"] == 1


async def test_what_an_account_posted_can_be_narrowed(ana: Client, ben: Client) -> None:
    first = await ana.publish("Hello #one")
    reply = await ana.publish("@ben yes", in_reply_to_id=(await ben.publish("Well?"))["id"])
    boost = await ana.post(f"/api/v1/statuses/{(await ben.publish('Boost me'))['id']}/reblog")
    path = f"/api/v1/accounts/{ana.id}/statuses"

    async def ids(**params: object) -> list[str]:
        return [each["id"] for each in await ben.get(path, **params)]

    assert await ids() == [boost["id"], reply["id"], first["id"]]
    assert await ids(exclude_replies=True, exclude_reblogs=True) == [first["id"]]
    assert await ids(tagged="ONE") == [first["id"]]
    assert await ids(only_media=True) == []


async def test_accounts_are_found_by_the_beginning_of_a_name(ana: Client, ben: Client) -> None:
    assert [each["acct"] for each in await ben.get("/api/v1/accounts/search", q="an")] == ["ana"]
    assert [each["acct"] for each in await ben.get("/api/v1/accounts/search", q="@ana@union.test")] == ["ana"]
    assert await ben.get("/api/v1/accounts/search", q="ana", following=True) == []
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    assert len(await ben.get("/api/v1/accounts/search", q="ana", following=True)) == 1


@pytest.mark.parametrize("text", ["%", "_", "\\", "%" * 400, "' OR 1=1", "NEAR(", '"', "*", "a" * 500])
async def test_O16_a_search_is_taken_literally(ana: Client, text: str) -> None:
    assert await ana.get("/api/v1/accounts/search", q=text) == []
    found = await ana.get("/api/v2/search", q=text)
    assert found == {"accounts": [], "statuses": [], "hashtags": []}


async def test_featured_tags_are_shown_on_the_profile(rig: Rig, ana: Client) -> None:
    tag = await ana.post("/api/v1/featured_tags", name="Union")
    shown = await rig.anonymous.get(f"/api/v1/accounts/{ana.id}/featured_tags")
    assert [(each["id"], each["name"]) for each in shown] == [(tag["id"], "Union")]
    await ana.ask("DELETE", f"/api/v1/featured_tags/{tag['id']}")
    assert await ana.get("/api/v1/featured_tags") == []


async def test_a_picture_is_there_for_who_has_none(rig: Rig, ana: Client) -> None:
    account = await ana.get("/api/v1/accounts/verify_credentials")
    for address in (account["avatar"], account["header"]):
        picture = await rig.anonymous.ask("GET", address)
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
