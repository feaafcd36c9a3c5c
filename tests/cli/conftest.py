"""An instance for the tests of a module."""

from pathlib import Path

import pytest

from tests.cli.commands import CommandedInstance


@pytest.fixture(scope="session")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> CommandedInstance:
    made = CommandedInstance.new(tmp_path_factory.mktemp("cli") / "union-a")
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
