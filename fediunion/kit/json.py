"""What a JSON object is called where it is read, kept and sent."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object, of which nothing is known but that it is one."""
