"""call sponsor, call resolution and call counts: what they decide, print and refuse."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor, parse_object
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_uri
from fediunion.actors.service.remote import record_remote_actor
from fediunion.kit.ids import new_id
from fediunion.union.affiliation.models import TrustedPeer
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.models import CoSponsor, UnionCount
from fediunion.union.campaigns.sponsors.documents import CLAIM, CoSponsorshipDocument
from fediunion.union.campaigns.sponsors.received import record_acceptance, record_offer
from tests.cli.commands import Command, CommandedInstance, change_rows
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import StrangeActor, Stranger
from tests.union.affiliation.scene import act
from tests.union.campaigns.samples import call_file

PEER = "clerks.example"


@pytest.fixture
def clerks(fresh: CommandedInstance) -> StrangeActor:
    """The union actor of clerks.example, known to the instance, which shares calls with it."""
    made = Stranger(FakeInternet(), PEER).add_actor("union", type="Organization")

    def know(session: Session) -> None:
        record_remote_actor(session, parse_actor(made.document()), fetched=True)
        session.add(
            TrustedPeer(host=PEER, union_uri=made.uri, hops=1, vacancies=True, calls=True, network=True)
        )

    change_rows(fresh, know)
    return made


def sender(session: Session, clerks: StrangeActor) -> Actor:
    """Return the clerks' union as the instance knows it."""
    found = find_actor_by_uri(session, clerks.uri)
    assert found is not None
    return found


def listed(command: Command) -> list[dict[str, Any]]:
    """Return what `call sponsor list` prints."""
    rows: list[dict[str, Any]] = json.loads(command("call", "sponsor", "list", "--json")[1])
    return rows


def open_call(command: Command, tmp_path: Path) -> str:
    """Publish C-03, which asks for resolutions; return its id."""
    file = tmp_path / "call.json"
    file.write_text(json.dumps(call_file("C-03")))
    assert command("call", "import", file, "--publish")[2] == "1 published.\n"
    return "c-03"


def test_a_union_is_asked_accepts_states_its_number_and_is_parted_from(
    command: Command, fresh: CommandedInstance, clerks: StrangeActor, tmp_path: Path
) -> None:
    call = open_call(command, tmp_path)
    handle = f"union@{PEER}"
    code, _, said = command("call", "sponsor", "offer", call, handle)
    assert (code, said) == (0, "It is offered, and waits for their answer.\n")
    (row,) = listed(command)
    assert (row["state"], row["we_are"], row["union"]) == ("offered", "lead", clerks.uri)
    for answer in ("accept", "decline"):
        assert command("call", "sponsor", answer, row["number"])[0] == 1

    def agree(session: Session) -> None:
        found = session.get_one(CoSponsor, int(row["number"]))
        offered = json.loads(found.offer)
        about = {name: value for name, value in offered.items() if name not in ("@context", "proof")}
        record_acceptance(session, sender(session, clerks), found, act(clerks, "Accept", about))
        session.add(
            UnionCount(
                id=new_id(),
                call_id=found.call_id,
                host=PEER,
                kind="signatures",
                union_uri=clerks.uri,
                number=12,
                statement="{}",
                stated_at=found.updated_at,
            )
        )

    change_rows(fresh, agree)
    assert [each["state"] for each in listed(command)] == ["accepted"]
    (count,) = json.loads(command("call", "counts", call, "--json")[1])
    assert (count["union"], count["kind"], count["number"]) == (clerks.uri, "signatures", 12)
    code, _, said = command("call", "sponsor", "end", row["number"])
    assert (code, said) == (0, "It has ended.\n")
    assert [each["state"] for each in listed(command)] == ["ended"]
    assert json.loads(command("call", "counts", call, "--json")[1]) == []
    assert command("call", "sponsor", "end", row["number"])[0] == 1
    assert command("call", "sponsor", "end", "12")[0] == 1


def offered(fresh: CommandedInstance, clerks: StrangeActor, number: int) -> None:
    """Let the clerks have asked the instance to carry a call of theirs."""

    def receive(session: Session) -> None:
        relation = {
            "id": f"https://{PEER}/co-sponsors/{number}",
            "type": "Relationship",
            "name": f"Call {number}",
            "subject": our_union(session).uri,
            "relationship": "fu:cosponsors",
            "object": f"https://{PEER}/calls/{number}",
        }
        read = parse_object(relation, claims=[CLAIM])
        assert isinstance(read, CoSponsorshipDocument)
        offer = act(clerks, "Offer", relation)
        record_offer(session, sender(session, clerks), offer["id"], offer, read)

    change_rows(fresh, receive)


def test_what_another_union_asks_is_accepted_or_declined(
    command: Command, fresh: CommandedInstance, clerks: StrangeActor
) -> None:
    for number in (1, 2):
        offered(fresh, clerks, number)
    first, second = listed(command)
    assert (first["call"], first["we_are"], first["state"]) == ("Call 1", "sponsor", "offered")
    assert command("call", "sponsor", "accept", first["number"])[2] == "Your union carries this call.\n"
    assert command("call", "sponsor", "decline", second["number"])[2] == "It is declined.\n"
    assert [each["state"] for each in listed(command)] == ["accepted", "declined"]


def test_resolutions_are_written_down_listed_and_taken_out(command: Command, tmp_path: Path) -> None:
    call = open_call(command, tmp_path)
    added = ("call", "resolution", "add", call, "Prospect", "--on", "2026-11-30", "--text", "We support it.")
    assert command(*added)[2] == "It is written down.\n"
    (row,) = json.loads(command("call", "resolution", "list", call, "--json")[1])
    assert (row["organisation"], row["adopted_on"], row["by_its_actor"]) == ("Prospect", "2026-11-30", False)
    assert command("call", "resolution", "add", call, "Prospect", "--on", "2027-11-30")[0] == 1
    assert command("call", "resolution", "add", "no-such-call", "Prospect")[0] == 1
    assert command("call", "resolution", "remove", call, row["number"])[2] == "It is taken out.\n"
    assert command("call", "resolution", "remove", call, row["number"])[0] == 1
    assert json.loads(command("call", "resolution", "list", call, "--json")[1]) == []
