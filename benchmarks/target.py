"""The server that is measured, through its Mastodon client API."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from benchmarks.processes import Usage, usage_of


@dataclass(frozen=True)
class Target:
    """Base URL, a member's bearer token and password, and the process whose CPU time counts."""

    base_url: str
    token: str
    pid: int
    session: aiohttp.ClientSession
    password: str = field(default="", repr=False)

    def usage(self) -> Usage:
        """Return what the server has used so far."""
        return usage_of(self.pid)

    async def get(self, path: str, **query: Any) -> Any:
        """Return the JSON answer of the client API. Raises RuntimeError for any other status than 200."""
        async with self.session.get(self.base_url + path, params=query, headers=self._headers) as answer:
            return await _json(answer)

    async def post(self, path: str, **fields: Any) -> Any:
        """Return the JSON answer of the client API. Raises RuntimeError for any other status than 200."""
        async with self.session.post(self.base_url + path, json=fields, headers=self._headers) as answer:
            return await _json(answer)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def follow(self, actor_uri: str) -> None:
        """Let the member follow a remote actor, and wait until that is accepted."""
        found = await self.get("/api/v2/search", q=actor_uri, resolve="true", type="accounts")
        account_id = found["accounts"][0]["id"]
        await self.post(f"/api/v1/accounts/{account_id}/follow")
        for _ in range(600):
            answer = await self.get("/api/v1/accounts/relationships", **{"id[]": account_id})
            if answer[0]["following"]:
                return
            await asyncio.sleep(0.1)
        raise RuntimeError(f"{actor_uri} was not followed within a minute")

    async def settle(self) -> None:
        """Wait until the server has used next to no CPU for two seconds."""
        while True:
            before = self.usage()
            await asyncio.sleep(2)
            if self.usage().since(before) < 0.06:
                return


async def _json(answer: aiohttp.ClientResponse) -> Any:
    body = await answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.url} answered {answer.status}: {body[:300]!r}")
    return orjson.loads(body)
