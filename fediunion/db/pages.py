"""Cutting a statement to one page, by ids as the Mastodon API does."""

from typing import Any, TypeVar

from sqlalchemy import Select
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
