"""Pages of lists: what a client asks for, and the Link header that leads on."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlencode

from fediunion.api.params import Params
from fediunion.kit.ids import LARGEST_ID
from fediunion.kit.pages import Page

_BOUNDS: Final = ("max_id", "since_id", "min_id")


def page_of(params: Params, limit: int, most: int) -> Page:
    """Return the page that is asked for. A limit out of range is clamped; BadRequest for an id that is none.

    Source: https://docs.joinmastodon.org/api/guidelines/#pagination
    """
    return Page(
        limit=min(max(params.whole_number("limit", limit), 1), most),
        max_id=params.id("max_id"),
        since_id=params.id("since_id"),
        min_id=params.id("min_id"),
    )


def link_header(
    base_url: str, path: str, params: Params, page: Page, row_ids: Sequence[int]
) -> tuple[tuple[bytes, bytes], ...]:
    """Return the Link header of a page whose rows have `row_ids`, newest first; nothing for an empty page.

    `path` is decoded. `next` comes first and only where more may follow: clients match the text.
    """
    if not row_ids:
        return ()
    base = f"{base_url}{quote(path)}"
    kept = [pair for pair in params.query if pair[0] not in _BOUNDS]
    links = []
    if len(row_ids) >= page.limit:
        links.append(f'<{base}?{urlencode([*kept, ("max_id", min(row_ids))])}>; rel="next"')
    newest = min(max(row_ids), LARGEST_ID)
    links.append(f'<{base}?{urlencode([*kept, ("min_id", newest)])}>; rel="prev"')
    return ((b"link", ", ".join(links).encode("ascii")),)
