"""The first schema: all tables, as the two SQL files beside this one make them."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the engine that is used."""
    connection = op.get_bind()
    script = Path(__file__).with_name(f"0001_initial.{connection.dialect.name}.sql")
    for statement in script.read_text().split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
