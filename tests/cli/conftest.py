"""An instance for the tests of a module."""

from pathlib import Path

import pytest

from fediunion.cli.main import run
from tests.cli.commands import Command, CommandedInstance
from tests.union.vacancies.samples import AS_OF


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


@pytest.fixture
def command(
    fresh: CommandedInstance, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Command:
    """Run commands at the moment of the samples; give how each ended, what it printed and what it said."""
    monkeypatch.setenv("FEDIUNION_CLOCK_START", AS_OF.isoformat())

    def ran(*arguments: str | Path) -> tuple[int, bytes, str]:
        code = run(["--config", str(fresh.config), *map(str, arguments)])
        written = capsysbinary.readouterr()
        return code, written.out, written.err.decode()

    return ran
