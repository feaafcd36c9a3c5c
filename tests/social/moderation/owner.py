"""Somebody who owns the database, and may do what the server itself cannot."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def as_owner_of_the_database(session: Session) -> None:
    """Let no trigger hinder the rest of this unit of work."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit!_%' ESCAPE '!'"
    for name in connection.execute(text(triggers)).scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
