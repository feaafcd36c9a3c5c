"""python -m benchmarks ROW --base-url URL --token TOKEN --pid PID: one row, as JSON on standard output."""

import argparse
import asyncio
import json
import os
import platform
import random
import ssl
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from benchmarks.authority import server_context
from benchmarks.resolver import LocalResolver
from benchmarks.rows import client_reads, fan_out, ingest, reads, streaming, web
from benchmarks.target import Target

Row = Callable[[Target, int, int], Awaitable[dict[str, float]]]
TlsRow = Callable[[Target, int, int, ssl.SSLContext], Awaitable[dict[str, float]]]

ROWS: dict[str, tuple[int, Row]] = {
    "ingest": (2000, lambda target, count, port: ingest.run(target, count=count, authors=20, port=port)),
    # Once on an instance with 10,000 stored posts and once on one with many more: see benchmarks.seed.
    "growth": (500, lambda target, count, port: ingest.run(target, count=count, authors=20, port=port)),
    "fan-out-100": (
        10,
        lambda target, count, port: fan_out.run(target, inboxes=100, hosts=100, posts=count, port=port),
    ),
    "fan-out-500": (
        4,
        lambda target, count, port: fan_out.run(target, inboxes=500, hosts=100, posts=count, port=port),
    ),
    "post-followed": (
        300,
        lambda target, count, port: reads.posting_to_followers(target, count=count, port=port),
    ),
    "home": (1000, lambda target, count, port: reads.home(target, count=count, port=port)),
    # With 100,000 posts stored (benchmarks.seed), and --password-file.
    "web-home": (300, lambda target, count, port: web.home(target, count=count, port=port)),
    "post": (500, lambda target, count, port: reads.posting(target, count=count, port=port)),
    "actor": (2000, lambda target, count, port: reads.actor(target, count=count, port=port)),
    "note": (2000, lambda target, count, port: reads.note(target, count=count, port=port)),
    "webfinger": (2000, lambda target, count, port: reads.webfinger(target, count=count, port=port)),
    "search": (500, lambda target, count, port: reads.search(target, count=count, port=port)),
    "status": (2000, lambda target, count, port: client_reads.status(target, count=count, port=port)),
    "thread": (60, lambda target, count, port: client_reads.thread(target, count=count, port=port)),
    "notifications-grouped": (
        500,
        lambda target, count, port: client_reads.grouped_notifications(target, count=count, port=port),
    ),
    "streaming-idle": (1000, lambda target, count, port: streaming.idle(target, count=count, port=port)),
    "streaming-fan-out": (5, lambda target, count, port: streaming.fan_out(target, count=count, port=port)),
}


TLS_ROWS: dict[str, tuple[int, TlsRow]] = {
    "fan-out-100-tls": (
        10,
        lambda target, count, port, tls: fan_out.run(
            target, inboxes=100, hosts=100, posts=count, port=port, tls=tls
        ),
    ),
    "fan-out-500-tls": (
        4,
        lambda target, count, port, tls: fan_out.run(
            target, inboxes=500, hosts=100, posts=count, port=port, tls=tls
        ),
    ),
}
"""Rows whose made-up servers speak TLS, with the authority that the measured server trusts."""


async def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Return the figures of one row, with the machine and the moment."""
    default = (ROWS.get(arguments.row) or TLS_ROWS[arguments.row])[0]
    count = arguments.count or default
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=LocalResolver())) as session:
        password = arguments.password_file.read_text().strip() if arguments.password_file else ""
        target = Target(
            arguments.base_url.rstrip("/"), arguments.token, arguments.pid, session, password=password
        )
        if arguments.row in ROWS:
            figures = await ROWS[arguments.row][1](target, count, arguments.port)
        else:
            tls = server_context(arguments.authority)
            figures = await TLS_ROWS[arguments.row][1](target, count, arguments.port, tls)
    return {
        "row": arguments.row,
        "count": count,
        **{name: round(value, 4) for name, value in figures.items()},
        "machine": f"{os.cpu_count()} × {platform.processor() or platform.machine()}",
        "python": platform.python_version(),
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def main() -> int:
    """Run one row. The server needs to allow http and addresses of this machine (development mode)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("row", choices=sorted(ROWS | TLS_ROWS))
    parser.add_argument("--base-url", required=True, help="for example http://a.localhost:8101")
    parser.add_argument("--token", required=True, help="bearer token of a member with a public reach")
    parser.add_argument("--pid", required=True, type=int, help="process whose CPU time counts, with children")
    parser.add_argument("--count", type=int, default=0, help="how many instead of the row's own number")
    parser.add_argument(
        "--port",
        type=int,
        default=random.randrange(20_000, 30_000),
        help="where the made-up strangers listen; another one each time, as their keys are new each time",
    )
    parser.add_argument("--authority", type=Path, help="for rows over TLS: what benchmarks.authority made")
    parser.add_argument("--password-file", type=Path, help="the member's password, for rows of pages")
    arguments = parser.parse_args()
    if arguments.row in TLS_ROWS and arguments.authority is None:
        parser.error("a row over TLS needs --authority")
    print(json.dumps(asyncio.run(measure(arguments))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
