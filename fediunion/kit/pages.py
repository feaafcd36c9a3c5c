"""Which part of a long list is wanted."""

from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """Newest first, except that `min_id` takes the oldest ones above it; all bounds are exclusive.

    Source: https://docs.joinmastodon.org/api/guidelines/#pagination
    """

    limit: int = 20
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    def newest_first(self, rows: list[T]) -> list[T]:
        """Return `rows` as a statement cut by db.pages.paged gave them, in the order to show."""
        return rows[::-1] if self.min_id is not None else rows
