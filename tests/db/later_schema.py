"""A second migration for tests: it reshapes a table that others refer to, as a later release will."""

import shutil
from pathlib import Path

from fediunion.db.migrate import MIGRATIONS

_SECOND = '''
"""Reshapes the table of jobs and the table of actors."""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("actor", recreate=recreate) as table:
        table.add_column(sa.Column("motto", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("job") as table:
        table.add_column(sa.Column("mood", sa.Text(), nullable=True))
    op.execute("UPDATE job SET mood = 'calm'")
'''


def with_second_migration(folder: Path) -> Path:
    """Return a copy of the migrations in `folder`, with one more."""
    migrations = folder / "migrations"
    shutil.copytree(MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "versions" / "0002_second.py").write_text(_SECOND)
    return migrations
