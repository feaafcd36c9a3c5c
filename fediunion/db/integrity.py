"""Whether a SQLite file is whole: a disk or a copy that went wrong damages pages without a word."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from fediunion.kit.errors import FediUnionError

_MOST_SAID: Final = 3
_LONGEST: Final = 300


class Damaged(FediUnionError):
    """The database file holds pages that cannot be right: what is written now may be lost as well."""

    reason = "damaged"


def check_integrity(connection: Connection) -> None:
    """Read every page of a SQLite file once; raise Damaged that says what is wrong (row L09).

    Source: https://www.sqlite.org/pragma.html#pragma_quick_check
    """
    try:
        found = connection.execute(text(f"PRAGMA quick_check({_MOST_SAID})")).scalars().all()
    except DatabaseError as error:
        # A page that is no page at all ends the check itself.
        found = [str(error.orig)]
    if found != ["ok"]:
        said = "; ".join(found).replace("\n", " ")[:_LONGEST]
        raise Damaged(f"the database file is damaged ({said}); restore the last backup beside it")
