"""Commands in an interpreter that has imported nothing yet, as people start them; other tests fork theirs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.processes.running import PATIENCE_SECONDS, ROOT, environment

pytestmark = pytest.mark.slow


def cold(*arguments: str | Path) -> str:
    """Return what a command prints, which must end well."""
    done = subprocess.run(
        [sys.executable, "-m", "fediunion", *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_commands_import_all_that_they_need(tmp_path: Path) -> None:
    folder = tmp_path / "cold"
    cold("init", "--dev", "--domain", f"cold.localhost:{free_port()}", "--dir", folder)
    config = ("--config", folder / "config.toml")
    cold(*config, "migrate")
    cold(*config, "member", "create", "ana", "--email", "ana@union.example")
    assert "ana" in cold(*config, "member", "list")


def test_a_server_imports_all_that_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "cold"
    cold("init", "--dev", "--domain", f"cold.localhost:{free_port()}", "--dir", folder)
    command = [sys.executable, "-m", "fediunion", "--config", str(folder / "config.toml"), "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        first = server.stderr.readline()
        server.terminate()
        server.stderr.read()
        assert "fediunion ready on" in first
        assert server.wait(PATIENCE_SECONDS) == 0
