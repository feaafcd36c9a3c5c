"""The server process: web, background work, or both, until SIGTERM."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Generator
from enum import StrEnum
from functools import partial
from typing import Final

import structlog
import uvicorn

from fediunion.api.streaming.joining import hub_of
from fediunion.api.streaming.socket import LONGEST_MESSAGE
from fediunion.api.streaming.subscriber import Ending
from fediunion.app.application import create_app
from fediunion.app.metrics import Metrics
from fediunion.app.opening import WEB_STATEMENT_SECONDS, WORKER_STATEMENT_SECONDS, open_world
from fediunion.app.protocol import LimitedProtocol, LimitedSocket
from fediunion.app.startup import check_process, prepare
from fediunion.config import Settings
from fediunion.kit.errors import BadConfiguration
from fediunion.social.media.desk import close_desk
from fediunion.social.translation.libretranslate import close_translation
from fediunion.web.live import LiveDesk
from fediunion.worker import work
from fediunion.world import World

_REQUESTS_STOP_SECONDS: Final = 15
_KEEP_ALIVE_SECONDS: Final = 65
_PING_SECONDS: Final = 30.0
_BACKLOG: Final = 2048
_MOST_AT_ONCE: Final = 4096
_TICK_SECONDS: Final = 1.0

_log = structlog.get_logger(__name__)


class ServerRole(StrEnum):
    """What a server process does."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raise BadConfiguration where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise BadConfiguration(f"Nothing can listen on {host} port {port}: {error.strerror}.") from None
    listener.set_inheritable(True)
    return listener


async def serve(
    settings: Settings, role: ServerRole, listener: socket.socket | None, *, tells: bool = True
) -> None:
    """Serve until SIGTERM or SIGINT: web on `listener`, background work, or both.

    Where it `tells`, one line on standard error says when requests are accepted. Stops within 30 s: no
    new requests, those under way are finished, and what the background work has begun.
    """
    check_process(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    seconds = WEB_STATEMENT_SECONDS if role is ServerRole.WEB else WORKER_STATEMENT_SECONDS
    world = open_world(settings, statement_seconds=seconds)
    try:
        await prepare(world)
        await run_world(world, role, listener, stop, _tell if tells else _say_nothing)
    finally:
        await close_world(world)


async def prepare_once(settings: Settings) -> None:
    """Make the instance ready for work, and let go of it. Raises what `serve` raises before it begins."""
    check_process(settings)
    world = open_world(settings)
    try:
        await prepare(world)
    finally:
        await close_world(world)


async def close_world(world: World) -> None:
    """Write down what is still in memory, and let go of connections and files."""
    await world.part(Metrics).rejections.close()
    await close_desk(world)
    await close_translation(world)
    await world.client.close()
    await world.db.close()


async def run_world(
    world: World,
    role: ServerRole,
    listener: socket.socket | None,
    stop: asyncio.Event,
    tell: Callable[[str], None],
) -> None:
    """Serve a prepared world until `stop` is set; `tell` gets one line when it has begun."""
    async with asyncio.TaskGroup() as group:
        if role is not ServerRole.WEB:
            group.create_task(work(world, world.part(Metrics).rejections, stop))
        if listener is not None:
            group.create_task(_serve_web(world, listener, stop, tell))
        else:
            tell(f"fediunion worker ready for {world.settings.base_url}")


async def _serve_web(
    world: World, listener: socket.socket, stop: asyncio.Event, tell: Callable[[str], None]
) -> None:
    config = uvicorn.Config(
        create_app(world),
        http=LimitedProtocol,
        ws=LimitedSocket,
        ws_max_size=LONGEST_MESSAGE,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        # What is compressed keeps a window for each connection: 300 KiB for a frame now and then.
        ws_per_message_deflate=False,
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_REQUESTS_STOP_SECONDS,
    )
    server = _Server(config)
    server.when_started = partial(tell, f"fediunion ready on {world.settings.base_url}")
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    # A stream would go on until it is cut off; its client comes back when it is told to.
    hub_of(world).end_all(Ending.STOPPING)
    world.part(LiveDesk).end_all()
    server.end()
    await serving


class _Server(uvicorn.Server):
    """Leaves signals to us, as the background work has to hear of them too; says when it runs."""

    when_started: Callable[[], None]

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Accept no more, and return once the requests under way are answered."""
        self.should_exit = True
        self._ended.set()

    async def main_loop(self) -> None:
        """Keep the date of answers until the end. uvicorn's own loop wakes ten times a second for that."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._ended.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept requests."""
        await super().startup(sockets)
        self.when_started()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture nothing."""
        yield


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _say_nothing(_line: str) -> None:
    pass
