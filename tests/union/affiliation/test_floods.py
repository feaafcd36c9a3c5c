"""Row F36: whoever calls itself a union offers little at a time, and writes few mails to our officers."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.members.service import create_member
from fediunion.union.affiliation.service import floods, offers
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import new_keys, settle
from tests.union.affiliation.scene import OURS, Scene, act, relationship

DONE = "done"


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few offers are many."""
    monkeypatch.setattr(floods, "MOST_FROM_DOMAIN", 2)
    monkeypatch.setattr(floods, "MOST_FROM_STRANGERS", 4)


async def union_at(scene: Scene, host: str) -> StrangeActor:
    """Return a union's actor at another server."""
    server = await Stranger(scene.internet, host, scene.clock).start()
    return server.add_actor("union", type="Organization")


def offer_of(union: StrangeActor, number: int, **more: Any) -> dict[str, Any]:
    """Return the Offer of a union to be in a sector of ours."""
    described = relationship(
        union.uri,
        OURS,
        id=f"{union.server.base_url}/affiliations/{number}",
        attributedTo=union.uri,
        relationship="fu:sectorMemberOf",
        name=f"Sector {number}",
    )
    return act(union, "Offer", described | more)


async def offer(scene: Scene, union: StrangeActor, number: int, **more: Any) -> str:
    """Return what became of such an Offer."""
    return await scene.deliver(offer_of(union, number, **more), by=union)


async def test_F36_names_below_one_domain_offer_as_one_server(scene: Scene) -> None:
    unions = [await union_at(scene, f"s{number}.evil.example") for number in range(3)]
    outcomes = [await offer(scene, union, number) for number, union in enumerate(unions)]
    assert outcomes[:2] == [DONE, DONE]
    assert "more than anybody" in outcomes[2]
    assert await offer(scene, scene.clerks, 1) == DONE


async def test_strangers_of_many_domains_offer_little_and_a_trusted_peer_as_before(scene: Scene) -> None:
    assert await scene.deliver(act(scene.clerks, "Offer", relationship(scene.clerks.uri, OURS))) == DONE
    await bonds.decide(scene.nurses, "clerks.example", offers.accept_offer)
    await settle(scene.nurses)
    unions = [await union_at(scene, f"evil{number}.example") for number in range(5)]
    outcomes = [await offer(scene, union, 1) for union in unions]
    assert [outcome == DONE for outcome in outcomes] == [True] * 4 + [False]
    assert [await offer(scene, scene.clerks, number) for number in range(2, 6)] == [DONE] * 4


async def test_what_is_taken_back_makes_no_room_within_a_day(scene: Scene) -> None:
    for number in (1, 2):
        made = offer_of(scene.clerks, number)
        assert await scene.deliver(made) == DONE
        assert await scene.deliver(act(scene.clerks, "Undo", made["id"])) == DONE
    assert "more than anybody" in await offer(scene, scene.clerks, 3)
    scene.clock.advance(days=1, minutes=1)
    assert await offer(scene, scene.clerks, 4) == DONE


async def test_an_offer_that_waits_is_replaced_also_where_there_is_no_room(scene: Scene) -> None:
    assert [await offer(scene, scene.clerks, number) for number in (1, 2)] == [DONE, DONE]
    described = offer_of(scene.clerks, 2)["object"] | {"id": "https://clerks.example/affiliations/3"}
    assert await scene.deliver(act(scene.clerks, "Offer", described)) == DONE
    assert len(await bonds.states(scene.nurses)) == 2


async def test_room_and_size_are_looked_at_before_a_proof_costs_anything(scene: Scene) -> None:
    unproved = act(scene.clerks, "Offer", offer_of(scene.clerks, 1)["object"], proved=False)
    assert "too large" in await scene.deliver(unproved | {"junk": ["x"] * floods.LARGEST_ACT})
    assert [await offer(scene, scene.clerks, number) for number in (1, 2)] == [DONE, DONE]
    unproved = act(scene.clerks, "Offer", offer_of(scene.clerks, 3)["object"], proved=False)
    assert "more than anybody" in await scene.deliver(unproved)


async def test_officers_get_one_mail_a_day_about_offers_of_strangers(scene: Scene, tmp_path: Path) -> None:
    def join(session: Session) -> None:
        keys = new_keys(scene.nurses.world.settings)
        create_member(session, username="ana", email="ana@union.test", role=Role.ADMIN, keys=keys)

    def mails() -> list[str]:
        files = sorted((tmp_path / "data" / "mail").glob("*.eml"), key=lambda file: int(file.stem))
        return [file.read_text() for file in files]

    await scene.nurses.world.db.write(join)
    unions = [await union_at(scene, f"evil{number}.example") for number in range(3)]
    made = [offer_of(union, 1) for union in unions]
    for union, each in zip(unions, made, strict=True):
        assert await scene.deliver(each, by=union) == DONE
    for union, each in zip(unions[:2], made, strict=False):
        assert await scene.deliver(act(union, "Undo", each["id"]), by=union) == DONE
    [first] = mails()
    assert "evil0.example offers your union an affiliation" in first
    for day in range(2):
        scene.clock.advance(days=1, minutes=1)
        await settle(scene.nurses)
        assert len(mails()) == 2, day
    assert "Offers of an affiliation wait for an answer" in mails()[1]
