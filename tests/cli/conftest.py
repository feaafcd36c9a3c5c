"""Commands that share one process to fork from, and an instance for the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import CommandedInstance, Commands


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    started = Commands()
    yield started
    started.close()


@pytest.fixture(scope="session")
def _empty(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> CommandedInstance:
    made = CommandedInstance.new(commands, tmp_path_factory.mktemp("cli") / "union-a")
    made.succeed("migrate")
    made.succeed("member", "list")
    return made


@pytest.fixture
def fresh(_empty: CommandedInstance, tmp_path: Path) -> CommandedInstance:
    """An instance of the test's own, without members."""
    return _empty.copied(tmp_path / "union-a")


@pytest.fixture(scope="module")
def instance(_empty: CommandedInstance, tmp_path_factory: pytest.TempPathFactory) -> CommandedInstance:
    """An instance whose owner is `ana`."""
    made = _empty.copied(tmp_path_factory.mktemp("cli") / "union-a")
    made.member("ana", "--role", "owner")
    return made
