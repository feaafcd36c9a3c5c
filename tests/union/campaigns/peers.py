"""Unions elsewhere that put calls, and what they send to the one in The Hague."""

from typing import Any

from sqlalchemy.orm import Session

from fediunion.union.affiliation.models import TrustedPeer
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion
from tests.union.campaigns.conftest import Allies
from tests.union.campaigns.samples import call_terms

INBOX = "https://ictysu.example/inbox"


async def caller_of(allies: Allies, host: str, *, trusted: bool = True) -> StrangeActor:
    """Return an actor that puts calls; with `trusted` its server may share them with ICTYSU."""
    server = await Stranger(allies.internet, host, clock=allies.clock).start()
    if trusted:
        await share_calls(allies.ictysu, host)
    return server.add_actor("campaigns", type="Service")


async def share_calls(union: TestUnion, host: str) -> None:
    """Let a server share calls with a union."""

    def trust(session: Session) -> None:
        there = f"https://{host}/users/union"
        row = TrustedPeer(host=host, union_uri=there, hops=1, vacancies=True, calls=True, network=True)
        session.add(row)

    await union.world.db.write(trust)


def member(**changed: Any) -> dict[str, Any]:
    """Return the `campaignCall` of a sample with other members (None leaves one out)."""
    told = {
        "type": "fu:CampaignCall",
        **{f"fu:{name}": value for name, value in call_terms().to_json().items()},
        "fu:status": "open",
        "fu:opensAt": "2026-11-10T00:00:00Z",
        "fu:closesAt": "2027-02-28T23:59:59Z",
    }
    told["fu:asks"] = [{"type": "fu:sign", "fu:modes": ["public", "counted"], "fu:goal": 5000}]
    return {name: value for name, value in (told | changed).items() if value is not None}


def question(actor: StrangeActor, call: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Return the Question in which an actor puts a call; `votes` are those of its options."""
    votes = more.pop("votes", (0, 0))
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": number}}
        for name, number in zip(("Sign", "Just following"), votes, strict=True)
    ]
    note = actor.note(
        "<p><strong>Restore negotiation rights</strong></p>",
        **{
            "type": "Question",
            "oneOf": options,
            "votersCount": sum(votes),
            "endTime": "2027-02-28T23:59:59Z",
        }
        | ({} if call is None else {"campaignCall": call})
        | more,
    )
    actor.server.serve(note["id"], {"@context": "https://www.w3.org/ns/activitystreams", **note})
    return note


async def tell(allies: Allies, actor: StrangeActor, note: dict[str, Any], type_name: str = "Create") -> None:
    """Send a Question to ICTYSU, and let it make of it what it does."""
    activity = (
        actor.create(note)
        if type_name == "Create"
        else actor.activity("Update", note, to=note["to"], cc=note["cc"])
    )
    assert (await actor.post(INBOX, activity)).status == 202
    await allies.settle()


async def tell_again(
    allies: Allies, actor: StrangeActor, note: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Return the Question with other members (None leaves one out), sent to ICTYSU a second later."""
    allies.clock.advance(seconds=1)
    edited = {"updated": allies.clock.now().isoformat().replace("+00:00", "Z")}
    changed = {name: value for name, value in (note | edited | more).items() if value is not None}
    actor.server.serve(note["id"], {"@context": "https://www.w3.org/ns/activitystreams", **changed})
    await tell(allies, actor, changed, "Update")
    return changed
