"""Followers, NodeInfo, host-meta and our terms."""

from xml.etree import ElementTree

import orjson
import pytest

from fediunion.actors.models import ActorKind
from tests.actors.conftest import StartHome
from tests.actors.home import Home


@pytest.mark.parametrize("name", ["followers", "following"])
async def test_V19_who_follows_a_person_is_hidden_and_how_many_is_told(home: Home, name: str) -> None:
    await home.add("ana")
    document = await home.get_json(f"/actors/ana/{name}")
    assert document["type"] == "OrderedCollection"
    assert document["id"] == f"https://union.test/actors/ana/{name}"
    assert document["totalItems"] == 0
    assert not {"first", "items", "orderedItems"} & set(document)
    assert await home.get_json(f"/actors/ana/{name}?page=1") == document


async def test_counts_of_people_can_be_left_out_and_those_of_institutions_stay(start_home: StartHome) -> None:
    home = await start_home(privacy={"follow_counts": False})
    await home.add("ana")
    await home.add("jobs", kind=ActorKind.BOARD)
    assert "totalItems" not in await home.get_json("/actors/ana/followers")
    assert (await home.get_json("/actors/jobs/followers"))["totalItems"] == 0


async def test_nodeinfo_is_linked_and_served_in_both_versions(home: Home) -> None:
    links = (await home.get_json("/.well-known/nodeinfo"))["links"]
    assert [link["rel"].rpartition("/")[2] for link in links] == ["2.1", "2.0"]
    for link in links:
        version = link["rel"].rpartition("/")[2]
        document = await home.get_json(link["href"])
        assert document["version"] == version
        assert document["software"]["name"] == "fediunion"
        assert document["protocols"] == ["activitypub"]
        assert document["metadata"]["upstream"] == {"name": "mastodon"}
        assert "fep-8b32" in document["metadata"]["features"]
    assert (await home.get("/nodeinfo/1.0")).status == 404


@pytest.mark.parametrize(
    "path",
    ["/.well-known/nodeinfo", "/nodeinfo/2.0", "/.well-known/host-meta", "/.well-known/host-meta.json"],
)
async def test_a_slash_at_the_end_is_answered_like_none_and_not_redirected(home: Home, path: str) -> None:
    bare, slashed = await home.get(path), await home.get(f"{path}/")
    assert (slashed.status, slashed.body) == (200, bare.body)


async def test_V19_nodeinfo_counts_are_rounded_to_fifty(home: Home) -> None:
    for number in range(26):
        await home.add(f"member_{number}")
    usage = (await home.get_json("/nodeinfo/2.1"))["usage"]
    assert usage == {"users": {"total": 50, "activeHalfyear": 0, "activeMonth": 0}, "localPosts": 0}


async def test_nodeinfo_counts_can_be_off(start_home: StartHome) -> None:
    home = await start_home(privacy={"nodeinfo_counts": False})
    assert (await home.get_json("/nodeinfo/2.0"))["usage"] == {"users": {}}


async def test_host_meta_leads_to_webfinger_in_both_formats(home: Home) -> None:
    template = "https://union.test/.well-known/webfinger?resource={uri}"
    answer = await home.get("/.well-known/host-meta", accept=None)
    assert answer.headers["content-type"].startswith("application/xrd+xml")
    (link,) = ElementTree.fromstring(answer.body)
    assert (link.get("rel"), link.get("template")) == ("lrdd", template)
    for ending, accept in ((".json", None), ("", "application/json")):
        as_json = await home.get_json(f"/.well-known/host-meta{ending}", accept=accept)
        assert as_json["links"][0]["template"] == template


async def test_our_terms_are_served(home: Home) -> None:
    answer = await home.get("/ns")
    assert answer.headers["content-type"] == "application/ld+json"
    assert orjson.loads(answer.body)["@id"] == "https://w3id.org/fediunion/ns#"
