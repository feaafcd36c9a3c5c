"""The formats in which vacancies leave, by the ending of their address or file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from fediunion.kit import feeds as kit_feeds
from fediunion.union.vacancies.exports.calendar import render_calendar
from fediunion.union.vacancies.exports.exported import Exported
from fediunion.union.vacancies.exports.feeds import feed_of
from fediunion.union.vacancies.exports.tables import item_list, render_csv, render_postings


@dataclass(frozen=True, kw_only=True)
class Export:
    """What a search found. `home` is its page, `address` where this format of it is.

    `title` is what the search is called; the language is one of ours.
    """

    vacancies: Sequence[Exported]
    home: str
    address: str
    title: str
    description: str
    language: str
    now: datetime


def _feed(write: Callable[[kit_feeds.Feed], bytes]) -> Callable[[Export], bytes]:
    def render(export: Export) -> bytes:
        return write(
            feed_of(
                export.vacancies,
                home=export.home,
                address=export.address,
                title=export.title,
                description=export.description,
                language=export.language,
                now=export.now,
            )
        )

    return render


def _calendar(export: Export) -> bytes:
    return render_calendar(
        export.vacancies, title=export.title, address=export.address, language=export.language
    )


def _item_list(export: Export) -> bytes:
    return orjson.dumps(item_list(export.vacancies, home=export.home, title=export.title))


FORMATS: Final[Mapping[str, tuple[str, Callable[[Export], bytes]]]] = {
    "json": ("application/json", lambda export: render_postings(export.vacancies)),
    "jsonld": ("application/ld+json", _item_list),
    "jsonfeed": (kit_feeds.RENDERERS["json"][0], _feed(kit_feeds.render_json)),
    "atom": (kit_feeds.RENDERERS["atom"][0], _feed(kit_feeds.render_atom)),
    "rss": (kit_feeds.RENDERERS["rss"][0], _feed(kit_feeds.render_rss)),
    "ics": ("text/calendar; charset=utf-8", _calendar),
    "csv": ("text/csv; charset=utf-8", lambda export: render_csv(export.vacancies)),
}
"""Name of a format → media type and what writes it."""
