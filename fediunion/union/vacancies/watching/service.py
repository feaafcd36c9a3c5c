"""The rules of watched pages: what is watched, when it is looked at again, what became of what it shows."""

import hashlib
import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import FediUnionError, Invalid, NotAllowed, NotFound, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence, kept, said_again
from fediunion.social.moderation.audit import record_audit
from fediunion.union.importing import RowStatus
from fediunion.union.vacancies.importing.taking import Wishes, take_notice
from fediunion.union.vacancies.json_values import checked_url
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancyState, WatchedItem, WatchedPage
from fediunion.union.vacancies.reading import read_wire_notice
from fediunion.union.vacancies.service.employers import official_domains
from fediunion.union.vacancies.terms.closing import MOST_YEARS_AHEAD
from fediunion.union.vacancies.terms.source import SourceStatus, source_status

FEED: Final = "feed"
PAGE: Final = "page"
KINDS: Final = (FEED, PAGE)
LOOK_JOB: Final = "vacancies.look"
LEAST_MINUTES: Final = 15
MOST_MINUTES: Final = 7 * 24 * 60
MOST_PAGES: Final = 200
MOST_ITEMS: Final = 1000

_LONGEST_WAIT: Final = timedelta(days=1)
_LONGEST_VALIDATOR: Final = 200
_LONGEST_KEY: Final = 500


def watch_page(
    session: Session, board: Actor, url: str, *, kind: str, publishes: bool, every_minutes: int, by: str
) -> WatchedPage:
    """Return a page or feed that is looked at from now on; one that is watched already gets these settings.

    Raises Invalid, with its field, for what cannot be watched; NotAllowed for what is no board of ours.
    """
    if not board.local or board.kind not in (ActorKind.BOARD, ActorKind.UNION) or board.deleted_at:
        raise NotAllowed(Sentence("Vacancies are published by a board or by the union itself."))
    address = checked_url(url.strip(), "url")
    if kind not in KINDS:
        raise Invalid(Sentence("It is a feed or a page."), field="kind")
    if not LEAST_MINUTES <= every_minutes <= MOST_MINUTES:
        sentence = Sentence(
            "It is looked at every %(least)s to %(most)s minutes.", least=LEAST_MINUTES, most=MOST_MINUTES
        )
        raise Invalid(sentence, field="every")
    page = session.scalar(
        select(WatchedPage).where(WatchedPage.board_id == board.id, WatchedPage.url == address)
    )
    if page is None:
        if (session.scalar(select(func.count()).select_from(WatchedPage)) or 0) >= MOST_PAGES:
            raise Invalid(Sentence("At most %(most)s pages are watched.", most=MOST_PAGES), field="url")
        page = WatchedPage(board_id=board.id, url=address, failures=0, created_at=now_of(session))
        session.add(page)
    page.kind, page.publishes, page.every_minutes = kind, publishes, every_minutes
    page.etag, page.last_modified, page.next_look_at = "", "", now_of(session)
    session.flush()
    _enqueue(session, page.id)
    record_audit(session, by=by, action="vacancy.watch", subject=board.uri, reason=address)
    return page


def unwatch_page(session: Session, page_id: int, *, by: str) -> None:
    """Look at a page no more; what came of it stays. Raises NotFound."""
    page = get_watched(session, page_id)
    record_audit(session, by=by, action="vacancy.unwatch", subject=page.url)
    session.delete(page)


def get_watched(session: Session, page_id: int) -> WatchedPage:
    """Return a watched page; raise NotFound."""
    found = session.get(WatchedPage, page_id)
    if found is None:
        raise NotFound(Sentence("There is no such watched page."))
    return found


def list_watched(session: Session, *, board_ids: Collection[int] | None = None) -> Sequence[WatchedPage]:
    """Return what is watched, for some boards or for all, in the order in which it was begun."""
    pages = select(WatchedPage).order_by(WatchedPage.id)
    if board_ids is not None:
        pages = pages.where(WatchedPage.board_id.in_(board_ids))
    return session.scalars(pages).all()


def list_items(session: Session, page_id: int) -> Sequence[WatchedItem]:
    """Return what a watched page shows or showed, in the order in which it appeared."""
    return session.scalars(
        select(WatchedItem).where(WatchedItem.page_id == page_id).order_by(WatchedItem.id)
    ).all()


def missing_vacancies(session: Session, page_ids: Collection[int]) -> Sequence[tuple[WatchedItem, Vacancy]]:
    """Return open vacancies and drafts that their employers' pages show no more: editors look at them."""
    found = session.execute(
        select(WatchedItem, Vacancy)
        .join(Vacancy, Vacancy.id == WatchedItem.vacancy_id)
        .where(
            WatchedItem.page_id.in_(page_ids),
            WatchedItem.missing_since.is_not(None),
            Vacancy.state.in_((VacancyState.DRAFT, *OPEN_STATES)),
        )
        .order_by(WatchedItem.missing_since, WatchedItem.id)
    )
    return [(item, vacancy) for item, vacancy in found]


def enqueue_due(session: Session) -> None:
    """Put a job for each page that is to be looked at now."""
    due = select(WatchedPage.id).where(WatchedPage.next_look_at <= now_of(session))
    for page_id in session.scalars(due.order_by(WatchedPage.next_look_at)).all():
        _enqueue(session, page_id)


def begin_look(session: Session, page_id: int) -> WatchedPage | None:
    """Return a page that is to be looked at now, None where somebody does already or it is not watched.

    The next look is set before this one, so that what breaks it is not tried again and again.
    """
    page = session.get(WatchedPage, page_id, with_for_update=True)
    now = now_of(session)
    if page is None or page.next_look_at > now:
        return None
    page.next_look_at = now + _interval(page)
    return page


