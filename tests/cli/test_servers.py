"""peers and deliveries: what is printed about other servers, and what can be decided about them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance, InstanceState
from fediunion.actors.queries import find_local_actor
from fediunion.db import now_of
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.social.moderation.audit import COMMAND_LINE
from fediunion.social.moderation.models import AuditEntry
from tests.cli.commands import CommandedInstance, change_rows

PEER = ["host", "software", "state", "last_success_at", "last_error", "pending", "trust"]
DELIVERY = ["id", "activity", "inbox", "host", "state", "attempts", "next_attempt_at", "last_error"]


@pytest.fixture(scope="module")
def queued(instance: CommandedInstance) -> CommandedInstance:
    """An instance with deliveries: pending, dead and delivered, and one to a server that is held."""
    change_rows(instance, _queue)
    return instance


def _queue(session: Session) -> None:
    now = now_of(session)
    actor = find_local_actor(session, "ana")
    assert actor is not None
    for number, (host, state, held) in enumerate(
        [
            ("well.example", DeliveryState.PENDING, False),
            ("well.example", DeliveryState.DEAD, False),
            ("well.example", DeliveryState.DELIVERED, False),
            ("held.example", DeliveryState.PENDING, True),
            ("sub.gone.example", DeliveryState.DEAD, False),
        ]
    ):
        if state == DeliveryState.PENDING:
            known = InstanceState.HELD if held else InstanceState.OK
            session.add(Instance(host=host, state=known, software="mastodon", first_seen_at=now))
        activity = OutboxActivity(
            uri=f"{actor.uri}#{number}",
            actor_id=actor.id,
            activity_type="Create",
            body="{}",
            recipients={},
            created_at=now,
        )
        session.add(activity)
        session.flush()
        session.add(
            Delivery(
                activity_id=activity.id,
                actor_id=actor.id,
                inbox_url=f"https://{host}/inbox",
                host=host,
                state=state,
                attempts=3,
                next_attempt_at=now + timedelta(hours=1),
                expires_at=now + timedelta(days=7),
                created_at=now,
                finished_at=None if state == DeliveryState.PENDING else now,
                last_error="answered 500" if state == DeliveryState.DEAD else None,
            )
        )


def states(instance: CommandedInstance, *options: str) -> list[tuple[str, str]]:
    """Return host and state of the listed deliveries."""
    rows = instance.succeed("deliveries", "list", "--json", *options).json
    assert all(list(row) == DELIVERY for row in rows)
    return sorted((row["host"], row["state"]) for row in rows)


def test_deliveries_are_listed_in_every_state_as_the_interface_says(queued: CommandedInstance) -> None:
    assert {state for _, state in states(queued)} == {"pending", "held", "dead", "delivered"}
    assert states(queued, "--state", "held") == [("held.example", "held")]
    assert states(queued, "--state", "pending") == [("well.example", "pending")]
    assert states(queued, "--host", "held.example") == [("held.example", "held")]
    assert len(states(queued, "--limit", "2")) == 2
    [dead] = queued.succeed("deliveries", "list", "--json", "--host", "sub.gone.example").json
    assert (dead["inbox"], dead["attempts"], dead["last_error"]) == (
        "https://sub.gone.example/inbox",
        3,
        "answered 500",
    )
    assert dead["next_attempt_at"] is None


def test_a_dead_letter_is_tried_again_by_its_number_by_its_host_or_with_all(
    queued: CommandedInstance,
) -> None:
    [dead] = queued.succeed("deliveries", "list", "--json", "--host", "sub.gone.example").json
    done = queued.succeed("deliveries", "retry", dead["id"])
    assert (done.stdout, done.stderr) == ("", "1 will be tried again.\n")
    assert states(queued, "--host", "sub.gone.example") == [("sub.gone.example", "pending")]
    # The sub-domains of a host are meant, too; trying again what is to be tried already is no fault.
    assert queued.succeed("deliveries", "retry", "--host", "gone.example").stderr.startswith("1 ")
    assert "4 will be tried again" in queued.succeed("deliveries", "retry", "--all").stderr
    assert ("well.example", "dead") not in states(queued)


def test_dropped_deliveries_are_not_listed_any_more(queued: CommandedInstance) -> None:
    [held] = queued.succeed("deliveries", "list", "--json", "--host", "held.example").json
    assert queued.succeed("deliveries", "drop", held["id"]).stderr == "1 will not be sent.\n"
    assert queued.succeed("deliveries", "drop", held["id"]).stderr == "0 will not be sent.\n"
    assert states(queued, "--host", "held.example") == []
    logged: list[tuple[str, str, str]] = []
    change_rows(queued, lambda session: logged.extend(_logged(session)))
    assert (COMMAND_LINE, "deliveries.drop", held["id"]) in logged
    assert logged.count((COMMAND_LINE, "deliveries.retry", "all")) == 1


def _logged(session: Session) -> list[tuple[str, str, str]]:
    return [(each.by, each.action, each.subject) for each in session.scalars(select(AuditEntry))]


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_a_delivery_that_does_not_exist_is_said(instance: CommandedInstance, command: str) -> None:
    assert instance.run("deliveries", command, "42").refused == "There is no delivery 42."


def test_peers_are_listed_as_the_interface_says(queued: CommandedInstance) -> None:
    queued.succeed("peers", "block", "spam.example", "--reason", "false vacancies")
    queued.succeed("peers", "block", "spam.example")
    queued.succeed("peers", "allow", "friend.example")
    rows = queued.succeed("peers", "list", "--json").json
    assert all(list(row) == PEER for row in rows)
    found = {row["host"]: (row["state"], row["trust"], row["pending"]) for row in rows}
    assert found["spam.example"] == ("blocked", [], 0)
    assert found["friend.example"] == ("ok", ["allowed"], 0)
    assert found["well.example"][0] == "ok"
    assert queued.succeed("peers", "show", "held.example", "--json").json["state"] == "held"
    assert queued.succeed("peers", "show", "SPAM.example.", "--json").json["state"] == "blocked"
    lines = queued.succeed("peers", "list").stdout.splitlines()
    assert len(lines) == len(rows) + 1


def test_allowing_ends_a_block_and_blocking_ends_trust(instance: CommandedInstance) -> None:
    for command, state, trust in (("block", "blocked", []), ("allow", "ok", ["allowed"])) * 2:
        instance.succeed("peers", command, "turn.example")
        shown = instance.succeed("peers", "show", "turn.example", "--json").json
        assert (shown["state"], shown["trust"]) == (state, trust)


def test_in_development_a_port_means_that_server_alone(instance: CommandedInstance) -> None:
    instance.succeed("peers", "block", "union-b.localhost:8102")
    shown = instance.succeed("peers", "show", "union-b.localhost:8102", "--json").json
    assert (shown["host"], shown["state"]) == ("union-b.localhost:8102", "blocked")
    assert "Nothing is known" in instance.run("peers", "show", "union-b.localhost:8103").refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("block", "not a host"), "host name"),
        (("allow", ""), "host name"),
        (("show", "unknown.example"), "Nothing is known of unknown.example."),
    ],
)
def test_what_is_no_server_is_refused(
    instance: CommandedInstance, arguments: tuple[str, ...], says: str
) -> None:
    assert says in instance.run("peers", *arguments).refused


def test_our_own_server_is_not_blocked(instance: CommandedInstance) -> None:
    assert "our own" in instance.run("peers", "block", instance.host).refused
