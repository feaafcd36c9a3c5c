"""A client library on Node, as a process that does what the tests ask."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from scripts.test_needs import CLIENTS, node_itself
from tests.federation.processes import eventually
from tests.processes.running import PATIENCE_SECONDS


class Failed(Exception):
    """The library failed; `status` is the server's answer where there was one."""

    def __init__(self, message: str, status: int | None) -> None:
        super().__init__(message)
        self.status = status


class NodeClient:
    """`masto` or `megalodon` in the hands of somebody, as node/driver.mjs says."""

    def __init__(self, library: str, base_url: str) -> None:
        self.package = library
        self.base_url = base_url
        self._process = subprocess.Popen(
            [node_itself(), str(CLIENTS / "driver.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "NodeClient":
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=PATIENCE_SECONDS)

    def connect(self, token: str | None = None) -> None:
        """Make the library's client, with a token once there is one."""
        self._ask(do="connect", library=self.package, url=self.base_url, token=token)

    def call(self, path: str, *args: Any, root: str = "rest") -> Any:
        """Return what a method of the library gives."""
        return self._ask(do="call", root=root, path=path, args=args)

    def listen(self, path: str, *args: Any) -> None:
        """Return when the library is connected to a stream; what it asks for then may not have begun."""
        self._ask(do="listen", path=path, args=args)

    def until_heard(self, publish: Callable[[], Any]) -> None:
        """Publish until one of the statuses is heard: nothing else tells that a subscription has begun."""
        ids = set()

        def look() -> bool:
            ids.add(str(publish()["id"]))
            return any(name == "update" and payload["id"] in ids for name, payload in self._ask(do="heard"))

        eventually(look, what="any status")

    def hears(self, event: str, **members: Any) -> Any:
        """Return the payload of the first such event, which may come yet."""

        def look() -> Any:
            for name, payload in self._ask(do="heard"):
                if name == event and (not members or members.items() <= payload.items()):
                    return [payload]
            return None

        return eventually(look, what=f"{event} {members}")[0]

    def _ask(self, **asked: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"node ended: {self._process.wait()}"
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"], answer["status"])
        return answer["value"]


def file(path: Path) -> dict[str, str]:
    """Return an argument that is a file."""
    return {"$file": str(path)}
