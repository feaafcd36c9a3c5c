"""What every table is built from."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Integer, LargeBinary, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from fediunion.kit.ids import new_id

BIG = BigInteger().with_variant(Integer(), "sqlite")
# By bytes, as SQLite compares: what begins with a text is then a range of an index in any locale.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
JSON_DOCUMENT = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Always UTC with its zone in Python; SQLite stores it without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Base of every table. Relationships are declared `lazy="raise"`: load what you show."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BIG,
        str: TEXT,
        bytes: LargeBinary(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON_DOCUMENT,
        list[Any]: JSON_DOCUMENT,
    }


class Identified(Base):
    """A table whose rows have an id from the moment they are made, not only once flushed.

    A column default would fill in at flush; with an id at construction nobody has to flush.
    """

    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    def __init__(self, **values: Any) -> None:
        super().__init__(**({"id": new_id()} | values))
