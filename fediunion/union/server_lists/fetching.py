"""Fetching lists of other unions through the guarded client, and looking at the followed ones again."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.domains import host_blocked
from fediunion.actors.remote import resolve_actor
from fediunion.actors.signing import instance_signer
from fediunion.db import now_of
from fediunion.kit.errors import BadDocument, FediUnionError, NotAllowed
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of, same_origin
from fediunion.union.server_lists.documents import ReadList, read_list
from fediunion.union.server_lists.models import FollowedList
from fediunion.union.server_lists.queries import get_followed, list_followed
from fediunion.union.server_lists.service import take_list
from fediunion.world import World

LOOK_JOB: Final = "server_lists.look"
EVERY_SECONDS: Final = 6 * 3600.0


async def fetch_list(world: World, url: str) -> tuple[ReadList, JsonObject]:
    """Return the list at an address, and its document; whose it is, is known here afterwards.

    Raises as `read_list` and the client; NotAllowed for a blocked server, BadDocument where the address
    leads to another server.
    """
    if await host_blocked(world, authority_of(url)):
        raise NotAllowed(f"{authority_of(url)} is blocked here", reason="blocked")
    fetched = await world.client.fetch_json(url, signer=await instance_signer(world))
    if not same_origin(fetched.final_url, url):
        raise BadDocument("The address leads to another server.", reason="foreign-list")
    found = read_list(url, fetched.document)
    await resolve_actor(world, found.owner_uri)
    return found, fetched.document


async def look_at_lists(world: World, _payload: JsonObject) -> None:
    """Job: fetch the followed lists anew, and keep what they say; a list that fails stays as it was."""
    for url in await world.db.read(_urls):
        try:
            found, document = await fetch_list(world, url)
            await world.db.write(_take, found, document)
        except FediUnionError as error:
            await world.db.write(_note_problem, url, str(error))


def _urls(session: Session) -> list[str]:
    return [row.url for row in list_followed(session)]


def _take(session: Session, found: ReadList, document: JsonObject) -> None:
    take_list(session, get_followed(session, found.url), found, document)


def _note_problem(session: Session, url: str, problem: str) -> None:
    row: FollowedList = get_followed(session, url)
    row.looked_at, row.problem = now_of(session), problem[:300]
