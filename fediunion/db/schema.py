"""Looking at the schema of a database without Alembic, which takes long to import."""

from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

_REVISIONS: Final = Path(__file__).parent / "migrations" / "versions"


def has_newest_schema(session: Session) -> bool:
    """Return whether nothing is to be migrated; revisions are named after their files (`0001_initial.py`)."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return False
    newest = max(file.name.partition("_")[0] for file in _REVISIONS.glob("[0-9]*_*.py"))
    found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found == newest
