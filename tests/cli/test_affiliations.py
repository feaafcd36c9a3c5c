"""peers affiliate: what it decides, what it refuses, and that both stand where they belong."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor, parse_object
from fediunion.actors.service.remote import record_remote_actor
from fediunion.outbox.models import OutboxActivity
from fediunion.social.moderation.models import AuditEntry
from fediunion.union.affiliation.documents import CLAIMS, RelationshipDocument
from fediunion.union.affiliation.queries import our_union
from fediunion.union.affiliation.service.received import record_offer
from tests.cli.commands import CommandedInstance, change_rows
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import StrangeActor, Stranger
from tests.union.affiliation.scene import act, relationship

PEER = "clerks.example"


@pytest.fixture
def clerks() -> StrangeActor:
    """The union actor of clerks.example, of which only documents are needed."""
    return Stranger(FakeInternet(), PEER).add_actor("union", type="Organization")


def offered(instance: CommandedInstance, clerks: StrangeActor, number: int = 1, **more: Any) -> None:
    """Let the clerks have offered to be affiliated to the instance."""

    def receive(session: Session) -> None:
        sender = record_remote_actor(session, parse_actor(clerks.document()), fetched=True)
        session.flush()
        relation = relationship(clerks.uri, our_union(session).uri, number, **more)
        read = parse_object(relation, claims=CLAIMS)
        assert isinstance(read, RelationshipDocument)
        offer = act(clerks, "Offer", relation)
        record_offer(session, sender, offer["id"], offer, read)

    change_rows(instance, receive)


def written(instance: CommandedInstance) -> list[tuple[str, str, str]]:
    """Return what stands in the log: act, subject, reason."""
    found: list[tuple[str, str, str]] = []

    def read(session: Session) -> None:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        found.extend((row.action, row.subject, row.reason) for row in rows if row.by == "command line")

    change_rows(instance, read)
    return [row for row in found if row[0].startswith("affiliation.")]


def sent(instance: CommandedInstance) -> list[str]:
    """Return the types of what waits to be sent, or was, but for hints that the list has changed."""
    found: list[str] = []
    acts = select(OutboxActivity.activity_type).where(OutboxActivity.object_uri.not_like("%/affiliations"))
    change_rows(instance, lambda session: found.extend(session.scalars(acts.order_by(OutboxActivity.id))))
    return found


def test_an_offer_is_accepted_suspended_resumed_and_ended(
    fresh: CommandedInstance, clerks: StrangeActor
) -> None:
    offered(fresh, clerks)
    waiting = fresh.succeed("peers", "show", PEER, "--json").json
    assert waiting["trust"] == []
    assert [(each["status"], each["offered_by"]) for each in waiting["affiliations"]] == [("offered", "them")]
    [row] = fresh.succeed("peers", "affiliate", PEER, "--accept", "--json").json
    shown = {name: row[name] for name in ("host", "union", "kind", "label", "we_are", "status", "trust")}
    assert shown == {
        "host": PEER,
        "union": clerks.uri,
        "kind": "affiliate",
        "label": "",
        "we_are": "parent",
        "status": "active",
        "trust": ["calls", "network", "vacancies"],
    }
    [peer] = fresh.succeed("peers", "list", "--json").json
    assert (peer["host"], peer["trust"]) == (PEER, ["calls", "network", "vacancies"])
    for option, status in (("--suspend", "suspended"), ("--resume", "active"), ("--end", "ended")):
        [row] = fresh.succeed("peers", "affiliate", PEER, option, "--json").json
        assert row["status"] == status
    assert sent(fresh) == ["Accept", "Update", "Update", "Undo"]
    assert [action for action, _, _ in written(fresh)] == [
        f"affiliation.{done}" for done in ("accept", "suspend", "resume", "end")
    ]


def test_what_the_peer_has_offered_already_is_accepted_by_the_same_command(
    fresh: CommandedInstance, clerks: StrangeActor
) -> None:
    offered(fresh, clerks)
    [row] = fresh.succeed("peers", "affiliate", f"union@{PEER}", "--json").json
    assert (row["we_are"], row["status"]) == ("parent", "active")
    assert sent(fresh) == ["Accept"]
    assert "exists already" in fresh.run("peers", "affiliate", f"union@{PEER}", "--as", "parent").refused


def test_an_offer_of_another_kind_or_side_is_not_accepted_by_it(
    fresh: CommandedInstance, clerks: StrangeActor
) -> None:
    offered(fresh, clerks, relationship="fu:sectorMemberOf", name="ICTS")
    offered(fresh, clerks, 2, relationship="fu:sectorMemberOf", name="Care")
    assert "Several offers" in fresh.run("peers", "affiliate", f"union@{PEER}", "--kind", "sector").refused
    rows = fresh.succeed("peers", "affiliate", f"union@{PEER}", "--kind", "observer", "--json").json
    assert [(row["kind"], row["status"], row["offered_by"]) for row in rows] == [
        ("sector", "offered", "them"),
        ("sector", "offered", "them"),
        ("observer", "offered", "us"),
    ]


def test_what_a_peer_may_share_is_decided_and_given_back_to_its_relations(
    fresh: CommandedInstance, clerks: StrangeActor
) -> None:
    offered(fresh, clerks)
    [row] = fresh.succeed("peers", "affiliate", PEER, "--accept", "--trust", "vacancies,calls", "--json").json
    assert row["trust"] == ["calls", "vacancies"]
    [row] = fresh.succeed("peers", "affiliate", PEER, "--trust", "none", "--json").json
    assert row["trust"] == []
    [row] = fresh.succeed("peers", "affiliate", PEER, "--trust", "default", "--json").json
    assert row["trust"] == ["calls", "network", "vacancies"]
    reasons = [reason for action, _, reason in written(fresh) if action == "affiliation.trust"]
    assert reasons == ["calls, vacancies", "nothing", "default"]


def test_one_of_several_relations_has_to_be_named(fresh: CommandedInstance, clerks: StrangeActor) -> None:
    offered(fresh, clerks)
    offered(fresh, clerks, 2, relationship="fu:sectorMemberOf", name="ICTS")
    assert "say which" in fresh.run("peers", "affiliate", PEER, "--accept").refused
    fresh.succeed("peers", "affiliate", PEER, "--accept", "--kind", "sector", "--label", "ICTS")
    fresh.succeed("peers", "affiliate", PEER, "--reject")
    rows = fresh.succeed("peers", "affiliate", PEER, "--trust", "default", "--json").json
    assert [(row["kind"], row["status"]) for row in rows] == [("affiliate", "ended"), ("sector", "active")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody.example", "--accept"], "no such relation"),
        (["nobody.example", "--end", "--kind", "observer"], "no such relation"),
        (["no host at all", "--suspend"], "is not a host name"),
    ],
    ids=["nothing offered", "nothing to end", "no host"],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    instance: CommandedInstance, arguments: list[str], says: str
) -> None:
    assert says in instance.run("peers", "affiliate", *arguments).refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.example", "--accept", "--reject"], "Only one"),
        (["a.example", "--trust", "vacancies,money"], "money"),
        (["a.example", "--since", "yesterday"], "YYYY-MM-DD"),
    ],
    ids=["two acts", "unknown trust", "no day"],
)
def test_wrong_usage_is_explained(instance: CommandedInstance, arguments: list[str], says: str) -> None:
    done = instance.run("peers", "affiliate", *arguments)
    assert done.code == 2
    assert says in done.stderr


def test_in_allowlist_mode_it_is_said_that_the_peer_may_not_take_part(
    fresh: CommandedInstance, clerks: StrangeActor
) -> None:
    offered(fresh, clerks)
    text = fresh.config.read_text()
    assert '# mode = "open"' in text
    fresh.config.write_text(text.replace('# mode = "open"', 'mode = "allowlist"', 1))
    done = fresh.succeed("peers", "affiliate", PEER, "--accept")
    assert f"{PEER} may not take part here" in done.stderr
    fresh.succeed("peers", "allow", PEER)
    assert "may not" not in fresh.succeed("peers", "affiliate", PEER, "--suspend").stderr
