"""A storm of signed deliveries on a real instance, and a look into its database afterwards."""

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.app.opening import open_world
from fediunion.config import load_settings
from fediunion.inbox.models import InboxActivity
from fediunion.jobs.models import Job
from fediunion.social.notifications.models import Notification
from fediunion.social.posts.models import Post
from tests.fakes.peer import PeerRequest, Peers, answers
from tests.fakes.signing import Forging, public_pem, rsa_key, signed_headers
from tests.faults.ledger import verify_ledger
from tests.processes.running import PATIENCE_SECONDS, Instance

Json: TypeAlias = dict[str, Any]

ROUNDS = int(os.environ.get("FEDIUNION_FAULT_ROUNDS", "2"))
"""How often a process is killed in one test; set it higher for a long run."""

AFTER_LEASES = timedelta(minutes=2)
_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@dataclass
class Sender:
    """An honest peer `gail@gail.localhost:PORT` that sends notes to ana of the instance."""

    instance: Instance
    peers: Peers
    acknowledged: list[str] = field(default_factory=list)
    unanswered: list[Json] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _answered: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def uri(self) -> str:
        """The sender's id."""
        return f"http://{self.peers.host('gail')}/gail"

    def serve(self) -> None:
        """Answer whoever asks for the sender's document."""
        document = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.uri,
            "type": "Person",
            "preferredUsername": "gail",
            "inbox": f"{self.uri}/inbox",
            "publicKey": {
                "id": f"{self.uri}#main-key",
                "owner": self.uri,
                "publicKeyPem": public_pem(rsa_key()),
            },
        }
        body = orjson.dumps(document)

        async def manner(request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
            if (request.method, request.path) != ("GET", "/gail"):
                return await answers(404 if request.method == "GET" else 202)(request, writer)
            head = "HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
            return True

        self.peers.behave("gail", manner)

    def note(self) -> Json:
        """Return the Create of another note that mentions ana."""
        number, ana = next(self._numbers), f"http://{self.instance.host}/actors/ana"
        note = {
            "id": f"{self.uri}/notes/{number}",
            "type": "Note",
            "attributedTo": self.uri,
            "content": f"<p>Note {number}</p>",
            "to": [_PUBLIC, ana],
            "tag": [{"type": "Mention", "href": ana, "name": "@ana"}],
        }
        return {
            "id": f"{self.uri}/creates/{number}",
            "type": "Create",
            "actor": self.uri,
            "to": [_PUBLIC, ana],
            "object": note,
        }

    async def send(self, activity: Json, path: str = "/inbox") -> int:
        """Return the status of one delivery, 0 where there was no answer; keep what it was."""
        status = await self._post(activity, path)
        if status == 202:
            self.acknowledged.append(activity["id"])
            async with self._answered:
                self._answered.notify_all()
        elif status == 0 or status == 503:
            self.unanswered.append(activity)
        else:
            self.refused.append(status)
        return status

    async def introduce(self) -> None:
        """Send a first note until it is taken: the server asks for the key, and does not wait for it long."""
        first = self.note()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self._post(first, "/inbox") != 202:  # noqa: ASYNC110  # somebody else makes it so
                await asyncio.sleep(1)
        self.acknowledged.append(first["id"])

    async def until_acknowledged(self, count: int) -> None:
        """Return when so many are acknowledged in all; raise TimeoutError."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._answered:
            await self._answered.wait_for(lambda: len(self.acknowledged) >= count)

    async def storm(self, until: asyncio.Event, *, at_once: int = 4) -> None:
        """Send new notes over several connections until told to stop."""

        async def stream() -> None:
            while not until.is_set():
                if await self.send(self.note()) == 0:
                    await asyncio.sleep(0.5)

        await asyncio.gather(*(stream() for _ in range(at_once)))

    async def resend(self) -> None:
        """Do what a good peer does: send again what was not acknowledged."""
        again, self.unanswered = self.unanswered, []
        for activity in again:
            assert await self.send(activity) == 202

    async def _post(self, activity: Json, path: str) -> int:
        body = orjson.dumps(activity)
        headers = signed_headers(
            Forging(),
            url=f"http://{self.instance.host}{path}",
            body=body,
            key=rsa_key(),
            key_id=f"{self.uri}#main-key",
            now=datetime.now(UTC),
        )
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
        lines += ["content-type: application/activity+json", f"content-length: {len(body)}"]
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.instance.port)
        except OSError:
            return 0
        try:
            writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode() + body)
            first = await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
            # Without an end it is of a server that was killed while it wrote.
            return int(first.split(b" ")[1]) if first.endswith(b"\n") else 0
        except (OSError, TimeoutError):
            return 0
        finally:
            writer.transport.abort()


@asynccontextmanager
async def sender_to(instance: Instance) -> AsyncIterator[Sender]:
    """Give a peer that can be asked for its key."""
    async with Peers() as peers:
        sender = Sender(instance, peers)
        sender.serve()
        yield sender


async def storm_until(sender: Sender, acknowledged: int, then: Callable[[], object]) -> None:
    """Send until about so many more were acknowledged, and do something in the midst of it, in a thread."""
    enough = len(sender.acknowledged) + random.randint(acknowledged, 2 * acknowledged)
    stop = asyncio.Event()
    storming = asyncio.create_task(sender.storm(stop))
    try:
        await sender.until_acknowledged(enough)
        await asyncio.to_thread(then)
    finally:
        stop.set()
        await storming


def clock_from_now(rounds: int) -> dict[str, str]:
    """Return the environment of a process whose clock is past all leases that were given before."""
    moment = datetime.now(UTC) + AFTER_LEASES * rounds
    return {"FEDIUNION_CLOCK_START": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


@dataclass(frozen=True)
class Found:
    """What is in the database: what is wrong, what is not done, and how often each effect happened."""

    wrong: list[str]
    waiting: int
    posts: int
    notifications: int
    rows: int


async def look(instance: Instance, acknowledged: Sequence[str], *, at_rest: bool = True) -> Found:
    """Return what the database of an instance holds."""
    world = open_world(load_settings(instance.config))
    await world.db.start()

    def read(session: Session) -> Found:
        def count(table: type[Any], *conditions: Any) -> int:
            return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

        gail = session.scalar(select(Actor.id).where(Actor.username_key == "gail"))
        return Found(
            verify_ledger(session, acknowledged, at_rest=at_rest),
            count(InboxActivity, InboxActivity.processed_at.is_(None))
            + count(Job, Job.kind.in_(("inbox.process", "outbox.fan_out"))),
            count(Post, Post.author_id == gail),
            count(Notification, Notification.from_actor_id == gail),
            count(InboxActivity),
        )

    try:
        return await world.db.read(read)
    finally:
        await world.client.close()
        await world.db.close()


async def processed(instance: Instance) -> None:
    """Return once nothing waits to be processed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await look(instance, (), at_rest=False)).waiting:  # noqa: ASYNC110  # rows vanish without an event
            await asyncio.sleep(0.3)
