"""Asking other servers for accounts and posts that a member names, before any unit of work begins."""

import asyncio
from typing import Final

from fediunion.actors.models import Actor
from fediunion.actors.remote import resolve_actor, resolve_handle
from fediunion.api.auth import Caller
from fediunion.api.queries import unknown_handles
from fediunion.kit.errors import FediUnionError
from fediunion.social.posts.fetching import fetch_post
from fediunion.social.posts.models import Post
from fediunion.world import World

_MOST_HANDLES: Final = 5
_SECONDS: Final = 5.0


async def resolve_mentions(world: World, caller: Caller, text: str) -> None:
    """Store the accounts that a text mentions and nobody here knows yet: five at most, in five seconds.

    An account that cannot be had stays a plain word in the post.
    """
    if "@" not in text:
        return
    unknown = await world.db.read(unknown_handles, caller.actor_id, text)
    handles = [mention.handle for mention in unknown[:_MOST_HANDLES]]
    if not handles:
        return
    try:
        async with asyncio.timeout(_SECONDS):
            await asyncio.gather(*(find_remote_account(world, handle) for handle in handles))
    except TimeoutError:
        return  # The post does not wait for a slow server.


async def find_remote_account(world: World, named: str) -> Actor | None:
    """Return the account that a handle or an address names, asked for where unknown; None for nobody."""
    try:
        if named.startswith(("https://", "http://")):
            return await resolve_actor(world, named)
        return await resolve_handle(world, named)
    except FediUnionError:
        return None


async def find_remote_post(world: World, uri: str) -> Post | None:
    """Return the post of an address, asked for where it is unknown; None for none."""
    try:
        return await fetch_post(world, uri)
    except FediUnionError:
        return None
