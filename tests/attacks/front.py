"""A whole union `us.example` behind its front door, asked as strangers ask it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from multidict import CIMultiDict
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from fediunion.activitypub.transport import RawResponse
from fediunion.actors.models import Reach
from fediunion.inbox.models import InboxActivity
from fediunion.kit.urls import parse_remote_url
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.signing import Forging, signed_headers
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion, settle

DOMAIN: Final = "us.example"
BASE: Final = f"https://{DOMAIN}"
SHARED: Final = f"{BASE}/inbox"
PERSONAL: Final = f"{BASE}/actors/ana/inbox"
ACTIVITY_JSON: Final = "application/activity+json"

_SIGNED_GET: Final = ("(request-target)", "host", "date")


@dataclass
class Front:
    """The union with ana (public), fay (followable) and hid (hidden), and the Internet around it."""

    union: TestUnion
    internet: FakeInternet
    clock: FakeClock

    @classmethod
    async def open(cls, database_url: str, directory: Path, clock: FakeClock, **limits: Any) -> "Front":
        """Return a running one; `limits` are settings of `[limits]`."""
        settings = settings_for(DOMAIN, directory, database_url)
        settings = replace(settings, limits=replace(settings.limits, **limits))
        internet = FakeInternet()
        union = await TestUnion.start(internet, DOMAIN, database_url, clock, settings=settings)
        for name, reach in (("ana", Reach.PUBLIC), ("fay", Reach.FOLLOWABLE), ("hid", Reach.HIDDEN)):
            await union.member(name, reach=reach, locked=reach is Reach.FOLLOWABLE)
        return cls(union, internet, clock)

    async def close(self) -> None:
        """Let go of the database."""
        await self.union.close()

    async def stranger(self, authority: str, name: str) -> StrangeActor:
        """Return somebody elsewhere."""
        return (await Stranger(self.internet, authority, clock=self.clock).start()).add_actor(name)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        by: StrangeActor | None = None,
        headers: Sequence[tuple[str, str]] = (),
        accept: str = ACTIVITY_JSON,
        body: bytes | None = None,
    ) -> RawResponse:
        """Return the answer to one request, signed where it is asked `by` somebody."""
        url, sent = f"{BASE}{path}", CIMultiDict(headers)
        sent.setdefault("accept", accept)
        if by is not None:
            forging = Forging(method=method, digest="", covered=_SIGNED_GET)
            now = self.clock.now()
            sent.extend(signed_headers(forging, url=url, body=b"", key=by.rsa, key_id=by.key_id, now=now))
        return await self.internet.send(
            method, parse_remote_url(url), sent, body, max_bytes=1 << 22, deadline_seconds=600
        )

    async def settle(self) -> None:
        """Let the union do what is due."""
        await settle(self.union)

    async def outcome(self, uri: str) -> str:
        """Return what became of an activity."""
        found = await self.union.world.db.read(
            lambda session: session.scalar(select(InboxActivity.outcome).where(InboxActivity.uri == uri))
        )
        assert found is not None, f"{uri} was not stored"
        return found

    async def count(self, table: type[Any], *conditions: Any) -> int:
        """Return how many rows there are."""
        found = await self.union.world.db.read(
            lambda session: session.scalar(select(func.count()).select_from(table).where(*conditions))
        )
        return found or 0


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements that are executed until the end of the block, by whomever."""
    executed: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        executed.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        event.remove(Engine, "before_cursor_execute", note)
