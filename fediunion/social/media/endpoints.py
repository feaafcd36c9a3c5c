"""Where files are shown: those of members, and copies of those of other servers."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.actors.domains import host_blocked
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import LARGEST_ID
from fediunion.social.media.addresses import FILES, REMOTE, MediaAddresses, unpacked
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.queries import find_file, find_remote_file
from fediunion.social.media.remote import RemoteMedia
from fediunion.social.media.serving import FOREVER, PRIVATE, file_answer
from fediunion.social.media.storage.local import open_plain, read_part
from fediunion.world import world_of

_OF_ROWS: Final = frozenset({"attachment", "preview", "avatar", "header"})
_OF_URLS: Final = frozenset({"emoji", "still", "earlier"})
_PRIVATE_KINDS: Final = frozenset({"attachment", "preview", "earlier"})


async def show_file(request: Request) -> Response:
    """GET /media/files/{name}: a file that a member uploaded. Knowing the name is what entitles to it."""
    world = world_of(request)
    file = await world.db.read(find_file, request.path_params["name"])
    if file is None:
        raise NotFound("There is no such file.")
    storage = world.part(MediaDesk).storage

    async def read(start: int, length: int) -> AsyncIterator[bytes]:
        return (await storage.get(file.place, start, length)).chunks

    return await file_answer(
        request,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        caching=FOREVER if file.shared else PRIVATE,
        read=read,
    )


async def show_remote_file(request: Request) -> Response:
    """GET /media/remote/{kind}/{what}/{seal}: a copy of a file that a stored row names (M17)."""
    world = world_of(request)
    kind, what, seal = (request.path_params[part] for part in ("kind", "what", "seal"))
    if kind in _OF_ROWS:
        number = int(what) if what.isascii() and what.isdecimal() and len(what) < 20 else 0
        found = await world.db.read(find_remote_file, kind, min(number, LARGEST_ID))
        if found is None or await host_blocked(world, found[1]):
            # The server of the owner counts as well as that of the address: files may be kept elsewhere.
            raise NotFound("There is no such file.")
        url: str | None = found[0]
    else:
        url = unpacked(what) if kind in _OF_URLS else None
    return await remote_answer(request, kind, what, seal, url)


async def remote_answer(request: Request, kind: str, what: str, seal: str, url: str | None) -> Response:
    """Return the copy of a remote file whose address is sealed by us. Raises NotFound for any other."""
    world = world_of(request)
    if url is None or not MediaAddresses.of(world.settings).is_sealed(seal, kind, what, url):
        raise NotFound("There is no such file.")
    copy = await world.part(RemoteMedia).get(kind, url)

    async def read(start: int, length: int) -> AsyncIterator[bytes]:
        return read_part(open_plain(copy.path), start, length)

    return await file_answer(
        request,
        name=copy.path.name,
        media_type=copy.media_type,
        size=copy.size,
        caching=PRIVATE if kind in _PRIVATE_KINDS else FOREVER,
        read=read,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    Route(f"{FILES}{{name}}", show_file),
    Route(f"{REMOTE}{{kind}}/{{what}}/{{seal}}", show_remote_file),
)
