"""The database: one object, two ways in (`read`, `write`), on SQLite or PostgreSQL."""

from fediunion.db.base import BIG, JSON_DOCUMENT, Base, Identified, UtcDateTime
from fediunion.db.database import Database, open_database
from fediunion.db.prepared import insert_ignoring
from fediunion.db.unit import Surroundings, announce, emit, now_of, settings_of

__all__ = [
    "BIG",
    "JSON_DOCUMENT",
    "Base",
    "Database",
    "Identified",
    "Surroundings",
    "UtcDateTime",
    "announce",
    "emit",
    "insert_ignoring",
    "now_of",
    "open_database",
    "settings_of",
]
