"""Rows F31, F39 and S33: who has us ask a third server keeps nobody else from it, least of all itself."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fediunion.activitypub.proofs import MOST_PROVEN_BYTES
from fediunion.actors.sender_keys import key_for
from fediunion.inbox import origin
from fediunion.inbox.endpoints import inbox_app
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.kit.errors import FediUnionError, Unreachable
from tests.fakes.stranger import PUBLIC, Json, StrangeActor, Stranger
from tests.inbox.rig import ALICE, DOMAIN, SHARED, Rig

VICTIM = "https://victim.example"
TRAP = f"{VICTIM}/@mallory/1"
A_MINUTE = 8
"""How often one domain may be asked in a minute here: a quarter of it is the share of one sender."""


@dataclass
class Waiting:
    """What a stranger becomes whose addresses below /@mallory/ and /hang let us wait in vain."""

    rig: Rig
    stranger: Stranger
    leads_to: str = ""

    def __post_init__(self) -> None:
        self.rig.internet.join(self.stranger.authority, self)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, lead elsewhere, or let it run out of time."""
        if not scope["path"].startswith(("/@mallory/", "/hang")):
            await self.stranger(scope, receive, send)
        elif self.leads_to:
            where = [(b"location", self.leads_to.encode())]
            await send({"type": "http.response.start", "status": 302, "headers": where})
            await send({"type": "http.response.body", "body": b""})
        else:
            self.rig.clock.advance(9)
            raise Unreachable("it did not answer in time", reason="timeout")


@pytest.fixture(params=["leads elsewhere", "is slow there"])
def trap(request: pytest.FixtureRequest, rig: Rig, mallory: StrangeActor, victim: StrangeActor) -> str:
    """What TRAP does: it leads to Mallory's server, which lets us wait, or lets us wait itself."""
    kind: str = request.param
    Waiting(rig, mallory.server)
    Waiting(rig, victim.server, "https://evil.example/hang" if kind == "leads elsewhere" else "")
    return kind


async def known(rig: Rig, *actors: StrangeActor) -> None:
    """Let actors and their keys be known, and nobody else's posts be of interest."""
    for actor in actors:
        assert (await actor.post(SHARED, actor.activity("Follow", ALICE))).status == 202
    await rig.settle()


async def is_boosted(rig: Rig, by: StrangeActor, note: Json) -> bool:
    """Return whether a post is here once somebody boosted it and nothing more is due."""
    assert (await by.post(SHARED, by.activity("Announce", note["id"], to=[PUBLIC]))).status == 202
    await rig.settle()
    return await rig.kind_of(note["id"]) == "post"


def create(actor: StrangeActor, uri: str) -> Json:
    """Return a Create of something elsewhere."""
    note = {"id": uri, "type": "Note", "attributedTo": actor.uri, "to": [ALICE], "content": "x"}
    return actor.activity("Create", note, to=[ALICE])


def move(actor: StrangeActor, uri: str) -> Json:
    """Return a Move to an address."""
    return actor.activity("Move", actor.uri, target=uri)


def announce(actor: StrangeActor, uri: str) -> Json:
    """Return the boost of an address."""
    return actor.activity("Announce", uri, to=[PUBLIC])


@pytest.mark.parametrize("naming", [create, move, announce])
async def test_F39_an_address_that_lets_us_wait_is_not_held_against_its_server(
    rig: Rig,
    trap: str,
    alice: StrangeActor,
    mallory: StrangeActor,
    victim: StrangeActor,
    naming: Callable[[StrangeActor, str], Json],
) -> None:
    await known(rig, alice, mallory, victim)
    for minute in range(3):
        assert (await mallory.post(SHARED, naming(mallory, f"{TRAP}{minute}"))).status == 202
        await rig.settle()
        other = victim.server.add_actor(f"other{minute}")
        assert await is_boosted(rig, victim, other.note())
        assert await is_boosted(rig, alice, other.note())
        rig.clock.advance(50)
    assert mallory.server.fetches("https://evil.example/hang") == []


