"""peers lists: what the commands publish, and what they refuse."""

import pytest
from sqlalchemy import select

from fediunion.social.moderation.models import AuditEntry
from tests.cli.commands import CommandedInstance, change_rows


def test_a_list_is_published_and_withdrawn_and_that_is_in_the_log(fresh: CommandedInstance) -> None:
    fresh.succeed("peers", "lists", "publish", "blocked")
    fresh.succeed("peers", "lists", "publish", "blocked")
    fresh.succeed("peers", "lists", "withdraw", "blocked")
    assert fresh.succeed("peers", "lists", "--json").json == []
    acts: list[str] = []
    wanted = select(AuditEntry.action).where(AuditEntry.action.like("server_list.%"))
    change_rows(fresh, lambda session: acts.extend(session.scalars(wanted.order_by(AuditEntry.number))))
    assert acts == ["server_list.publish", "server_list.withdraw"]


@pytest.mark.parametrize("command", ["show", "apply", "skip", "unsubscribe"])
def test_a_list_that_is_not_followed_is_named(fresh: CommandedInstance, command: str) -> None:
    assert "not followed" in fresh.run("peers", "lists", command, "uni.example").refused


def test_what_is_no_address_is_refused(fresh: CommandedInstance) -> None:
    for address in ("a b", "ftp://uni.example/list", "https://"):
        assert fresh.run("peers", "lists", "subscribe", address).refused