def end_look(session: Session, page_id: int, outcome: Sentence, *, etag: str, last_modified: str) -> None:
    """Note that a look went well, what it found, and by what the server knows this version."""
    page = session.get(WatchedPage, page_id)
    if page is not None:
        page.looked_at, page.failures, page.outcome = now_of(session), 0, kept(outcome)
        page.etag, page.last_modified = _validator(etag), _validator(last_modified)


def fail_look(session: Session, page_id: int, error: FediUnionError) -> None:
    """Note that a look failed: the next one is later each time, at most a day, or when the server asks."""
    page = session.get(WatchedPage, page_id)
    if page is None:
        return
    page.looked_at = now_of(session)
    page.failures += 1
    wait = min(_interval(page) * 2 ** min(page.failures, 10), _LONGEST_WAIT)
    asked = error.retry_after_seconds if isinstance(error, Unreachable) else None
    page.next_look_at = page.looked_at + max(wait, timedelta(seconds=asked or 0))
    page.outcome = kept(Sentence("It could not be read: %(why)s", why=str(error)))
    page.etag = page.last_modified = ""


def take_item(
    session: Session, page_id: int, key: str, posting: JsonObject, *, read_from: str, stamp: str = ""
) -> RowStatus:
    """Take in what a watched page shows; return what became of it. While it is as it was, editors decide.

    `read_from` is the address that really served it: only what an employer's own site says is published.
    Raises BadNotice, Invalid and NotAllowed; then `refuse_item` notes why.
    """
    page = get_watched(session, page_id)
    item = _seen(session, page, key, stamp)
    mark = mark_of(posting)
    if item.mark == mark:
        if item.vacancy_id is not None:
            item.fault = ""
        return RowStatus.UNCHANGED
    notice = read_wire_notice(posting, page=read_from, published=now_of(session))
    if notice.closes_at > now_of(session) + timedelta(days=366 * MOST_YEARS_AHEAD):
        raise Invalid(
            Sentence("The closing date is more than %(years)s years ahead.", years=MOST_YEARS_AHEAD),
            field="validThrough",
        )
    domains = official_domains(session, notice, believed=False)
    official = source_status(read_from, domains) is SourceStatus.VERIFIED
    wishes = Wishes(by=page.url, publishes=page.publishes and official, watched=True)
    taken = take_notice(
        session, page.board_id, notice, wishes, dated=bool(posting.get("datePosted")), others=frozenset()
    )
    item.mark, item.vacancy_id, item.fault = mark, taken.id, ""
    return taken.status


def refuse_item(
    session: Session, page_id: int, key: str, why: str, *, stamp: str = "", posting: JsonObject | None = None
) -> None:
    """Note why nothing can be made of what a watched page shows, until it shows something else."""
    page = session.get(WatchedPage, page_id)
    if page is not None:
        item = _seen(session, page, key, stamp)
        item.fault = kept(why) if isinstance(why, Sentence) else why[:_LONGEST_KEY]
        if posting is not None:
            item.mark = mark_of(posting)


def fault_of(item: WatchedItem) -> str:
    """Return why nothing could be made of something on a page, as a Sentence where it is one of ours."""
    try:
        return said_again(item.fault)
    except (ValueError, TypeError):
        return item.fault


def miss_items(session: Session, page_id: int, keys: Collection[str]) -> int:
    """Note that a page shows these no more; return how many of them are open or drafts. Nothing is closed."""
    now, missed = now_of(session), 0
    items = select(WatchedItem).where(WatchedItem.page_id == page_id, WatchedItem.key.in_(keys))
    for item in session.scalars(items).all():
        vacancy = session.get(Vacancy, item.vacancy_id) if item.vacancy_id is not None else None
        if vacancy is None or vacancy.state not in (VacancyState.DRAFT, *OPEN_STATES):
            session.delete(item)
            continue
        item.read_at = now
        item.missing_since = item.missing_since or now
        missed += 1
    return missed


def mark_of(posting: JsonObject) -> str:
    """Return a short text that is another one whenever a posting says something else."""
    return hashlib.sha256(orjson.dumps(posting, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def item_key(text: str) -> str:
    """Return what a thing on a page is known by, no longer than a row takes."""
    return text if len(text) <= _LONGEST_KEY else hashlib.sha256(text.encode()).hexdigest()


def _enqueue(session: Session, page_id: int) -> None:
    enqueue(session, LOOK_JOB, key=f"look:{page_id}", page_id=page_id)


def _seen(session: Session, page: WatchedPage, key: str, stamp: str) -> WatchedItem:
    item = session.scalar(select(WatchedItem).where(WatchedItem.page_id == page.id, WatchedItem.key == key))
    now: datetime = now_of(session)
    if item is None:
        count = session.scalar(
            select(func.count()).select_from(WatchedItem).where(WatchedItem.page_id == page.id)
        )
        if (count or 0) >= MOST_ITEMS:
            raise Invalid(Sentence("A page shows at most %(most)s vacancies.", most=MOST_ITEMS))
        item = WatchedItem(page_id=page.id, key=key, vacancy_id=None, read_at=now, missing_since=None)
        session.add(item)
    item.stamp, item.read_at, item.missing_since = stamp, now, None
    return item


def _interval(page: WatchedPage) -> timedelta:
    """Return the time between two looks, a little more each time: pages of one site are not asked at once."""
    return timedelta(minutes=max(page.every_minutes, LEAST_MINUTES)) * random.uniform(1.0, 1.1)


def _validator(text: str) -> str:
    """Return a header as it is sent back; "" for one that no server needs."""
    return text if len(text) <= _LONGEST_VALIDATOR and text.isascii() and text.isprintable() else ""
