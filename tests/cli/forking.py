"""A process that has imported everything once, and forks one that runs each command: real ones, and quick.

`python -m tests.cli.forking` reads a JSON line for each command and answers with one.
"""

import contextlib
import gc
import io
import json
import os
import sys
import tempfile
from typing import Any

from sqlalchemy.orm import configure_mappers

# What commands import when they need it: here once, for all of them.
import fediunion.app.backup.making
import fediunion.app.backup.restoring
import fediunion.app.doctor.examine
import fediunion.app.startup
import fediunion.db.migrate
import fediunion.db.sqlite
import fediunion.outbox.service
from fediunion.cli.main import run


def main() -> None:
    """Serve until standard input ends."""
    fediunion.db.migrate.all_tables()
    configure_mappers()
    with contextlib.redirect_stdout(io.StringIO()):
        # The first command takes longer than those after it: it imports what typer needs.
        run(["activities"])
    # What is here stays: those who are forked need not look through it.
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run_forked(json.loads(line))) + "\n")
        sys.stdout.flush()


def _run_forked(command: dict[str, Any]) -> dict[str, Any]:
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as error,
    ):
        stdin.write(command["stdin"].encode())
        stdin.seek(0)
        child = os.fork()
        if child == 0:
            for place, file in enumerate((stdin, out, error)):
                os.dup2(file.fileno(), place)
            _run_here(command)
        _, status = os.waitpid(child, 0)
        written = []
        for file in (out, error):
            file.seek(0)
            written.append(file.read().decode())
    return {"code": os.waitstatus_to_exitcode(status), "stdout": written[0], "stderr": written[1]}


def _run_here(command: dict[str, Any]) -> None:
    """Run the command in this process and end it, whatever happens."""
    code = 70
    try:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # it lasts as long as the process
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # it lasts as long as the process
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # it lasts as long as the process
        os.environ.clear()
        os.environ.update(command["env"])
        os.chdir(command["folder"])
        code = run(command["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
