"""Looking at a watched page: it is fetched through the guarded client, and what it shows is taken in."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from fediunion.activitypub.transport import RawResponse
from fediunion.kit.errors import (
    BadDocument,
    FediUnionError,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    Unavailable,
)
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.kit.urls import RemoteUrl
from fediunion.union.importing import RowStatus
from fediunion.union.vacancies.json_values import first_object, first_text
from fediunion.union.vacancies.models import WatchedItem, WatchedPage
from fediunion.union.vacancies.watching import service
from fediunion.union.vacancies.watching.feeds import FeedItem, items_of
from fediunion.union.vacancies.watching.markup import postings_on
from fediunion.union.vacancies.watching.robots import check_robots
from fediunion.world import World

MAX_BYTES: Final = 2_097_152
MOST_PAGES_AT_ONCE: Final = 20
"""So many pages of a feed's items are fetched in one look; the rest in the next."""
READ_AGAIN: Final = timedelta(days=1)
"""After this time the page of an item is read again, whether its feed says that it changed or not."""

_ACCEPT: Final[Mapping[str, str]] = {
    service.FEED: "application/feed+json, application/atom+xml, application/rss+xml, application/json;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1",
    service.PAGE: "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
}
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_POSTING: Final = Sentence("It has no page with a JobPosting of schema.org.")
_AS_BEFORE: Final = Sentence("Nothing has changed there since it was read.")
_UNCHANGED: Final = 304


@dataclass
class _Tally:
    """What one look found."""

    counts: Counter[str] = field(default_factory=Counter)

    def outcome(self) -> Sentence:
        """Return it in one sentence."""
        new = self.counts[RowStatus.DRAFT] + self.counts[RowStatus.PUBLISHED]
        return Sentence(
            "New: %(new)s, published: %(published)s, changed: %(changed)s, as before: %(same)s, "
            "refused: %(refused)s, shown no more: %(missing)s",
            new=new,
            published=self.counts[RowStatus.PUBLISHED],
            changed=self.counts[RowStatus.UPDATED],
            same=self.counts[RowStatus.UNCHANGED],
            refused=self.counts[RowStatus.REFUSED],
            missing=self.counts["missing"],
        )


async def look(world: World, page_id: int) -> None:
    """Look at a watched page if it is time to: what is new and changed is taken in, what is gone is noted.

    What goes wrong with the page is its outcome, and makes the next look later. Raises Unavailable.
    """
    page = await world.db.write(service.begin_look, page_id)
    if page is None:
        return
    tally = _Tally()
    try:
        response, final = await _fetch(world, page.url, page.kind, _conditions(page))
        if page.kind == service.FEED:
            listed = None if response.status == _UNCHANGED else items_of(response.body, final.text)
            await _look_at_items(world, page, listed, final, tally)
        elif response.status != _UNCHANGED:
            await _look_at_postings(world, page, response.body, final, tally)
    except Unavailable:
        raise
    except FediUnionError as error:
        await world.db.write(service.fail_look, page_id, error)
        return
    unchanged = response.status == _UNCHANGED
    await world.db.write(
        service.end_look,
        page_id,
        _AS_BEFORE if unchanged and not tally.counts.total() else tally.outcome(),
        etag=page.etag if unchanged else response.headers.get("ETag", ""),
        last_modified=page.last_modified if unchanged else response.headers.get("Last-Modified", ""),
    )


async def _fetch(
    world: World, url: str, kind: str, conditions: Mapping[str, str]
) -> tuple[RawResponse, RemoteUrl]:
    await check_robots(world, url)
    return await world.client.fetch(url, accept=_ACCEPT[kind], max_bytes=MAX_BYTES, conditions=conditions)


def _conditions(page: WatchedPage) -> Mapping[str, str]:
    given = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
    return {name: value for name, value in given.items() if value}


