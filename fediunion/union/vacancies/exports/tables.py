"""Vacancies as JSON and CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Final

import orjson

from fediunion.kit.formulas import harmless_cell
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.columns import COLUMNS, SHOWN_ONLY, cells_of_notice
from fediunion.union.vacancies.exports.exported import Exported, job_posting
from fediunion.union.vacancies.posting import CONTEXT

_MARK: Final = "\ufeff"
"""Begins a CSV file, so that spreadsheets read it as UTF-8."""


def render_postings(vacancies: Sequence[Exported]) -> bytes:
    """Return `{"@context", "items": [JobPosting…], "total"}`, which `vacancy import` reads."""
    items = [job_posting(each) for each in vacancies]
    return orjson.dumps({"@context": CONTEXT, "items": items, "total": len(items)})


def item_list(vacancies: Sequence[Exported], *, home: str, title: str) -> JsonObject:
    """Return vacancies as a JSON-LD ItemList, as the page of a search has it for search engines."""
    return {
        "@context": CONTEXT,
        "@type": "ItemList",
        "@id": home,
        "name": title,
        "numberOfItems": len(vacancies),
        "itemListElement": [
            {"@type": "ListItem", "position": place, "url": each.page, "item": job_posting(each)}
            for place, each in enumerate(vacancies, 1)
        ],
    }


def render_csv(vacancies: Sequence[Exported]) -> bytes:
    """Return a table that `vacancy import` reads; no cell is a formula to a spreadsheet (row C03)."""
    written = io.StringIO(newline="")
    written.write(_MARK)
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *SHOWN_ONLY])
    for each in vacancies:
        cells = cells_of_notice(each.notice)
        more = (each.state, each.page, each.source_status, each.board)
        writer.writerow([harmless_cell(text) for text in (*(cells[name] for name in COLUMNS), *more)])
    return written.getvalue().encode("utf-8", "replace")
