"""A process that takes a delivery, or processes what was taken; it is killed where FEDIUNION_CRASH_AT says.

Usage: python -m tests.inbox.crashing_process DATABASE_URL DIRECTORY [FILE]

FILE holds {"headers": [[name, value], …], "body": text} of a POST to the shared inbox. With it the
process prints the status that the sender gets; without it, it processes what is due.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from multidict import CIMultiDict

from fediunion.kit.urls import parse_remote_url
from tests.inbox.rig import SHARED, Rig


async def main(database_url: str, directory: Path, sent: dict[str, Any] | None) -> None:
    """Take the delivery `sent`, or process."""
    rig = await Rig.reopen(database_url, directory)
    if sent is None:
        await rig.settle()
    else:
        answer = await rig.internet.send(
            "POST",
            parse_remote_url(SHARED),
            CIMultiDict(sent["headers"]),
            sent["body"].encode(),
            max_bytes=9999,
            deadline_seconds=600,
        )
        sys.stdout.write(f"{answer.status}\n")
        sys.stdout.flush()
    await rig.close()


if __name__ == "__main__":
    given = [json.loads(Path(name).read_text()) for name in sys.argv[3:]]
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), given[0] if given else None))
