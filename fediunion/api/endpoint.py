"""What an endpoint is: a method, a path, the scope that it needs, and a function from a call to an answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import orjson
from starlette.types import Receive, Scope, Send

from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.api.auth import AppCaller, Caller, Unauthorized
from fediunion.api.paging import page_of
from fediunion.api.params import Params, id_in
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.world import World

Json: TypeAlias = Any
"""What orjson writes, fragments that are JSON already among it."""

NO_CONTENT: Final[dict[str, object]] = {}
"""The empty object that the Mastodon API answers where there is nothing to show."""


@dataclass(frozen=True)
class Answer:
    """An answer that is more than a JSON value with status 200. `body` as bytes is JSON already."""

    body: Json
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def content(self) -> bytes:
        """Return the body as it is sent."""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


@dataclass(frozen=True)
class Stream:
    """An answer that goes on: `run(scope, receive, send)` sends all of it, in the words of ASGI."""

    run: Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """One request to an endpoint. `open_parts` are the parts of the path that the template leaves open.

    `app` is the app where one calls for itself; `address` who sent the request, as the gate found it.
    """

    world: World
    method: str
    path: str
    open_parts: Mapping[str, str]
    params: Params
    caller: Caller | None
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    app: AppCaller | None = None
    address: str = ""

    @property
    def member(self) -> Caller:
        """Who calls; Unauthorized where nobody is logged in."""
        if self.caller is None:
            raise Unauthorized("This method requires an authenticated user")
        return self.caller

    @property
    def viewer(self) -> Viewer:
        """Who asks, for queries."""
        return ANONYMOUS if self.caller is None else self.caller.viewer

    @property
    def id(self) -> int:
        """The number in the path; NotFound where it is none."""
        return self.id_in("id")

    def id_in(self, name: str) -> int:
        """Return a number in the path; NotFound where it is none."""
        found = id_in(self.open_parts[name])
        if found is None:
            raise NotFound("There is no such thing.")
        return found

    def page(self, limit: int = 20, most: int = 40) -> Page:
        """Return which part of a list is wanted; `limit` unless the caller says otherwise, `most` at most."""
        return page_of(self.params, limit, most)


Handler: TypeAlias = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True)
class Endpoint:
    """One row of the route table.

    Without `scopes` it is open to all; with `public` it is open to all and a token that comes must have
    one of `scopes`; else a token with one of `scopes` is needed. A part of the path in `:name` is open.
    `empty` says why it always answers that there is nothing, where that is on purpose.
    With `any_token` every token will do, also one that an app has for itself.
    It is there for who waits to be let in only where `pending_too`.
    Where it `takes_files`, those of a multipart body are among the parameters (kit.multipart.UploadedFile).
    """

    method: str
    path: str
    handle: Handler
    scopes: tuple[str, ...]
    public: bool = False
    empty: str = ""
    takes_files: bool = False
    any_token: bool = False
    pending_too: bool = False

    def __post_init__(self) -> None:
        if not (self.scopes or self.public or self.any_token):
            raise ValueError(f"{self.method} {self.path} declares neither a scope nor that it is public")


def get(path: str, handle: Handler, *scopes: str, public: bool = False) -> Endpoint:
    """Return an endpoint that reads."""
    return Endpoint("GET", path, handle, scopes, public)


def post(
    path: str, handle: Handler, *scopes: str, public: bool = False, takes_files: bool = False
) -> Endpoint:
    """Return an endpoint that makes or does something."""
    return Endpoint("POST", path, handle, scopes, public, takes_files=takes_files)


def put(path: str, handle: Handler, *scopes: str, takes_files: bool = False) -> Endpoint:
    """Return an endpoint that changes something: clients send PUT or PATCH, and mean the same."""
    return Endpoint("PUT", path, handle, scopes, takes_files=takes_files)


def delete(path: str, handle: Handler, *scopes: str) -> Endpoint:
    """Return an endpoint that removes something."""
    return Endpoint("DELETE", path, handle, scopes)


def on_purpose(reason: str, *endpoints: Endpoint) -> tuple[Endpoint, ...]:
    """Return endpoints marked as always empty, with the reason that the documentation gives."""
    return tuple(replace(endpoint, empty=reason) for endpoint in endpoints)