async def _look_at_postings(
    world: World, page: WatchedPage, body: bytes, final: RemoteUrl, tally: _Tally
) -> None:
    shown: set[str] = set()
    for posting in postings_on(body):
        key = _key_of(posting, final)
        if key not in shown:
            shown.add(key)
            await _take(world, page, key, posting, final, tally)
    known = await world.db.read(service.list_items, page.id)
    await _miss(world, page, [item.key for item in known if item.key not in shown], tally)


async def _look_at_items(
    world: World, page: WatchedPage, listed: list[FeedItem] | None, final: RemoteUrl, tally: _Tally
) -> None:
    known = {item.key: item for item in await world.db.read(service.list_items, page.id)}
    to_read: list[tuple[datetime, str, str, str]] = []
    shown = {service.item_key(item.address): item for item in listed or ()}
    for key, item in shown.items():
        if item.posting is not None:
            await _take(world, page, key, item.posting, final, tally, stamp=item.stamp)
        elif _is_to_be_read(world, known.get(key), item.stamp):
            before = known.get(key)
            to_read.append((before.read_at if before else _NEVER, key, item.address, item.stamp))
        else:
            tally.counts[RowStatus.UNCHANGED] += 1
    # A feed shows the newest only: whether an older one is still there its own page says.
    for key, before in known.items():
        if key not in shown and _is_to_be_read(world, before, before.stamp):
            to_read.append((before.read_at, key, key, before.stamp))
    for _, key, address, stamp in sorted(to_read)[:MOST_PAGES_AT_ONCE]:
        found = await _read_item(world, page, key, address, stamp, tally)
        if not found and key in shown:
            await _refuse(world, page, key, _NO_POSTING, tally, stamp=stamp)


def _is_to_be_read(world: World, before: WatchedItem | None, stamp: str) -> bool:
    return before is None or before.stamp != stamp or world.clock.now() - before.read_at >= READ_AGAIN


async def _read_item(
    world: World, page: WatchedPage, key: str, address: str, stamp: str, tally: _Tally
) -> bool:
    """Read the page of an item; return whether something is known of it now, if only that it is gone."""
    try:
        response, final = await _fetch(world, address, service.PAGE, {})
        postings = postings_on(response.body)
    except (NotFound, Gone):
        postings = []
    except Unavailable:
        raise
    except FediUnionError as error:
        await _refuse(world, page, key, str(error), tally)
        return True
    if not postings:
        return await _miss(world, page, [key], tally) > 0
    await _take(world, page, key, postings[0], final, tally, stamp=stamp)
    return True


async def _take(
    world: World,
    page: WatchedPage,
    key: str,
    posting: JsonObject,
    final: RemoteUrl,
    tally: _Tally,
    *,
    stamp: str = "",
) -> None:
    try:
        status = await world.db.write(
            service.take_item, page.id, key, posting, read_from=final.text, stamp=stamp
        )
    except NotFound:
        raise BadDocument("it is watched no more") from None
    except (Invalid, NotAllowed) as error:
        await _refuse(world, page, key, sentence_of(error), tally, stamp=stamp, posting=posting)
    else:
        tally.counts[status] += 1


async def _refuse(
    world: World,
    page: WatchedPage,
    key: str,
    why: str,
    tally: _Tally,
    *,
    stamp: str = "",
    posting: JsonObject | None = None,
) -> None:
    tally.counts[RowStatus.REFUSED] += 1
    try:
        await world.db.write(service.refuse_item, page.id, key, why, stamp=stamp, posting=posting)
    except Invalid:
        return  # There are too many already to note why this one is none.


async def _miss(world: World, page: WatchedPage, keys: Iterable[str], tally: _Tally) -> int:
    missing = await world.db.write(service.miss_items, page.id, list(keys))
    tally.counts["missing"] += missing
    return missing


def _key_of(posting: JsonObject, final: RemoteUrl) -> str:
    """Return what a posting on a page is known by: its number, else its address, else its title."""
    given = posting.get("identifier")
    number = first_text(first_object(given).get("value")) or first_text(given)
    url = first_text(posting.get("url"))
    own = number or (url if url != final.text else "") or first_text(posting.get("title"))
    return service.item_key(own)
