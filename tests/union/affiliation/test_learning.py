"""Learning how other unions stand to each other: only from both of them, with the proofs of both."""

from collections.abc import Mapping
from typing import Any

import pytest

from fediunion.actors.models import DomainAction
from fediunion.social.moderation.servers import decide_on_host, forget_decision
from fediunion.union.affiliation.models import AffiliationKind, Side, Trust
from fediunion.union.affiliation.service import offers
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import settle
from tests.union.affiliation.scene import CONTEXT, OURS, Scene, act

BETWEEN_OTHERS = ("drivers.example", "clerks.example", "affiliate", "active")
ALL = frozenset(Trust)


async def another(scene: Scene, host: str) -> StrangeActor:
    """Return the union actor of one more server."""
    server = await Stranger(scene.internet, host, scene.clock).start()
    return server.add_actor("union", type="Organization")


def acts_of(child: StrangeActor, parent: StrangeActor, **more: Any) -> dict[str, Any]:
    """Return the Offer and the Accept by which a child was affiliated to a parent."""
    relation = {
        "id": f"{child.server.base_url}/affiliations/1",
        "type": "Relationship",
        "subject": child.uri,
        "relationship": "fu:affiliateOf",
        "object": parent.uri,
        **more,
    }
    offer = act(child, "Offer", relation)
    bare = {name: value for name, value in offer.items() if name not in ("@context", "proof")}
    return {"fu:offer": offer, "fu:answer": act(parent, "Accept", bare)}


def entry(by: StrangeActor, made: Mapping[str, Any], status: str = "active", **more: Any) -> dict[str, Any]:
    """Return how one of the two lists the relation."""
    relation = made["fu:offer"]["object"]
    own = {"id": f"{by.server.base_url}/affiliations/7", "attributedTo": by.uri, "fu:status": status}
    return {**relation, **own, **made, **more}


def lists(union: StrangeActor, *entries: object) -> None:
    """Serve a union's list."""
    uri = f"{union.server.base_url}/affiliations"
    union.server.serve(
        uri,
        {
            "@context": CONTEXT,
            "id": uri,
            "type": "OrderedCollection",
            "attributedTo": union.uri,
            "orderedItems": list(entries),
        },
    )


async def in_force(scene: Scene, kind: AffiliationKind = AffiliationKind.AFFILIATE) -> None:
    """Let our union be affiliated to the clerks."""
    await bonds.offer(scene.nurses, "clerks.example", kind, Side.CHILD, "ICTS")
    await settle(scene.nurses)
    offer = scene.sent("Offer")
    bare = {name: value for name, value in offer.items() if name not in ("@context", "proof")}
    assert await scene.deliver(act(scene.clerks, "Accept", bare)) == "done"


async def learnt(scene: Scene) -> list[tuple[str, str, str, str]]:
    """Return what our union knows of relations between others, once it has asked."""
    await bonds.learn(scene.nurses)
    return [each for each in await bonds.states(scene.nurses) if "nurses.test" not in each[:2]]


async def test_what_both_unions_list_with_both_proofs_is_believed(scene: Scene) -> None:
    await in_force(scene)
    drivers = await another(scene, "drivers.example")
    made = acts_of(drivers, scene.clerks)
    lists(scene.clerks, entry(scene.clerks, made))
    lists(drivers, entry(drivers, made))
    assert await learnt(scene) == [BETWEEN_OTHERS]
    assert await bonds.trusts(scene.nurses) == {"clerks.example": ALL, "drivers.example": ALL}


async def test_what_one_of_them_alone_lists_is_not_believed(scene: Scene) -> None:
    await in_force(scene)
    drivers = await another(scene, "drivers.example")
    lists(scene.clerks, entry(scene.clerks, acts_of(drivers, scene.clerks)))
    assert await learnt(scene) == []
    lists(drivers)
    assert await learnt(scene) == []
    assert await bonds.trusts(scene.nurses) == {"clerks.example": ALL}


@pytest.mark.parametrize("fault", ["offer", "answer", "both by one", "other object", "other kind"])
async def test_acts_that_are_not_proved_by_whose_they_are_make_no_relation(scene: Scene, fault: str) -> None:
    await in_force(scene)
    drivers, mallory = [await another(scene, host) for host in ("drivers.example", "mallory.example")]
    made = acts_of(drivers, scene.clerks)
    offer, answer = made["fu:offer"], made["fu:answer"]
    if fault == "offer":
        made["fu:offer"] = mallory.prove(offer)
    elif fault == "answer":
        made["fu:answer"] = mallory.prove(answer)
    elif fault == "both by one":
        made["fu:answer"] = drivers.prove({**answer, "actor": drivers.uri, "id": f"{drivers.uri}#accepts/9"})
    elif fault == "other object":
        made["fu:answer"] = scene.clerks.prove({**answer, "object": offer["id"]})
    else:
        made |= {"fu:offer": acts_of(drivers, scene.clerks, relationship="fu:observerOf")["fu:offer"]}
    lists(scene.clerks, entry(scene.clerks, made, relationship="fu:affiliateOf"))
    lists(drivers, entry(drivers, made, relationship="fu:affiliateOf"))
    assert await learnt(scene) == []
    assert await bonds.trusts(scene.nurses) == {"clerks.example": ALL}


