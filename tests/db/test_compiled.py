"""A statement is compiled once for all databases of a process that understand the same SQL."""

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import Surroundings, open_database
from fediunion.db.compiled import CompilesAlike, compiled_statements
from tests.databases import Databases
from tests.fakes.clock import FakeClock


class Alike(CompilesAlike):
    """A dialect of a server of some version."""

    def __init__(self, *version: int) -> None:
        super().__init__()
        self.server_version_info = version


async def test_a_statement_is_compiled_once_for_two_databases(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    def ask(session: Session) -> str | None:
        return session.scalar(select(literal("asked of two databases").label("asked_of_two_databases")))

    kept = []
    for url in (databases.empty(), databases.empty()):
        database = open_database(url, Surroundings(settings, clock))
        await database.start()
        assert await database.write(ask) == "asked of two databases"
        await database.close()
        kept.append(
            [each for each in compiled_statements().values() if "asked_of_two_databases" in str(each)]
        )
    assert len(kept[0]) == 1
    assert kept[0] == kept[1]


def test_another_version_of_a_server_has_statements_of_its_own() -> None:
    assert Alike(17, 2) == Alike(17, 2)
    assert Alike(17, 2) != Alike(16, 8)
    assert Alike(17, 2) != CompilesAlike()
