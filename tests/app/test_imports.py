"""What a server does not need at rest is not in its memory."""

import subprocess
import sys

UNNEEDED = {"rich", "pygments", "alembic", "PIL", "moto", "asyncpg", "pytest"}
LISTED = """
import sys
import fediunion.cli.main
import fediunion.app.processes
print("\\n".join(name for name, module in sys.modules.items() if module is not None))
"""


def test_a_server_on_sqlite_imports_nothing_for_terminals_migrations_or_pictures() -> None:
    names = subprocess.run([sys.executable, "-c", LISTED], check=True, capture_output=True, text=True).stdout
    imported = {name.partition(".")[0] for name in names.split()}
    assert "sqlalchemy" in imported
    assert imported & UNNEEDED == set()