async def test_nobody_lists_a_relation_of_ours_or_of_others(scene: Scene) -> None:
    await in_force(scene)
    drivers, mallory = [await another(scene, host) for host in ("drivers.example", "mallory.example")]
    made = acts_of(drivers, mallory)
    lists(scene.clerks, entry(scene.clerks, made), {"type": "Note", "id": f"{scene.clerks.uri}/1"}, "text", 7)
    lists(drivers, entry(drivers, made))
    lists(mallory, entry(mallory, made))
    assert await learnt(scene) == []
    assert drivers.server.fetches() == []


async def test_who_suspends_is_believed_alone_and_who_ends_too(scene: Scene) -> None:
    await in_force(scene)
    drivers = await another(scene, "drivers.example")
    made = acts_of(drivers, scene.clerks)
    lists(scene.clerks, entry(scene.clerks, made))
    lists(drivers, entry(drivers, made))
    assert await learnt(scene) == [BETWEEN_OTHERS]
    lists(scene.clerks, entry(scene.clerks, made, "suspended"))
    drivers.server.withdraw(f"{drivers.server.base_url}/affiliations", status=503)
    assert await learnt(scene) == [(*BETWEEN_OTHERS[:3], "suspended")]
    assert await bonds.trusts(scene.nurses) == {"clerks.example": ALL}
    lists(scene.clerks)
    assert await learnt(scene) == []


async def test_who_does_not_answer_is_believed_for_two_weeks(scene: Scene) -> None:
    await in_force(scene)
    drivers = await another(scene, "drivers.example")
    made = acts_of(drivers, scene.clerks)
    lists(scene.clerks, entry(scene.clerks, made))
    lists(drivers, entry(drivers, made))
    await learnt(scene)
    drivers.server.withdraw(f"{drivers.server.base_url}/affiliations", status=503)
    scene.clock.advance(hours=13 * 24)
    assert await learnt(scene) == [BETWEEN_OTHERS]
    scene.clock.advance(hours=2 * 24)
    assert await learnt(scene) == []


async def test_an_old_proof_holds_no_more_and_the_unions_own_new_one_does(scene: Scene) -> None:
    await in_force(scene)
    drivers = await another(scene, "drivers.example")
    made = acts_of(drivers, scene.clerks)
    lists(scene.clerks, entry(scene.clerks, made))
    drivers.ed25519 = (await another(scene, "elsewhere.example")).ed25519
    drivers.serve()
    lists(drivers, entry(drivers, made))
    assert await learnt(scene) == []
    lists(drivers, entry(drivers, made | {"fu:offer": drivers.prove(made["fu:offer"])}))
    assert await learnt(scene) == [BETWEEN_OTHERS]


async def test_the_way_goes_on_behind_affiliates_alone(scene: Scene) -> None:
    await in_force(scene, AffiliationKind.SECTOR)
    drivers = await another(scene, "drivers.example")
    made = acts_of(drivers, scene.clerks)
    lists(scene.clerks, entry(scene.clerks, made))
    lists(drivers, entry(drivers, made))
    assert await learnt(scene) == []
    assert drivers.server.fetches() == []


async def test_a_circle_over_others_is_seen(scene: Scene) -> None:
    await in_force(scene)
    top = await another(scene, "top.example")
    made = acts_of(scene.clerks, top)
    lists(scene.clerks, entry(scene.clerks, made))
    lists(top, entry(top, made))
    await learnt(scene)
    relation = {
        "id": f"{top.server.base_url}/affiliations/9",
        "type": "Relationship",
        "attributedTo": top.uri,
        "subject": top.uri,
        "relationship": "fu:affiliateOf",
        "object": OURS,
    }
    assert "circle" in await scene.deliver(act(top, "Offer", relation), by=top)


async def test_a_union_that_is_gone_is_affiliated_to_nobody(scene: Scene) -> None:
    await in_force(scene)
    drivers = await another(scene, "drivers.example")
    made = acts_of(drivers, scene.clerks)
    lists(scene.clerks, entry(scene.clerks, made))
    lists(drivers, entry(drivers, made))
    await learnt(scene)
    drivers.server.withdraw(drivers.uri)
    assert await scene.deliver(act(drivers, "Delete", drivers.uri), by=drivers) == "done"
    assert await learnt(scene) == []
    assert await bonds.trusts(scene.nurses) == {"clerks.example": ALL}
    await bonds.decide(scene.nurses, "clerks.example", offers.end_affiliation)
    assert await bonds.trusts(scene.nurses) == {}


async def test_a_block_cuts_the_path_to_those_behind_and_its_end_opens_it(scene: Scene) -> None:
    await in_force(scene)
    drivers, miners = [await another(scene, host) for host in ("drivers.example", "miners.example")]
    upper, lower = acts_of(drivers, scene.clerks), acts_of(miners, drivers)
    lists(scene.clerks, entry(scene.clerks, upper))
    lists(drivers, entry(drivers, upper), entry(drivers, lower, id="https://drivers.example/affiliations/8"))
    lists(miners, entry(miners, lower))
    await learnt(scene)
    everybody = {"clerks.example": ALL, "drivers.example": ALL, "miners.example": ALL}
    assert await bonds.trusts(scene.nurses) == everybody
    write = scene.nurses.world.db.write
    await write(decide_on_host, "drivers.example", DomainAction.BLOCK, by="ana")
    nothing: frozenset[Trust] = frozenset()
    assert await bonds.trusts(scene.nurses) == {
        "clerks.example": ALL,
        "drivers.example": nothing,
        "miners.example": nothing,
    }
    await write(forget_decision, "drivers.example", by="ana")
    assert await bonds.trusts(scene.nurses) == everybody
