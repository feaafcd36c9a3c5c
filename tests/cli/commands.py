"""Running commands in tests, each in a process of its own."""

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from fediunion.app.opening import open_world
from fediunion.config import load_settings
from tests.ports import free_port
from tests.processes.running import fediunion

Command = Callable[..., tuple[int, bytes, str]]
"""A command run in this process: how it ended, what it printed, what it said."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.stdout)

    @property
    def refused(self) -> str:
        """The one sentence of a command that was refused or failed, which printed nothing else."""
        assert (self.code, self.stdout) == (1, ""), self
        assert self.stderr.count("\n") == 1, self.stderr
        assert "Traceback" not in self.stderr
        assert "fault of FediUnion" not in self.stderr
        return self.stderr.strip()


def run_command(
    *arguments: str | Path,
    stdin: str = "",
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Done:
    """Return how `fediunion` with these arguments ended."""
    done = fediunion(*arguments, stdin=stdin, folder=folder, env=env)
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class CommandedInstance:
    """A development instance that commands are run on."""

    folder: Path
    host: str
    port: int

    @classmethod
    def new(cls, folder: Path, *, name: str = "union-a", database_url: str = "") -> "CommandedInstance":
        """Return a new one, as `init --dev` writes it; its tables are made with the first command."""
        port = free_port()
        host = f"{name}.localhost:{port}"
        done = run_command("init", "--dev", "--domain", host, "--title", name, "--dir", folder)
        assert done.code == 0, done
        instance = cls(folder, host, port)
        if database_url.startswith("postgresql"):
            shown = '# url = "sqlite:///data/fediunion.db"'
            text = instance.config.read_text()
            assert shown in text
            instance.config.write_text(text.replace(shown, f'url = "{database_url}"'))
            instance.succeed("migrate")
        return instance

    def copied(self, folder: Path) -> "CommandedInstance":
        """Return a copy of it, with the same name and port: nobody serves both."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "config.toml"

    def run(self, *arguments: str | Path, **options: Any) -> Done:
        """Return how a command on this instance ended."""
        return run_command("--config", self.config, *arguments, **options)

    def succeed(self, *arguments: str | Path, **options: Any) -> Done:
        """Run a command that must end well."""
        done = self.run(*arguments, **options)
        assert done.code == 0, done
        return done

    def member(self, name: str, *more: str) -> dict[str, str]:
        """Make a member; return what was printed about it."""
        made: dict[str, str] = self.succeed(
            "member", "create", name, "--email", f"{name}@union.example", *more
        ).json
        return made


def change_rows(instance: CommandedInstance, work: Callable[[Session], object]) -> None:
    """Do `work` in the instance's database, as something that happened there."""

    async def change() -> None:
        world = open_world(load_settings(instance.config, {}))
        try:
            await world.db.write(work)
        finally:
            await world.client.close()
            await world.db.close()

    asyncio.run(change())
