"""What an operator does to members at the command line is in the audit log as any privileged act."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fediunion.cli.main import run
from fediunion.social.moderation.audit import COMMAND_LINE

BEN = "http://union.localhost/actors/ben"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a new instance on this machine, with the member ben."""
    folder = tmp_path / "instance"
    assert run(["init", "--dev", "--domain", "union.localhost", "--port", "8123", "--dir", str(folder)]) == 0
    config = folder / "config.toml"
    assert run(["--config", str(config), "member", "create", "ben", "--email", "ben@union.example"]) == 0
    return config


def entries(config: Path) -> list[tuple[str, str, str, str]]:
    """Return who did what to whom and why, from the first entry on."""
    [path] = config.parent.rglob("*.db")
    with closing(sqlite3.connect(path)) as connection:
        query = 'SELECT "by", action, subject, reason FROM audit_entry ORDER BY number'
        return connection.execute(query).fetchall()


def test_what_is_done_to_a_member_is_in_the_log_with_who_did_it(config: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a long and odd passphrase 17\n")
    for command in (
        ("member", "role", "ben", "moderator"),
        ("token", "create", "ben", "--scopes", "read push"),
        ("member", "reset-password", "ben", "--password-file", str(secret)),
        ("member", "forget-factors", "ben"),
        ("member", "suspend", "ben"),
        ("member", "unsuspend", "ben"),
        ("member", "delete", "ben"),
    ):
        assert run(["--config", str(config), *command]) == 0
    assert entries(config) == [
        (COMMAND_LINE, action, BEN, reason)
        for action, reason in (
            ("member.create", "member"),
            ("member.role", "moderator"),
            ("token.create", "read push"),
            ("member.reset_password", ""),
            ("member.forget_factors", ""),
            ("actor.suspend", ""),
            ("actor.unsuspend", ""),
            ("member.delete", ""),
        )
    ]


def test_what_is_refused_or_changes_nothing_is_in_no_log(config: Path) -> None:
    for code, command in (
        (1, ("member", "suspend", "nobody")),
        (1, ("member", "move", "ben", "--to", "nonsense")),
        (1, ("token", "create", "ben", "--scopes", "everything")),
        (0, ("member", "unsuspend", "ben")),
        (0, ("deliveries", "drop", "--all")),
    ):
        assert run(["--config", str(config), *command]) == code
    assert [action for _, action, _, _ in entries(config)] == ["member.create"]
