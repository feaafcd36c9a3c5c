"""What another union's server sends about relations: taken, repeated, forged, malformed."""

from typing import Any

import pytest

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus, Side
from fediunion.union.affiliation.queries import list_our_relations
from fediunion.union.affiliation.service import offers
from tests.fakes import bonds
from tests.fakes.stranger import Stranger
from tests.fakes.union import settle
from tests.union.affiliation.scene import OURS, Scene, act, relationship

DONE = "done"
OFFERED = [("clerks.example", "nurses.test", "affiliate", "offered")]


def offer_of(scene: Scene, number: int = 1, **more: Any) -> dict[str, Any]:
    """Return the clerks' Offer to be affiliated to us."""
    return act(scene.clerks, "Offer", relationship(scene.clerks.uri, OURS, number, **more))


async def offered_by_us(scene: Scene) -> dict[str, Any]:
    """Return the Offer that the clerks got from us."""
    await bonds.offer(scene.nurses, "clerks.example")
    await settle(scene.nurses)
    return scene.sent("Offer")


def accept_of(scene: Scene, offer: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the clerks' Accept of what we offered."""
    bare = {name: value for name, value in offer.items() if name not in ("@context", "proof")}
    return act(scene.clerks, "Accept", bare | more)


def stating(scene: Scene, status: str | None) -> dict[str, Any]:
    """Return what the clerks say of their relation with us, whose child we are."""
    return relationship(OURS, scene.clerks.uri) | {"fu:status": status}


async def in_force(scene: Scene) -> None:
    """Put a relation in force that we offered."""
    assert await scene.deliver(accept_of(scene, await offered_by_us(scene))) == DONE
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.ACTIVE


async def test_an_offer_waits_for_us_and_is_answered_with_all_that_was_offered(scene: Scene) -> None:
    offer = offer_of(scene)
    assert await scene.deliver(offer) == DONE
    assert await bonds.states(scene.nurses) == OFFERED
    await bonds.decide(scene.nurses, "clerks.example", offers.accept_offer)
    await settle(scene.nurses)
    accept = scene.sent("Accept")
    assert accept["object"] == {name: offer[name] for name in offer if name not in ("@context", "proof")}
    assert accept["proof"]["cryptosuite"] == "eddsa-jcs-2022"


async def test_an_offer_that_comes_twice_changes_nothing(scene: Scene) -> None:
    offer = offer_of(scene)
    assert await scene.deliver(offer) == DONE
    await bonds.decide(scene.nurses, "clerks.example", offers.accept_offer)
    again = dict(offer)
    assert (await scene.clerks.post(f"{OURS}/inbox", again)).status == 202
    await settle(scene.nurses)
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.ACTIVE
    assert "in force" in await scene.deliver(offer_of(scene, 2))
    assert len(await bonds.states(scene.nurses)) == 1


async def test_an_offer_about_others_is_refused_whoever_sends_it(scene: Scene) -> None:
    mallory = (await Stranger(scene.internet, "mallory.example", scene.clock).start()).add_actor(
        "union", type="Organization"
    )
    between_others = relationship(scene.clerks.uri, OURS, id="https://mallory.example/affiliations/1")
    assert "of others" in await scene.deliver(act(mallory, "Offer", between_others), by=mallory)
    with_others = relationship(scene.clerks.uri, mallory.uri)
    assert "none with us" in await scene.deliver(act(scene.clerks, "Offer", with_others))
    foreign = offer_of(scene, id="https://mallory.example/affiliations/1")
    assert "not its own" in await scene.deliver(foreign)
    assert await bonds.states(scene.nurses) == []


async def test_only_a_union_offers(scene: Scene) -> None:
    member = scene.clerks.server.add_actor("bob")
    offer = act(member, "Offer", relationship(member.uri, OURS))
    assert "is no union" in await scene.deliver(offer, by=member)
    assert await bonds.states(scene.nurses) == []


async def test_an_offer_needs_a_proof_that_holds_and_is_the_offerers_own(scene: Scene) -> None:
    bare = act(scene.clerks, "Offer", relationship(scene.clerks.uri, OURS), proved=False)
    assert "without a proof" in await scene.deliver(bare)
    changed = offer_of(scene)
    changed["object"]["name"] = "changed afterwards"
    assert (await scene.deliver(changed)).startswith("refused")
    other = scene.clerks.server.add_actor("other", type="Organization")
    await scene.nurses.actor("other@clerks.example")
    unproved = act(scene.clerks, "Offer", relationship(scene.clerks.uri, OURS), proved=False)
    assert "which is no key of" in await scene.deliver(other.prove(unproved))
    assert await bonds.states(scene.nurses) == []


@pytest.mark.parametrize(
    "more",
    [
        {"subject": None},
        {"object": 7},
        {"relationship": "fu:sectorMemberOf"},
        {"relationship": "fu:sectorMemberOf", "name": "x" * 101},
    ],
    ids=["no subject", "no object", "no sector", "long sector"],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(scene: Scene, more: dict[str, Any]) -> None:
    assert (await scene.deliver(offer_of(scene, **more))).startswith("refused")
    assert await bonds.states(scene.nurses) == []


async def test_a_relationship_of_another_kind_is_left_to_whom_it_concerns(scene: Scene) -> None:
    offer = offer_of(scene, relationship="fu:twinnedWith")
    assert (await scene.deliver(offer)).startswith("not handled")


async def test_what_we_offered_begins_with_their_accept_and_with_no_other(scene: Scene) -> None:
    offer = await offered_by_us(scene)
    mallory = scene.clerks.server.add_actor("mallory", type="Organization")
    forged = act(mallory, "Accept", accept_of(scene, offer)["object"])
    assert "of others" in await scene.deliver(forged, by=mallory)
    widened = accept_of(scene, offer, object={**offer["object"], "relationship": "fu:bilateralWith"})
    assert "something else" in await scene.deliver(widened)
    unproved = act(scene.clerks, "Accept", accept_of(scene, offer)["object"], proved=False)
    assert "without a proof" in await scene.deliver(unproved)
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.OFFERED
    assert await scene.deliver(accept_of(scene, offer)) == DONE
    assert await scene.deliver(accept_of(scene, offer)) == DONE
    assert await bonds.states(scene.nurses) == [("nurses.test", "clerks.example", "affiliate", "active")]


async def test_nobody_accepts_an_offer_of_its_own(scene: Scene) -> None:
    offer = offer_of(scene)
    assert await scene.deliver(offer) == DONE
    assert "offered itself" in await scene.deliver(accept_of(scene, offer))
    assert await bonds.states(scene.nurses) == OFFERED


async def test_an_offer_of_old_that_is_sent_again_is_refused(scene: Scene) -> None:
    first, second = offer_of(scene, 1), offer_of(scene, 2)
    await scene.deliver(first)
    await bonds.decide(scene.nurses, "clerks.example", offers.reject_offer)
    await scene.forget_received()
    assert "has ended" in await scene.deliver(first)
    assert await scene.deliver(second) == DONE
    await scene.forget_received()
    assert "is over" in await scene.deliver(first)
    assert await scene.deliver(second) == DONE
    assert await bonds.states(scene.nurses) == OFFERED


async def test_what_we_took_back_is_accepted_by_nobody(scene: Scene) -> None:
    ours = await _our_ended_offer(scene)
    assert "has ended" in await scene.deliver(accept_of(scene, ours))


async def _our_ended_offer(scene: Scene) -> dict[str, Any]:
    await bonds.offer(scene.nurses, "clerks.example", AffiliationKind.OBSERVER, Side.CHILD)
    await settle(scene.nurses)
    offer = scene.sent("Offer")
    await bonds.decide(scene.nurses, "clerks.example", offers.end_affiliation, kind="observer")
    return offer


async def test_a_rejected_offer_of_ours_ends_and_a_late_reject_ends_what_is_in_force(scene: Scene) -> None:
    offer = await offered_by_us(scene)
    assert await scene.deliver(act(scene.clerks, "Reject", offer["id"])) == DONE
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.ENDED
    await in_force(scene)
    assert await scene.deliver(act(scene.clerks, "Reject", scene.sent("Offer")["id"])) == DONE
    assert await bonds.trusts(scene.nurses) == {}


async def test_an_answer_to_an_offer_that_another_took_the_place_of_is_refused(scene: Scene) -> None:
    first = await offered_by_us(scene)
    await bonds.decide(scene.nurses, "clerks.example", offers.end_affiliation)
    await offered_by_us(scene)
    assert "is over" in await scene.deliver(accept_of(scene, first))
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.OFFERED


async def test_they_take_their_accept_back_and_nobody_elses(scene: Scene) -> None:
    await in_force(scene)
    mallory = scene.clerks.server.add_actor("mallory", type="Organization")
    await scene.nurses.actor("mallory@clerks.example")
    accept_id = f"{scene.clerks.uri}#accepts/"
    accepted = next(iter(await _answer_ids(scene)))
    assert accepted.startswith(accept_id)
    assert "of others" in await scene.deliver(act(mallory, "Undo", accepted), by=mallory)
    assert await scene.deliver(act(scene.clerks, "Undo", accepted)) == DONE
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.ENDED


async def _answer_ids(scene: Scene) -> list[str]:
    return await scene.nurses.world.db.read(
        lambda session: [str(each.answer_uri) for each in list_our_relations(session)]
    )


async def test_they_suspend_and_resume_by_what_they_state_and_we_by_what_we_do(scene: Scene) -> None:
    await in_force(scene)
    suspended, active = (stating(scene, status) for status in ("suspended", "active"))
    assert await scene.deliver(act(scene.clerks, "Update", suspended)) == DONE
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.SUSPENDED
    await bonds.decide(scene.nurses, "clerks.example", offers.suspend_affiliation)
    assert await scene.deliver(act(scene.clerks, "Update", active)) == DONE
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.SUSPENDED
    await bonds.decide(scene.nurses, "clerks.example", offers.resume_affiliation)
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.ACTIVE
    await settle(scene.nurses)
    stated = [each.activity["object"] for each in scene.clerks.server.received]
    assert [each["fu:status"] for each in stated if "fu:status" in each] == ["suspended", "active"]


@pytest.mark.parametrize("stated", ["ended", "gone", None])
async def test_a_statement_says_active_or_suspended(scene: Scene, stated: str | None) -> None:
    await in_force(scene)
    said = stating(scene, stated)
    assert "neither" in await scene.deliver(act(scene.clerks, "Update", said))
    assert await bonds.status_with(scene.nurses, "clerks.example") is AffiliationStatus.ACTIVE


async def test_nothing_is_stated_of_what_is_not_in_force(scene: Scene) -> None:
    said = stating(scene, "active")
    assert "not in force" in await scene.deliver(act(scene.clerks, "Update", said))


async def test_of_two_offers_of_the_same_at_once_the_childs_stands(scene: Scene) -> None:
    await bonds.offer(scene.nurses, "clerks.example", our_side=Side.PARENT)
    offer = offer_of(scene)
    assert await scene.deliver(offer) == DONE
    await bonds.decide(scene.nurses, "clerks.example", offers.accept_offer)
    assert await bonds.states(scene.nurses) == [("clerks.example", "nurses.test", "affiliate", "active")]


async def test_our_application_stands_against_an_invitation_to_the_same(scene: Scene) -> None:
    offer = await offered_by_us(scene)
    invitation = act(scene.clerks, "Offer", relationship(OURS, scene.clerks.uri))
    assert "waits for an answer" in await scene.deliver(invitation)
    assert await scene.deliver(accept_of(scene, offer)) == DONE


async def test_a_circle_is_refused_in_what_comes_and_in_what_we_do(scene: Scene) -> None:
    await in_force(scene)
    offer = offer_of(scene)
    assert "circle" in await scene.deliver(offer)
    with pytest.raises(Invalid, match="circle"):
        await bonds.offer(scene.nurses, "clerks.example", our_side=Side.PARENT)
    await bonds.decide(scene.nurses, "clerks.example", offers.suspend_affiliation)
    assert "circle" in await scene.deliver(offer_of(scene, 2))


async def test_two_equals_have_one_relation_whoever_is_named_first(scene: Scene) -> None:
    offer = offer_of(scene, relationship="fu:bilateralWith")
    assert await scene.deliver(offer) == DONE
    await bonds.decide(scene.nurses, "clerks.example", offers.accept_offer)
    turned = relationship(OURS, scene.clerks.uri, 2, relationship="fu:bilateralWith")
    assert "other way round" in await scene.deliver(act(scene.clerks, "Offer", turned))
    with pytest.raises(NotAllowed):
        await bonds.offer(scene.nurses, "clerks.example", AffiliationKind.BILATERAL, Side.CHILD)
    assert len(await bonds.states(scene.nurses)) == 1
