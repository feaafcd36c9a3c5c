"""Writes the first schema anew from the models: `python -m scripts.regenerate_initial_migration`.

Only until the first release. From then on a changed model needs a migration of its own,
`fediunion/db/migrations/versions/NNNN_<what>.py`, and the first schema stays as it is: servers have it.
"""

from pathlib import Path

from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from fediunion.db.append_only import append_only_rules
from fediunion.db.full_text import full_text_indexes
from fediunion.db.migrate import all_tables

ROOT = Path(__file__).parents[1]
VERSIONS = ROOT / "fediunion" / "db" / "migrations" / "versions"
KEPT_SCHEMAS = ROOT / "tests" / "db" / "schemas"


def schema_sql(dialect: Dialect) -> str:
    """Return the statements that make all tables and indexes, each ended by `;` and a line break."""
    statements: list[str] = []
    for table in all_tables().sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    for full_text in full_text_indexes(all_tables()):
        statements += full_text.statements(dialect.name)
    for rule in append_only_rules(all_tables()):
        statements += rule.statements(dialect.name)
    lines = (line.rstrip() for statement in statements for line in f"{statement.strip()};\n".splitlines())
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both engines' files, and the copies that the tests upgrade from."""
    KEPT_SCHEMAS.mkdir(exist_ok=True)
    for url in ("sqlite://", "postgresql+asyncpg://"):
        dialect = make_url(url).get_dialect()()
        sql = schema_sql(dialect)
        (VERSIONS / f"0001_initial.{dialect.name}.sql").write_text(sql)
        stamp = (
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);\n"
            "INSERT INTO alembic_version VALUES ('0001');\n"
        )
        (KEPT_SCHEMAS / f"0001.{dialect.name}.sql").write_text(sql + stamp)


if __name__ == "__main__":
    main()