async def test_F39_a_redirect_elsewhere_ends_an_activity_at_once(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    await known(rig, mallory)
    Waiting(rig, victim.server, mallory.note()["id"])
    for naming in (create, move, announce):
        activity = naming(mallory, TRAP)
        assert (await mallory.post(SHARED, activity)).status == 202
        await rig.settle()
        assert (await rig.outcome(activity["id"])).startswith("refused")


async def test_F39_a_redirect_within_a_server_is_followed(rig: Rig, victim: StrangeActor) -> None:
    note = victim.note()
    Waiting(rig, victim.server, note["id"])
    await known(rig, victim)
    assert (await victim.post(SHARED, announce(victim, TRAP))).status == 202
    await rig.settle()
    assert await rig.kind_of(note["id"]) == "post"


@pytest.mark.parametrize("caller", ["", "8.8.8.8"])
async def test_F39_a_key_id_that_lets_us_wait_does_not_keep_its_server_out(
    rig: Rig, trap: str, mallory: StrangeActor, victim: StrangeActor, caller: str
) -> None:
    for number in range(3):
        with pytest.raises(FediUnionError):
            await key_for(rig.world, f"{TRAP}{number}#main-key", caller=caller)
    assert mallory.server.fetches("https://evil.example/hang") == []
    assert (await victim.post(SHARED, victim.activity("Follow", ALICE))).status == 202


async def test_F31_one_sender_leaves_room_for_what_others_have_us_ask_of_a_server(
    rig: Rig,
    alice: StrangeActor,
    mallory: StrangeActor,
    victim: StrangeActor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(origin, "MOST_FROM_ONE_DOMAIN", A_MINUTE)
    await known(rig, alice, mallory, victim)
    before = len(victim.server.fetches())
    for number in range(A_MINUTE + 1):
        named = create(mallory, f"{VICTIM}/none/{number}")
        assert (await mallory.post(SHARED, named)).status == 202
    await rig.settle()
    assert len(victim.server.fetches()) - before == A_MINUTE // 4
    assert [await is_boosted(rig, alice, victim.note()) for _ in range(3)] == [True, True, False]
    own = [await is_boosted(rig, victim, victim.server.add_actor(f"other{each}").note()) for each in range(4)]
    assert own == [True] * 4


def forwarded(victim: StrangeActor, **proof: object) -> Json:
    """Return a like of the victim, with a proof that is well-formed but for what is given."""
    like = victim.prove(victim.activity("Like", "https://x.example/1"))
    return {**like, "proof": {**like["proof"], **proof}}


async def test_S33_proofs_that_name_keys_everywhere_leave_room_for_other_strangers(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor
) -> None:
    await known(rig, mallory)
    for number in range(65):
        dead = Stranger(rig.internet, f"dead{number}.example", clock=rig.clock).add_actor("x")
        assert (await mallory.post(SHARED, forwarded(dead))).status == 202
    assert len([each for each in rig.internet.requests if "//dead" in each.url]) == 10
    assert (await alice.post(SHARED, alice.activity("Follow", ALICE))).status == 202


async def test_S33_keys_of_proofs_count_for_the_address_that_they_came_from(
    rig: Rig, alice: StrangeActor
) -> None:
    app, address = inbox_app(rig.world, rig.rejections), "8.8.8.8"

    async def from_address(scope: Message, receive: Receive, send: Send) -> None:
        await app({**scope, "client": (address, 40000)}, receive, send)

    rig.internet.join(DOMAIN, from_address)
    forwarders = [(await rig.stranger(f"relay{each}.example")).add_actor("relay") for each in range(3)]
    await known(rig, *forwarders)
    rig.clock.advance(61)
    for number in range(30):
        dead = Stranger(rig.internet, f"dead{number}.example", clock=rig.clock).add_actor("x")
        assert (await forwarders[number // 10].post(SHARED, forwarded(dead))).status == 202
    assert len([each for each in rig.internet.requests if "//dead" in each.url]) == 30
    assert (await alice.post(SHARED, alice.activity("Follow", ALICE))).status == 503
    address = "8.8.4.4"
    assert (await alice.post(SHARED, alice.activity("Follow", ALICE))).status == 202


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("proofValue", value) for value in ("z1", "z", "", None, "z" + "1" * 63)),
        *(("proofPurpose", "authentication"), ("created", "2020-01-01T00:00:00Z"), ("created", None)),
        *(("expires", "2020-01-01T00:00:00Z"), ("created", "soon")),
    ],
)
async def test_S33_a_proof_that_cannot_hold_costs_no_fetch(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, member: str, value: object
) -> None:
    assert (await mallory.post(SHARED, forwarded(victim, **{member: value}))).status == 202
    assert victim.server.fetches() == []


async def test_S33_nor_does_one_of_too_much_or_without_context(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    much = victim.prove(victim.activity("Like", "https://x.example/1", more="x" * MOST_PROVEN_BYTES))
    bare = {name: value for name, value in forwarded(victim).items() if name != "@context"}
    for activity in (much, bare):
        assert (await mallory.post(SHARED, activity)).status == 202
    assert victim.server.fetches() == []
