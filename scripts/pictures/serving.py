"""The union of the story on a port of this machine, with TLS, for a browser beside it."""

import asyncio
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn

from fediunion.web.live import LiveDesk
from scripts.pictures.playing import play
from scripts.pictures.stage import HERE, Stage, opened
from tests.fakes.certificates import FakeAuthority

_PATIENCE_SECONDS: Final = 300


@contextmanager
def served() -> Iterator[tuple[Stage, int]]:
    """Give the played stage and the port on which its union answers, from a thread of its own."""
    begun: list[tuple[Stage, int, Callable[[], None]]] = []
    failed: list[BaseException] = []
    ready = threading.Event()

    def tell(stage: Stage, port: int, end: Callable[[], None]) -> None:
        begun.append((stage, port, end))
        ready.set()

    def run() -> None:
        try:
            asyncio.run(_serve(tell))
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(_PATIENCE_SECONDS)
    if not begun:
        thread.join()
        raise failed[0]
    stage, port, end = begun[0]
    try:
        yield stage, port
    finally:
        end()
        thread.join()
    if failed:
        raise failed[0]


async def _serve(tell: Callable[[Stage, int, Callable[[], None]], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        async with opened(Path(folder)) as stage:
            await play(stage)
            config = uvicorn.Config(
                stage.here.app, lifespan="off", log_config=None, timeout_graceful_shutdown=1
            )
            config.load()
            config.ssl = FakeAuthority(Path(folder)).server_context(HERE)
            server = uvicorn.Server(config)
            listener = socket.create_server(("127.0.0.1", 0))
            loop = asyncio.get_running_loop()

            def end() -> None:
                loop.call_soon_threadsafe(stage.here.world.part(LiveDesk).end_all)
                server.should_exit = True

            tell(stage, listener.getsockname()[1], end)
            await server.serve(sockets=[listener])
