"""/affiliations: what it shows to programs and people, in pages where it is long."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.proofs import proof_key_id
from fediunion.union.affiliation import api
from fediunion.union.affiliation.models import Affiliation, Side
from fediunion.union.affiliation.queries import list_our_relations
from fediunion.union.affiliation.service import offers
from tests.fakes import bonds
from tests.fakes.stranger import Stranger
from tests.fakes.union import settle
from tests.union.affiliation.scene import OURS, Scene, act, get, listed, relationship, with_clerks


async def test_a_relation_in_force_is_listed_with_both_acts_and_both_proofs(scene: Scene) -> None:
    await with_clerks(scene)
    collection = (await get(scene, "/affiliations")).json()
    assert collection["totalItems"] == 1
    assert collection["attributedTo"] == OURS
    assert collection["fu:network"] == f"{OURS}/network"
    [entry] = await listed(scene)
    assert (entry["subject"], entry["object"]) == (scene.clerks.uri, OURS)
    assert (entry["relationship"], entry["fu:status"]) == ("fu:affiliateOf", "active")
    assert proof_key_id(entry["fu:offer"]) == scene.clerks.ed25519_key_id
    assert proof_key_id(entry["fu:answer"]) == f"{OURS}#ed25519-key"
    alone = (await get(scene, entry["id"])).json()
    assert {name: value for name, value in alone.items() if name != "@context"} == entry


async def test_what_waits_is_nobodys_business_and_what_has_ended_says_so(scene: Scene) -> None:
    await scene.deliver(act(scene.clerks, "Offer", relationship(scene.clerks.uri, OURS)))
    assert await listed(scene) == []
    slug = (await row_of(scene)).slug
    assert (await get(scene, f"/affiliations/{slug}")).status_code == 404
    await bonds.decide(scene.nurses, "clerks.example", offers.accept_offer)
    await bonds.decide(scene.nurses, "clerks.example", offers.suspend_affiliation)
    assert [each["fu:status"] for each in await listed(scene)] == ["suspended"]
    await bonds.decide(scene.nurses, "clerks.example", offers.end_affiliation)
    assert await listed(scene) == []
    ended = (await get(scene, f"/affiliations/{slug}")).json()
    assert ended["fu:status"] == "ended"
    assert "endTime" in ended
    assert (await get(scene, "/affiliations/nothing")).status_code == 404


async def row_of(scene: Scene) -> Affiliation:
    """Return the one relation of our union."""
    return await scene.nurses.world.db.read(lambda session: list_our_relations(session)[0])


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        ("application/activity+json", "application/activity+json"),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', "application/activity+json"),
        ("application/json", "application/json"),
        ("*/*", "application/activity+json"),
    ],
    ids=["activity", "ld", "json", "anything"],
)
async def test_programs_get_it_in_the_type_that_they_ask_for(scene: Scene, accept: str, type: str) -> None:
    answer = await get(scene, "/affiliations", accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, type)
    assert "Accept" in answer.headers["vary"]


async def test_people_are_sent_to_the_page(scene: Scene) -> None:
    answer = await get(scene, "/affiliations", "text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://nurses.test/unions")


async def test_the_collection_that_stands_for_the_network_tells_nobody_who_is_in_it(scene: Scene) -> None:
    await with_clerks(scene)
    document = (await get(scene, "/actors/union/network")).json()
    del document["@context"]
    assert document == {"id": f"{OURS}/network", "type": "OrderedCollection", "attributedTo": OURS}


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "1"])
async def test_any_place_to_go_on_from_is_answered(scene: Scene, after: str) -> None:
    await with_clerks(scene)
    answer = await get(scene, f"/affiliations?page=true&after={after}")
    assert len(answer.json()["orderedItems"]) == 1


async def test_a_long_list_is_read_page_by_page(scene: Scene) -> None:
    number = api.PAGE_SIZE + 3
    server = await Stranger(scene.internet, "many.example", scene.clock).start()
    peer = server.add_actor("union", type="Organization")
    await scene.nurses.actor("union@many.example")

    def put_in_force(session: Session) -> None:
        for each in range(number):
            row = Affiliation(
                child_uri=OURS,
                child_host="nurses.test",
                parent_uri=peer.uri,
                parent_host="many.example",
                kind="sector",
                label=f"Sector {each}",
                status="active",
                our_side=Side.CHILD,
                offered_by=Side.CHILD,
                uri=f"https://nurses.test/affiliations/{each}",
                slug=str(each),
                offer="{}",
                offer_uri=f"{OURS}/activities/{each}",
                answer="{}",
                created_at=scene.clock.now(),
                updated_at=scene.clock.now(),
            )
            session.add(row)

    await scene.nurses.world.db.write(put_in_force)
    names = [entry["name"] for entry in await listed(scene)]
    assert sorted(names) == sorted(f"Sector {each}" for each in range(number))
    await settle(scene.nurses)
