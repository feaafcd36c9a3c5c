"""Collections through the client interface: who may be in one, who sees it, who may change it."""

from typing import Any

import pytest

from fediunion.actors.models import Reach
from fediunion.social.collections.service import forget_all_of
from tests.api.rig import Client, Rig

PATH = "/api/v1/collections"
FIELDS = """id account_id uri url name description language local sensitive discoverable tag item_count items
    created_at updated_at"""


async def willing(rig: Rig, name: str, **more: Any) -> Client:
    """Return a member who agrees to be found."""
    client = await rig.member(name, **more)
    await client.ask("PATCH", "/api/v1/accounts/update_credentials", json={"discoverable": True})
    return client


async def made(client: Client, **body: Any) -> dict[str, Any]:
    collection: dict[str, Any] = (await client.post(PATH, **{"name": "Stewards", **body}))["collection"]
    return collection


async def accounts_in(client: Client, collection_id: str) -> list[str]:
    shown = await client.get(f"{PATH}/{collection_id}")
    return [item["account_id"] for item in shown["collection"]["items"]]


async def test_a_collection_has_all_documented_fields_and_its_accounts(rig: Rig, ana: Client) -> None:
    ben = await willing(rig, "ben")
    collection = await made(
        ana,
        description="Ask <them>",
        language="en",
        tag_name="#Stewards",
        discoverable=True,
        account_ids=[ben.id],
    )
    assert set(collection) == set(FIELDS.split())
    assert collection["url"] == collection["uri"] == f"https://union.test{PATH}/{collection['id']}"
    assert (collection["account_id"], collection["local"], collection["sensitive"]) == (ana.id, True, False)
    assert collection["description"] == "<p>Ask &lt;them&gt;</p>"
    assert collection["tag"] == {"name": "stewards", "url": "https://union.test/tags/stewards"}
    [item] = collection["items"]
    assert (item["account_id"], item["state"], collection["item_count"]) == (ben.id, "accepted", 1)
    shown = await rig.anonymous.get(f"{PATH}/{collection['id']}")
    assert shown["collection"] == collection
    assert [account["id"] for account in shown["accounts"]] == [ana.id, ben.id]
    listed = await rig.anonymous.get(f"/api/v1/accounts/{ana.id}/collections")
    assert listed == {"collections": [collection]}
    path = f"/api/v1/accounts/{ben.id}/in_collections"
    assert await ana.get(path) == listed
    assert (await rig.anonymous.ask("GET", path)).status_code == 401
    assert await ana.get(f"/api/v1/accounts/{ana.id}/in_collections") == {"collections": []}


async def test_an_account_is_in_a_collection_only_while_it_agrees(rig: Rig, ana: Client, ben: Client) -> None:
    hidden, cal = await rig.member("hid", reach=Reach.HIDDEN), await willing(rig, "cal")
    await ben.ask("PATCH", "/api/v1/accounts/update_credentials", json={"discoverable": False})
    collection = await made(ana)
    address = f"{PATH}/{collection['id']}/items"
    for account_id in (ben.id, hidden.id, "1", "", "99999999999999999999"):
        answer = await ana.ask("POST", address, json={"account_id": account_id})
        assert (answer.status_code, list(answer.json()["details"])) == (422, ["account_id"]), account_id
    for _ in range(2):
        await ana.post(address, account_id=cal.id)
    assert await accounts_in(rig.anonymous, collection["id"]) == [cal.id]
    await cal.ask("PATCH", "/api/v1/accounts/update_credentials", json={"discoverable": False})
    assert await accounts_in(ana, collection["id"]) == []
    assert await ana.get(f"/api/v1/accounts/{cal.id}/in_collections") == {"collections": []}


async def test_whoever_takes_the_consent_back_is_not_added_again(rig: Rig, ana: Client) -> None:
    ben, cal = await willing(rig, "ben"), await willing(rig, "cal")
    collection = await made(ana, account_ids=[ben.id, cal.id])
    item_id = next(item["id"] for item in collection["items"] if item["account_id"] == ben.id)
    address = f"{PATH}/{collection['id']}/items"
    assert (await cal.ask("POST", f"{address}/{item_id}/revoke")).status_code == 404
    for _ in range(2):
        assert (await ben.ask("POST", f"{address}/{item_id}/revoke")).json() == {}
    assert await accounts_in(ana, collection["id"]) == [cal.id]
    assert (await ana.ask("POST", address, json={"account_id": ben.id})).status_code == 422


