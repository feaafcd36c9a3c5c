"""What servers may share with us: read by one lookup, renewed with every change; and who is told of it."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.keys import PrivateKey, load_public_multibase
from fediunion.activitypub.proofs import verify_proof
from fediunion.actors.models import Actor, DomainAction, Instance
from fediunion.actors.queries import keys_of
from fediunion.actors.service import rotate_keys
from fediunion.members.models import Role
from fediunion.members.service import create_member
from fediunion.social.moderation.servers import decide_on_host
from fediunion.union.affiliation.models import AffiliationKind, Side, Trust
from fediunion.union.affiliation.queries import hosts_trusted_for, our_union, trust_of
from fediunion.union.affiliation.service import offers
from fediunion.union.affiliation.service.trust import decide_trust
from tests.fakes import bonds
from tests.fakes.signing import rsa_key
from tests.fakes.union import new_keys, settle
from tests.social.plans import full_scans, plan_of, statements_of
from tests.union.affiliation.scene import OURS, Scene, act, listed, relationship, with_clerks

PEER = "clerks.example"
INBOX = "https://clerks.example/inbox"


async def test_what_a_server_may_share_is_one_lookup_by_an_index(scene: Scene) -> None:
    await with_clerks(scene)

    def read(session: Session) -> None:
        trust, ran = statements_of(session, lambda s: trust_of(s, PEER))
        assert trust == set(Trust)
        assert len(ran) == 1
        assert full_scans(plan_of(session, lambda s: trust_of(s, PEER))) == []
        assert trust_of(session, "stranger.example") == frozenset()

    await scene.nurses.world.db.read(read)


async def test_servers_are_listed_with_their_shared_inbox_but_for_those_that_a_rule_keeps_out(
    scene: Scene,
) -> None:
    await with_clerks(scene)
    read = scene.nurses.world.db.read
    assert await read(hosts_trusted_for, Trust.VACANCIES) == [(PEER, INBOX)]
    await scene.nurses.world.db.write(decide_trust, PEER, {Trust.CALLS}, by="ana")
    assert await read(hosts_trusted_for, Trust.VACANCIES) == []
    assert await read(hosts_trusted_for, Trust.CALLS) == [(PEER, INBOX)]
    await scene.nurses.world.db.write(decide_on_host, PEER, DomainAction.BLOCK, by="ana")
    assert await read(hosts_trusted_for, Trust.CALLS) == []


async def test_a_shared_inbox_on_another_server_is_not_used(scene: Scene) -> None:
    scene.clerks.more["endpoints"] = {"sharedInbox": "https://relay.example/inbox"}
    scene.clerks.serve()
    await with_clerks(scene)
    found = await scene.nurses.world.db.read(hosts_trusted_for, Trust.NETWORK)
    assert found == [(PEER, scene.clerks.inbox)]


async def test_a_decision_lasts_over_a_relation_and_grants_nothing_without_one(scene: Scene) -> None:
    await scene.nurses.world.db.write(decide_trust, PEER, {Trust.VACANCIES}, by="ana")
    assert await bonds.trusts(scene.nurses) == {}
    await with_clerks(scene)
    assert await bonds.trusts(scene.nurses) == {PEER: {Trust.VACANCIES}}
    await scene.nurses.world.db.write(decide_trust, PEER, None, by="ana")
    assert await bonds.trusts(scene.nurses) == {PEER: set(Trust)}


async def test_only_a_server_that_shares_its_network_has_one_noted(scene: Scene) -> None:
    def noted(session: Session) -> str | None:
        return session.scalar(select(Instance.network_uri).where(Instance.host == PEER))

    await with_clerks(scene)
    assert await scene.nurses.world.db.read(noted) == f"{scene.clerks.uri}/network"
    await scene.nurses.world.db.write(decide_trust, PEER, {Trust.CALLS}, by="ana")
    assert await scene.nurses.world.db.read(noted) is None


async def test_an_observer_shares_nothing(scene: Scene) -> None:
    await bonds.offer(scene.nurses, PEER, AffiliationKind.OBSERVER, Side.CHILD)
    await settle(scene.nurses)
    offer = scene.sent("Offer")
    bare = {name: value for name, value in offer.items() if name not in ("@context", "proof")}
    await scene.deliver(act(scene.clerks, "Accept", bare))
    assert await bonds.trusts(scene.nurses) == {PEER: frozenset()}


async def test_with_new_keys_what_our_union_did_is_proved_anew(scene: Scene) -> None:
    await with_clerks(scene)
    keys = replace(new_keys(scene.nurses.world.settings), rsa=PrivateKey("rsa", rsa_key(9)))

    def rotate(session: Session) -> Actor:
        union = our_union(session)
        rotate_keys(session, union, keys, keep_old=False)
        return union

    union = await scene.nurses.world.db.write(rotate)
    [entry] = await listed(scene)
    stored = await scene.nurses.world.db.read(keys_of, union.id)
    [public] = [key.public for key in stored if key.algorithm == "ed25519"]
    verify_proof(entry["fu:answer"], load_public_multibase(public), now=scene.clock.now())
    assert entry["fu:answer"]["proof"]["verificationMethod"] != f"{OURS}#ed25519-key"


async def test_officers_are_told_what_another_union_does_and_nobody_else_is(
    scene: Scene, tmp_path: Path
) -> None:
    def join(session: Session) -> None:
        for name, role in (("ana", Role.ADMIN), ("ben", Role.MODERATOR)):
            keys = new_keys(scene.nurses.world.settings)
            create_member(session, username=name, email=f"{name}@union.test", role=role, keys=keys)

    def mails() -> list[str]:
        """Return the mails to Ana, the oldest first; nobody else gets any."""
        files = sorted((tmp_path / "data" / "mail").glob("*.eml"), key=lambda file: int(file.stem))
        texts = [file.read_text() for file in files]
        assert all("To: ana@union.test" in text for text in texts)
        return texts

    await scene.nurses.world.db.write(join)
    offer = act(scene.clerks, "Offer", relationship(scene.clerks.uri, OURS))
    await scene.deliver(offer)
    [offered] = mails()
    assert "clerks.example offers your union an affiliation" in offered
    await bonds.decide(scene.nurses, PEER, offers.accept_offer)
    await settle(scene.nurses)
    assert mails() == [offered]
    suspended = relationship(scene.clerks.uri, OURS) | {"fu:status": "suspended"}
    await scene.deliver(act(scene.clerks, "Update", suspended))
    await scene.deliver(act(scene.clerks, "Undo", offer["id"]))
    said = mails()
    assert len(said) == 3
    assert "clerks.example has suspended the affiliation" in said[1]
    assert "The affiliation with clerks.example has ended" in said[2]
