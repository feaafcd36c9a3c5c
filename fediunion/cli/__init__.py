"""The command line."""

import sys
from types import ModuleType
from typing import cast

# structlog reads rich in wherever it finds it, for tracebacks on terminals; typer brings it along. A server
# has no use for it: it would be 5 MiB and a quarter of its start.
sys.modules.setdefault("rich", cast("ModuleType", None))