async def test_only_the_owner_changes_a_collection(rig: Rig, ana: Client) -> None:
    ben = await willing(rig, "ben")
    collection = await made(ana, account_ids=[ben.id])
    address, item_id = f"{PATH}/{collection['id']}", collection["items"][0]["id"]
    attempts = [
        ("PATCH", address, {"name": "Mine"}),
        ("DELETE", address, {}),
        ("POST", f"{address}/items", {"account_id": ben.id}),
        ("DELETE", f"{address}/items/{item_id}", {}),
    ]
    for method, path, body in attempts:
        answer = await ben.ask(method, path, json=body)
        assert (answer.status_code, answer.json()) == (403, {"error": "This action is not allowed"}), path
    changed = await ana.ask("PATCH", address, json={"name": "Others", "tag_name": "", "sensitive": True})
    assert changed.json()["collection"]["name"] == "Others"
    assert changed.json()["collection"]["sensitive"] is True
    assert (await ana.ask("DELETE", f"{address}/items/{item_id}")).json() == {}
    assert await accounts_in(ana, collection["id"]) == []
    assert (await ana.ask("DELETE", address)).json() == {}
    assert (await ana.ask("GET", address)).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": "x", "description": "x" * 101}, "description"),
        ({"name": "x", "language": "no language"}, "language"),
        ({"name": "x", "tag_name": "two words"}, "tag_name"),
        ({"name": "x", "account_ids": ["1"]}, "account_id"),
    ],
)
async def test_O14_a_collection_that_cannot_be_is_422_and_is_not_made(
    ana: Client, body: dict[str, Any], field: str
) -> None:
    answer = await ana.ask("POST", PATH, json=body)
    assert (answer.status_code, list(answer.json()["details"])) == (422, [field])
    assert await ana.get(f"/api/v1/accounts/{ana.id}/collections") == {"collections": []}


async def test_collections_are_few_and_paged_by_how_many_to_leave_out(ana: Client) -> None:
    ids = [(await made(ana, name=f"No. {number}"))["id"] for number in range(10)]
    assert (await ana.ask("POST", PATH, json={"name": "One more"})).status_code == 422
    address = f"/api/v1/accounts/{ana.id}/collections"
    first = await ana.ask("GET", address, params={"limit": 4})
    assert [each["id"] for each in first.json()["collections"]] == ids[:5:-1]
    assert first.headers["link"] == f'<https://union.test{address}?limit=4&offset=4>; rel="next"'
    last = await ana.ask("GET", address, params={"limit": 4, "offset": 8})
    assert [each["id"] for each in last.json()["collections"]] == ids[1::-1]
    assert last.headers["link"] == f'<https://union.test{address}?limit=4&offset=4>; rel="prev"'


async def test_V05_who_is_blocked_and_who_is_hidden_is_not_shown(rig: Rig, ana: Client) -> None:
    ben, reader = await willing(rig, "ben"), await rig.member("rea")
    collection = await made(ana, account_ids=[ben.id])
    await reader.post(f"/api/v1/accounts/{ben.id}/block")
    assert await accounts_in(reader, collection["id"]) == []
    assert await accounts_in(ana, collection["id"]) == [ben.id]
    await reader.post(f"/api/v1/accounts/{ana.id}/block")
    assert (await reader.ask("GET", f"{PATH}/{collection['id']}")).status_code == 404
    secret = await rig.member("hid", reach=Reach.HIDDEN)
    own = await made(secret, account_ids=[ben.id])
    assert (await rig.anonymous.ask("GET", f"{PATH}/{own['id']}")).status_code == 404
    assert await accounts_in(ana, own["id"]) == [ben.id]
    path = f"/api/v1/accounts/{ben.id}/in_collections"
    seen = [{each["id"] for each in (await of.get(path))["collections"]} for of in (ana, reader)]
    assert seen == [{collection["id"], own["id"]}, {own["id"]}]


async def test_V33_with_an_account_its_collections_go_and_its_place_in_others(rig: Rig, ana: Client) -> None:
    ben = await willing(rig, "ben")
    own, other = await made(ben), await made(ana, account_ids=[ben.id])
    await rig.world.db.write(forget_all_of, ben.actor_id)
    assert (await ana.ask("GET", f"{PATH}/{own['id']}")).status_code == 404
    assert await accounts_in(ana, other["id"]) == []
