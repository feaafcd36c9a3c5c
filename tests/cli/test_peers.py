"""What an operator decides about other servers at the command line is in the audit log as any decision."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fediunion.cli.main import run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a new instance on this machine."""
    folder = tmp_path / "instance"
    assert run(["init", "--dev", "--domain", "union.localhost", "--port", "8123", "--dir", str(folder)]) == 0
    return folder / "config.toml"


def rows(config: Path, query: str) -> list[tuple[object, ...]]:
    """Return what the instance's database has."""
    [path] = config.parent.rglob("*.db")
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_blocking_and_allowing_at_the_command_line_is_audited_and_has_its_consequences(config: Path) -> None:
    assert (
        run(["--config", str(config), "peers", "block", "Spam.Example", "--reason", "false vacancies"]) == 0
    )
    assert rows(config, "SELECT host, action, reason FROM domain_rule") == [
        ("spam.example", "block", "false vacancies")
    ]
    assert rows(config, "SELECT kind FROM job WHERE kind LIKE 'moderation.%'") == [
        ("moderation.sever_hosts",)
    ]
    assert run(["--config", str(config), "peers", "allow", "spam.example"]) == 0
    assert rows(config, 'SELECT action, subject, reason, "by" FROM audit_entry ORDER BY number') == [
        ("host.block", "spam.example", "false vacancies", "command line"),
        ("host.allow", "spam.example", "", "command line"),
    ]


def test_what_is_no_host_is_refused_at_the_command_line_and_leaves_no_entry(config: Path) -> None:
    assert run(["--config", str(config), "peers", "block", "no host at all"]) == 1
    assert rows(config, "SELECT count(*) FROM audit_entry") == [(0,)]
