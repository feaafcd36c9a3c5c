"""The one object that an instance's doors and jobs are given: everything outside the rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fediunion.activitypub.client import Client
from fediunion.activitypub.vocab import DocumentClaim
from fediunion.config import Settings
from fediunion.db import Database
from fediunion.kit.cache import ReadCache
from fediunion.kit.clock import Clock

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

Part = TypeVar("Part")

CHANGED = "changed"
"""Announced with a cache's name ("actors", "keys", "domains", "posts") by who changed what it keeps."""


@dataclass(frozen=True)
class World:
    """Settings, time, storage and network of one instance. Tests build it with fakes.

    `claims` are the documents that features recognise in what comes from elsewhere, the most specific first.
    """

    settings: Settings
    clock: Clock
    db: Database
    client: Client
    claims: Sequence[DocumentClaim] = ()
    caches: dict[str, ReadCache] = field(default_factory=dict)
    parts: dict[Callable[["World"], Any], Any] = field(default_factory=dict)

    def cache(self, name: str, max_items: int, ttl_seconds: float) -> ReadCache:
        """Return the cache of that name, made on first use; `name` announced as changed clears it."""
        found = self.caches.get(name)
        if found is None:
            found = self.caches[name] = ReadCache(max_items, ttl_seconds, self.clock.monotonic)
        return found

    def part(self, make: "Callable[[World], Part]") -> Part:
        """Return what `make(world)` gave on first use: what a package remembers between requests."""
        found = self.parts.get(make)
        if found is None:
            found = self.parts[make] = make(self)
        return cast("Part", found)

    def watch_changes(self) -> None:
        """Clear a cache when any process of the instance announces that what it keeps has changed."""

        def changed(name: str) -> None:
            # An empty one too: what is being read for it now is old already.
            for cache_name, cache in self.caches.items():
                if name in ("*", cache_name):
                    cache.clear()

        self.db.subscribe(CHANGED, changed)


def world_of(request: "HTTPConnection") -> World:
    """Return the instance that a request is for: `app/application.py` puts it where endpoints find it."""
    world: World = request.app.state.world
    return world
