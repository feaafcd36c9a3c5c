"""From a request to its endpoint and back: one table instead of a chain of patterns."""

from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from fediunion.api.auth import NEEDS_A_MEMBER, AppCaller, Caller, Unauthorized, allows, find_bearer
from fediunion.api.bodies import read_body
from fediunion.api.deprecations import deprecation_header
from fediunion.api.endpoint import Answer, Call, Endpoint, Stream
from fediunion.api.errors import RawHeaders, WrongMethod, error_answer, is_known
from fediunion.api.files import form_with_files
from fediunion.api.limits import RateLimits
from fediunion.api.params import Params, nested, query_pairs
from fediunion.kit.asgi import AsgiApp
from fediunion.kit.errors import FediUnionError, NotAllowed, NotFound, Refused
from fediunion.world import World

_USUAL: Final = (
    (b"content-type", b"application/json; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
)
_ANY: Final = ":"
_SAME_AS: Final = {"HEAD": "GET", "PATCH": "PUT"}
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class EndpointTable:
    """Endpoints by path: found by walking its parts, a fixed part before an open one."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._root: dict[str, Any] = {}
        for endpoint in endpoints:
            node = self._root
            for part in endpoint.path.strip("/").split("/"):
                node = node.setdefault(_ANY if part.startswith(_ANY) else part, {})
            methods: dict[str, Endpoint] = node.setdefault("", {})
            if endpoint.method in methods:
                raise ValueError(f"two endpoints claim {endpoint.method} {endpoint.path}")
            methods[endpoint.method] = endpoint

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        """Return the endpoint and the open parts of `path`, with or without a slash at its end.

        Mastodon.py sends one. Raises NotFound for an unknown path, WrongMethod for a known one that does not
        take the method.
        """
        parts = path.strip("/").split("/")
        methods = _walk(self._root, parts, 0)
        if methods is None:
            raise NotFound("There is no such endpoint.")
        endpoint = methods.get(_SAME_AS.get(method, method))
        if endpoint is None:
            raise WrongMethod("This address does not take that method")
        names = endpoint.path.strip("/").split("/")
        return endpoint, {
            name[1:]: part for name, part in zip(names, parts, strict=True) if name.startswith(_ANY)
        }


def _walk(node: Mapping[str, Any], parts: list[str], at: int) -> dict[str, Endpoint] | None:
    if at == len(parts):
        return node.get("")
    if not parts[at]:
        return None
    for key in (parts[at], _ANY):
        below = node.get(key)
        if below is not None:
            found = _walk(below, parts, at + 1)
            if found is not None:
                return found
    return None


class ApiRoute(BaseRoute):
    """All endpoints under `prefix` as one route for Starlette. What is not in the table is 404 in JSON.

    Where it is not `limited`, calls are not counted.
    """

    def __init__(self, prefix: str, endpoints: Iterable[Endpoint], *, limited: bool = True) -> None:
        self.prefix = prefix
        self.limited = limited
        self.endpoints = tuple(endpoints)
        self._table = EndpointTable(self.endpoints)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See BaseRoute."""
        mine = scope["type"] == "http" and scope["path"].startswith(self.prefix)
        return (Match.FULL if mine else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """See BaseRoute: these routes have no names."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See BaseRoute."""
        await self.serve(scope["app"].state.world, scope, receive, send)

    def app(self, world: World) -> AsgiApp:
        """Return the endpoints as an ASGI app of their own, for a dispatcher in front of the router."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self.serve(world, scope, receive, send)

        return app

    async def serve(self, world: World, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. An error that the table does not know is raised again, for the server's log."""
        headers: RawHeaders
        told: RawHeaders = []
        try:
            answer = await self._answer(world, scope, receive, told)
        except FediUnionError as error:
            if not is_known(error):
                raise
            status, body, headers = error_answer(error)
        else:
            if isinstance(answer, Stream):
                await answer.run(scope, receive, send)
                return
            status, body, headers = answer.status, answer.content(), list(answer.headers)
        given = {name for name, _ in headers}
        headers += [pair for pair in (*_USUAL, *told) if pair[0] not in given]
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(
        self, world: World, scope: Scope, receive: Receive, told: RawHeaders
    ) -> Answer | Stream:
        """Return the answer; `told` gets the headers about limits as soon as it is known who calls."""
        method: str = scope["method"]
        endpoint, open_parts = self._table.find(method, scope["path"])
        told += deprecation_header(endpoint.method, endpoint.path)
        headers = dict(scope["headers"])
        query = query_pairs(scope["query_string"])
        counts, address = world.part(RateLimits), _address_of(scope)
        try:
            caller = await _authorised(world, endpoint, headers, query)
        except FediUnionError:
            told += counts.count_address(address)
            raise
        if isinstance(caller, Caller):
            told += counts.count_member(caller.member_id, endpoint.method, endpoint.path)
        elif self.limited:
            told += counts.count_address(address)
        values: dict[str, Any] = nested(query) if query else {}
        async with AsyncExitStack() as until_answered:
            # Mastodon.py asks for familiar followers by JSON in a GET, as Rails lets it.
            if method in _WITH_BODY or headers.get(b"content-length", b"0") != b"0":
                kind = headers.get(b"content-type", b"")
                if endpoint.takes_files and kind.lower().startswith(b"multipart/form-data"):
                    form = form_with_files(receive, kind, *_room_for_files(world))
                    values |= await until_answered.enter_async_context(form)
                else:
                    values |= await read_body(receive, kind)
            call = Call(
                world=world,
                method=method,
                path=scope["path"],
                open_parts=open_parts,
                params=Params(values, query),
                caller=caller if isinstance(caller, Caller) else None,
                headers=headers,
                app=caller if isinstance(caller, AppCaller) else None,
                address=address,
            )
            answer = await endpoint.handle(call)
            return answer if isinstance(answer, Answer | Stream) else Answer(answer)


async def _authorised(
    world: World, endpoint: Endpoint, headers: Mapping[bytes, bytes], query: Iterable[tuple[str, str]]
) -> Caller | AppCaller | None:
    """Return who calls; raise Unauthorized, NotAllowed or Refused where the endpoint needs more (row O07)."""
    if any(name == "access_token" for name, _ in query):
        raise Unauthorized("A token is taken from the Authorization header only")
    caller = await find_bearer(world, headers.get(b"authorization"), pending_too=endpoint.pending_too)
    if caller is None:
        if not endpoint.public:
            raise Unauthorized("The access token is invalid")
        return None
    if endpoint.scopes and not any(allows(caller.scopes, scope) for scope in endpoint.scopes):
        raise NotAllowed("This action is outside the authorized scopes")
    if isinstance(caller, AppCaller) and not (endpoint.public or endpoint.any_token):
        raise Refused(NEEDS_A_MEMBER)
    return caller


def _room_for_files(world: World) -> tuple[Path, int]:
    """Return where files of a request wait for its answer, and how many bytes one may have."""
    media = world.settings.media
    return media.dir / "incoming", max(media.image_max_bytes, media.video_max_bytes)


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
