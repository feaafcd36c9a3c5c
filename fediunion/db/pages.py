"""Cutting a statement to one page, by ids as the Mastodon API does, and to what begins with a text."""

from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression
from sqlalchemy.orm import InstrumentedAttribute

from fediunion.kit.pages import Page

S = TypeVar("S", bound="Select[*tuple[Any, ...]]")


def paged(statement: S, column: InstrumentedAttribute[int], page: Page) -> S:
    """Return `statement` cut to `page` by `column`. Give its rows to `page.newest_first`."""
    if page.max_id is not None:
        statement = statement.where(column < page.max_id)
    if page.since_id is not None:
        statement = statement.where(column > page.since_id)
    if page.min_id is not None:
        return statement.where(column > page.min_id).order_by(column.asc()).limit(page.limit)
    return statement.order_by(column.desc()).limit(page.limit)


_LAST_CHARACTER: Final = "\U0010ffff"


def begins_with(column: SQLColumnExpression[str], prefix: str) -> ColumnElement[bool]:
    """Return the condition that a text begins with `prefix`, in which nothing is a wildcard (row O16).

    Texts are compared by bytes (db.base.TEXT), so that it is a range of an index on `column`.
    """
    return (column >= prefix) & (column < prefix + _LAST_CHARACTER)
