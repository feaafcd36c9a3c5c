"""What every test may ask for: a clock, settings, and fresh databases on the engine of this run."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from fediunion.config import DatabaseSettings, Settings
from fediunion.db import Database, Surroundings, open_database
from tests.databases import Databases, PostgresDatabases, SqliteDatabases, quick_folder
from tests.fakes.clock import FakeClock
from tests.fakes.settings import settings_for
from tests.postgres import PostgresServer
from tests.steady_loop import SteadyLoop
from tests.together import Together

# Examples are the same in each run, and no machine is too slow for them.
hypothesis.settings.register_profile(
    "tests",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("tests")

_SERVER = pytest.StashKey[PostgresServer]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="the engine; with postgresql only the tests that use a database run",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--database") == "postgresql":
        # Our server has no TLS. To ask it for some costs each connection a round trip.
        os.environ["PGSSLMODE"] = "disable"
        if not hasattr(config, "workerinput"):
            config.stash[_SERVER] = PostgresServer()


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(_SERVER, None)
    if server is not None:
        server.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the session's PostgreSQL is."""
    server = node.config.stash.get(_SERVER, None)
    if server is not None:
        node.workerinput["postgres_url"] = server.url


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Return what gives tests to workers. The marks of pytest-xdist have no effect with this pytest."""
    return Together(config, log)


def pytest_runtest_setup() -> None:
    """Set up the log, which a command that ran in this process may have set up for itself."""
    structlog.configure(
        # As the server does: a stack without the values in it, which would take a second to show.
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=structlog.PrintLoggerFactory(),
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database") == "sqlite":
        return
    using = [
        item for item in items if {"databases", "lasting_databases"} & set(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(using)])
    items[:] = using


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> dict[str, type[SteadyLoop]]:
    """Return what makes the loops that tests run in."""
    return {"steady": SteadyLoop}


def pytest_collection_finish() -> None:
    # Tests and modules stay to the end: the garbage collector need not look at them again and again.
    gc.collect()
    gc.freeze()


def _postgres_url(config: pytest.Config) -> str:
    """Return the URL of the session's server, also in a worker of pytest-xdist."""
    server = config.stash.get(_SERVER, None)
    return str(server.url if server else vars(config)["workerinput"]["postgres_url"])


@pytest.fixture(scope="session")
def files() -> Iterator[SqliteDatabases]:
    """Makes SQLite databases, for tests in which the engine plays no part."""
    with quick_folder() as folder:
        yield SqliteDatabases(folder)


@pytest.fixture(scope="session")
def _databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    if request.config.getoption("--database") == "sqlite":
        files: SqliteDatabases = request.getfixturevalue("files")
        yield files
        return
    made = PostgresDatabases(_postgres_url(request.config))
    yield made
    made.close()


@pytest.fixture
def databases(_databases: Databases) -> Iterator[Databases]:
    """Makes databases on the engine of this run; they are removed after the test."""
    yield _databases
    _databases.remove_all()


@pytest.fixture(scope="session")
def lasting_databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Makes databases on the engine of this run for what many tests share, until the session ends."""
    if request.config.getoption("--database") == "sqlite":
        with quick_folder() as folder:
            yield SqliteDatabases(folder)
        return
    made = PostgresDatabases(_postgres_url(request.config), prefix="lasting")
    yield made
    made.remove_all()
    made.close()


@pytest.fixture
def database_url(databases: Databases) -> str:
    """The URL of a database without tables."""
    return databases.empty()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until the test moves it."""
    return FakeClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an instance `union.test`."""
    return settings_for("union.test", tmp_path)


@pytest.fixture
async def database(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Database]:
    """An open database with all tables and no rows."""
    settings = replace(settings, database=DatabaseSettings(url=databases.with_tables()))
    opened = open_database(settings.database.url, Surroundings(settings, clock))
    await opened.start()
    yield opened
    await opened.close()
