"""The Fedify peer as a process of its own, steered by the tests."""

import ssl
from types import TracebackType
from typing import Any

import httpx

from scripts.test_needs import PEER, node_itself
from tests.federation.processes import Json, Process
from tests.ports import free_port
from tests.processes.running import PATIENCE_SECONDS

SCHEMES = {"rfc9421": "rfc9421", "cavage": "draft-cavage-http-signatures-12"}


class FedifyPeer:
    """An independent server at `http://peer.localhost:PORT`; `as_` in what it does is "pia" or "quinn"."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.port = free_port()
        self.domain = f"peer.localhost:{self.port}"

    def __enter__(self) -> "FedifyPeer":
        command = [node_itself(), str(PEER / "peer.mjs"), str(self.port)]
        self._process = Process(command, "peer ready", environ={"FIRST_KNOCK": SCHEMES[self.scheme]})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()

    def uri(self, name: str) -> str:
        """Return the id of somebody there."""
        return f"http://{self.domain}/users/{name}"

    def ask(self, control: str, as_: str = "pia", **wish: Any) -> Any:
        """Let the peer do something, as peer.mjs says; return what came of it."""
        no_authorities = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with httpx.Client(
            headers={"Host": self.domain}, timeout=PATIENCE_SECONDS, verify=no_authorities
        ) as http:
            answer = http.post(f"http://127.0.0.1:{self.port}/control/{control}", json={"as": as_, **wish})
        assert answer.is_success, f"{control} {wish}: {answer.text}\n{''.join(self._process.said[-20:])}"
        return answer.json()

    def received(self, type: str, **members: str) -> Json | None:
        """Return the first verified activity of that type with those members, `object` by its id."""
        for entry in self.ask("received"):
            activity: Json = entry["activity"]
            about = activity.get("object")
            seen = activity | {"object": about["id"] if isinstance(about, dict) else about}
            if activity["type"] == type and all(seen.get(name) == value for name, value in members.items()):
                return dict(entry)
        return None
