"""Running commands in tests, each in a process of its own."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from fediunion.app.opening import open_world
from fediunion.config import load_settings
from tests.processes.running import ROOT, environment, free_port


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


class Commands:
    """Runs `fediunion` with arguments; `close` ends the process that it forks from."""

    def __init__(self) -> None:
        self._forking = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.forking"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        *arguments: str | Path,
        stdin: str = "",
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Done:
        """Return how the command ended."""
        command = {
            "arguments": [str(each) for each in arguments],
            "stdin": stdin,
            "folder": str(folder or ROOT),
            "env": environment(env),
        }
        assert self._forking.stdin is not None
        assert self._forking.stdout is not None
        self._forking.stdin.write(json.dumps(command) + "\n")
        self._forking.stdin.flush()
        answer = json.loads(self._forking.stdout.readline())
        return Done(answer["code"], answer["stdout"], answer["stderr"])

    def close(self) -> None:
        """End it."""
        assert self._forking.stdin is not None
        self._forking.stdin.close()
        self._forking.wait(60)
        assert self._forking.stdout is not None
        self._forking.stdout.close()


@dataclass(frozen=True)
class CommandedInstance:
    """A development instance that commands are run on."""

    commands: Commands
    folder: Path
    host: str
    port: int

    @classmethod
    def new(
        cls, commands: Commands, folder: Path, *, name: str = "union-a", database_url: str = ""
    ) -> "CommandedInstance":
        """Return a new one, as `init --dev` writes it; its tables are made with the first command."""
        port = free_port()
        host = f"{name}.localhost:{port}"
        done = commands.run("init", "--dev", "--domain", host, "--title", name, "--dir", folder)
        assert done.code == 0, done
        instance = cls(commands, folder, host, port)
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
        return self.commands.run("--config", self.config, *arguments, **options)

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


def change_rows(instance: CommandedInstance, work: Callable[[Session], None]) -> None:
    """Do `work` in the instance's database, as something that happened there."""

    async def change() -> None:
        world = open_world(load_settings(instance.config, {}))
        try:
            await world.db.write(work)
        finally:
            await world.client.close()
            await world.db.close()

    asyncio.run(change())
