"""Run as a program: upgrades the database URL, and dies by SIGKILL before the N-th statement."""

import asyncio
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from fediunion.db import Surroundings, open_database
from fediunion.db.migrate import upgrade
from fediunion.kit.clock import Clock
from tests.fakes.settings import settings_for


async def main(url: str, migrations: Path, dies_at: int) -> None:
    """Upgrade; the process does not survive it when there are as many statements."""
    database = open_database(url, Surroundings(settings_for("union.test", Path.cwd()), Clock()))
    numbers = count(1)

    @event.listens_for(Engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(_CHANGES) and next(numbers) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    await upgrade(database, migrations)
    await database.close()


_CHANGES = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")

if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
