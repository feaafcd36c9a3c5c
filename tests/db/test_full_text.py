"""Full-text indexes: the same rows are found on both engines, and nothing that is looked up is an error."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from fediunion.db import Database
from fediunion.db.full_text import Phrase, full_text, matching, matching_keys
from fediunion.db.migrate import differences
from fediunion.kit.words import folded_words


class _Tables(DeclarativeBase):
    """The tables of this test only."""


class Leaflet(_Tables):
    """What is searched."""

    __tablename__ = "test_leaflet"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[str]
    facets: Mapped[str]


INDEX = full_text(Leaflet, "words", "facets")
TEXTS = ["Strike on Thursday", "No strike at all: Grève", "1e5 and 12abc", "罢工开始"]


@pytest.fixture
async def leaflets(database: Database) -> Database:
    """A database with four leaflets, numbered from 1."""

    def make(connection: Connection) -> None:
        _Tables.metadata.create_all(connection)

    def fill(session: Session) -> None:
        rows = [
            {"number": i, "words": folded_words(t), "facets": f"a{i} open"} for i, t in enumerate(TEXTS, 1)
        ]
        session.execute(insert(Leaflet), rows)

    await database.run_on_connection(make)
    await database.write(fill)
    return database


async def found(database: Database, *phrases: Phrase) -> list[int]:
    """Return which leaflets are found, as a statement and all at once."""

    at_once = sorted(await database.read(matching_keys, INDEX, phrases))
    stated: list[Any] = await database.read(
        lambda session: sorted(session.scalars(matching(session, INDEX, phrases)))
    )
    assert stated == at_once
    return at_once


async def test_words_and_rows_of_words_are_found(leaflets: Database) -> None:
    assert await found(leaflets, Phrase("words", "strike")) == [1, 2]
    assert await found(leaflets, Phrase("words", "strike on")) == [1]
    assert await found(leaflets, Phrase("words", "on strike")) == []
    assert await found(leaflets, Phrase("words", "greve")) == [2]
    assert await found(leaflets, Phrase("words", "12abc")) == [3]
    assert await found(leaflets, Phrase("words", "1e5")) == [3]
    assert await found(leaflets, Phrase("words", folded_words("工开"))) == [4]
    assert await found(leaflets, Phrase("words", "open")) == []


async def test_what_shall_not_be_there_and_beginnings(leaflets: Database) -> None:
    assert await found(leaflets, Phrase("words", "strike"), Phrase("words", "thursday", absent=True)) == [2]
    assert await found(leaflets, Phrase("facets", "open"), Phrase("words", "strike", absent=True)) == [3, 4]
    assert await found(leaflets, Phrase("words", "thurs", prefix=True)) == [1]
    assert await found(leaflets, Phrase("words", "strike o", prefix=True)) == [1]
    assert await found(leaflets, Phrase("words", "hursday", prefix=True)) == []
    assert await found(leaflets, Phrase("facets", "a2"), Phrase("words", "strike")) == [2]


async def test_the_index_follows_its_table(leaflets: Database) -> None:
    def change(session: Session) -> None:
        session.execute(update(Leaflet).where(Leaflet.number == 1).values(words="picnic"))
        session.execute(delete(Leaflet).where(Leaflet.number == 2))

    await leaflets.write(change)
    assert await found(leaflets, Phrase("words", "strike")) == []
    assert await found(leaflets, Phrase("words", "picnic")) == [1]


async def test_an_index_that_is_missing_is_seen(database: Database) -> None:
    lost = "DROP TRIGGER ft_post_words_delete" if database.dialect == "sqlite" else "DROP INDEX ft_post_words"

    def lose(connection: Connection) -> list[object]:
        connection.exec_driver_sql(lost)
        return [each for each in differences(connection) if "ft_post_words" in str(each)]

    assert len(await database.run_on_connection(lose)) == 1
