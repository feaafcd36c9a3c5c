"""The ASGI application of an instance: a small dispatcher for what is hot, the router for the rest."""

from typing import Final

from starlette.applications import Starlette

from fediunion.api.streaming.socket import socket_app
from fediunion.app.answers import with_safe_headers
from fediunion.app.asgi import answering_handshake
from fediunion.app.bodies import with_body_limits
from fediunion.app.errors import with_errors
from fediunion.app.gate import gate
from fediunion.app.metrics import Metrics, health_app
from fediunion.installed import ANY_METHOD, audiences, hot_apps, plugged, routes
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.world import World

_ACTORS: Final = "/actors/"


def create_app(world: World) -> AsgiApp:
    """Return the ASGI application of `world`. Its endpoints find the world as `world_of(request)`,
    who is behind the name of an audience as `request.app.state.audiences`, and what features put into pages
    as `request.app.state.plugged`.

    What every request passes: the safe headers, the gate, the table of errors, the limits of bodies.
    Both inboxes read their bodies themselves, within limits of their own.
    """
    application = Starlette(routes=routes())
    application.state.world = world
    application.state.audiences = audiences()
    application.state.plugged = plugged()
    router = application.router
    hot = hot_apps(world, world.part(Metrics).rejections)
    health = health_app(world)

    limited = with_body_limits(world.settings, router)

    async def dispatch(scope: Message, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        method, pattern = _hot_key(scope["method"], path)
        scope["app"] = application
        app = hot.get((method, pattern)) or hot.get((ANY_METHOD, pattern))
        if app is None:
            app = health if path == "/metrics" or path.startswith("/health/") else limited
        await app(scope, receive, send)

    requests = _outside(world, dispatch)
    sockets = _outside(world, socket_app(world))

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            # Until it is accepted, a WebSocket is a GET that may be refused like any other.
            scope["method"] = "GET"
            await sockets(scope, receive, answering_handshake(send))
        elif scope["type"] == "http":
            await requests(scope, receive, send)

    return app


def _outside(world: World, app: AsgiApp) -> AsgiApp:
    settings = world.settings
    return with_safe_headers(settings, gate(settings, with_errors(settings, app)))


def _hot_key(method: str, path: str) -> tuple[str, str]:
    """Return the method and the path without the names in it: what hot apps are found by."""
    if path.startswith(_ACTORS):
        name, slash, rest = path[len(_ACTORS) :].partition("/")
        if name and (not slash or rest == "inbox"):
            path = "/actors/{name}/inbox" if slash else "/actors/{name}"
        elif name and rest.startswith("posts/") and rest.count("/") == 1 and len(rest) > len("posts/"):
            path = "/actors/{name}/posts/{slug}"
    return ("GET" if method == "HEAD" else method, path)
