"""What is said of a statement that the database refused."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fediunion.db import Database
from fediunion.db.said import said_by_database


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("SELECT secret FROM nowhere", "nowhere"),
        ("INSERT INTO alembic_version VALUES ('of a member'), ('of a member')", "alembic_version"),
    ],
    ids=["a missing table", "a row twice"],
)
async def test_it_is_one_line_in_the_databases_words_without_statement_and_values(
    database: Database, statement: str, named: str
) -> None:
    with pytest.raises(DBAPIError) as refused:
        await database.write(lambda session: session.execute(text(statement)))
    said = said_by_database(refused.value)
    assert named in said
    for hidden in ("\n", "class", "SELECT", "INSERT", "of a member"):
        assert hidden not in said
