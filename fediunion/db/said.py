"""What a database said about a statement that it refused, in words for people."""

from sqlalchemy.exc import DBAPIError


def said_by_database(error: DBAPIError) -> str:
    """Return one line of the database's own words, without the statement and without values of rows.

    PostgreSQL adds lines with details, which may quote what members wrote: they are left out.
    """
    raised = getattr(error.orig, "__cause__", None) or error.orig
    return str(raised).strip().partition("\n")[0]
