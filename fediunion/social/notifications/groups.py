"""Notifications of one kind about one thing, in groups: their keys, and what a member reads of its own.

Source: https://docs.joinmastodon.org/methods/grouped_notifications/
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.queries import known_to
from fediunion.actors.viewer import Viewer
from fediunion.db import BIG, UtcDateTime, now_of
from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.notifications.queries import MOST_COUNTED, shown_to

GROUPED: Final = (NotificationKind.FAVOURITE, NotificationKind.FOLLOW, NotificationKind.BOOST)
MOST_SAMPLED: Final = 8

_TOGETHER: Final = timedelta(hours=12)
_ALONE: Final = "ungrouped-"
_KEY: Final = re.compile(rf"{_ALONE}(?P<alone>[0-9]{{1,18}})|[a-z]{{1,20}}(-[0-9]{{1,20}}){{1,2}}")
_SMALLEST_ID: Final = 0
_KEPT_STATEMENTS: Final = 32


@dataclass(frozen=True)
class Selection:
    """Which notifications are wanted: of `kinds` where given, without those `excluded`, from one actor.

    `with_filtered` also what the member's policy keeps back. Kinds that are not `grouped` stand alone.
    """

    kinds: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    from_actor_id: int | None = None
    with_filtered: bool = False
    grouped: frozenset[str] = frozenset(GROUPED)


_EVERYTHING: Final = Selection()


@dataclass(frozen=True)
class Group:
    """Notifications under one key: how many, the newest, and who caused the newest eight.

    `oldest_on_page_id` is the oldest that lies within the page on which the group was found.
    """

    key: str
    newest: Notification
    count: int
    sample_actor_ids: Sequence[int]
    oldest_on_page_id: int


def stored_key(kind: NotificationKind, post_id: int | None, at: datetime) -> str | None:
    """Return under which key a notification is stored; None for one that stands alone.

    What happens within the same half of a day (UTC) stands together: no row has to be read for that.
    """
    if kind not in GROUPED:
        return None
    half_day = int(at.timestamp() // _TOGETHER.total_seconds())
    return f"{kind}-{half_day}" if post_id is None else f"{kind}-{post_id}-{half_day}"


def shown_key(row: Notification) -> str:
    """Return the key by which apps know what a notification stands with."""
    return row.group_key or f"{_ALONE}{row.id}"


def groups_page(
    session: Session, recipient_id: int, page: Page, selection: Selection = _EVERYTHING
) -> list[Group]:
    """Return a member's groups by their newest notification, newest first.

    The page goes by the newest of each group: while nothing happens, no group is on two pages. In two
    statements.
    """
    statement = paged(_newest(selection), Notification.id, page)
    newest = page.newest_first(list(session.scalars(statement, _of(session, recipient_id))))
    return _with_members(session, recipient_id, newest, selection, _bottom(page, newest))


def get_group(session: Session, recipient_id: int, key: str, *, with_filtered: bool = False) -> Group:
    """Return the group of a member that has this key. Raises NotFound."""
    newest = select(Notification).where(*_under(key, with_filtered)).order_by(Notification.id.desc()).limit(1)
    row = session.scalar(newest, _of(session, recipient_id))
    if row is None:
        raise _no_such_group()
    if number_in(key) is not None:
        return _alone(row)
    selection = Selection(with_filtered=with_filtered)
    return _with_members(session, recipient_id, [row], selection, _SMALLEST_ID)[0]


def members_page(
    session: Session, viewer: Viewer, key: str, page: Page, *, with_filtered: bool = False
) -> list[tuple[int, Actor]]:
    """Return (notification id, who caused it) under a key of the viewer's, newest first, of who is there.

    One that stands alone also where it is kept back. Raises NotFound where there are none at all.
    """
    assert viewer.actor_id is not None
    who = aliased(Actor)
    statement = (
        select(Notification.id, who)
        .join(who, who.id == Notification.from_actor_id)
        .where(*_under(key, with_filtered), known_to(viewer, who))
    )
    found = session.execute(paged(statement, Notification.id, page), _of(session, viewer.actor_id))
    rows = page.newest_first([(row_id, actor) for row_id, actor in found])
    if not rows and (page.max_id, page.since_id, page.min_id) == (None, None, None):
        raise _no_such_group()
    return rows


def unread_groups(
    session: Session,
    recipient_id: int,
    last_read_id: int | None,
    selection: Selection = _EVERYTHING,
    *,
    most: int = MOST_COUNTED,
) -> int:
    """Return how many groups have something above the last notification read, `most` at most."""
    newest = _newest(selection).with_only_columns(Notification.id)
    if last_read_id is not None:
        newest = newest.where(Notification.id > last_read_id)
    counted = select(func.count()).select_from(newest.limit(most).subquery())
    return session.scalar(counted, _of(session, recipient_id)) or 0


def number_in(key: str) -> int | None:
    """Return the number of the notification that a key names which stands alone; None for a group's key.

    Raises NotFound for what is no key.
    """
    found = _KEY.fullmatch(key)
    if found is None:
        raise _no_such_group()
    return int(found["alone"]) if found["alone"] else None


def _no_such_group() -> NotFound:
    return NotFound("There is no such group.")


def _of(session: Session, recipient_id: int) -> dict[str, Any]:
    """Return what the statements leave open: whose notifications, and when."""
    return {"reader": recipient_id, "now": now_of(session)}


def _under(key: str, with_filtered: bool) -> list[ColumnElement[bool]]:
    """Return the conditions on what stands under a key; raises NotFound for what is no key."""
    alone = number_in(key)
    selection = Selection(with_filtered=with_filtered or alone is not None)
    under_key = Notification.group_key == key if alone is None else Notification.id == alone
    return [under_key, *_wanted(selection)]


def _wanted(selection: Selection, of: type[Notification] = Notification) -> list[ColumnElement[bool]]:
    """Return the conditions that decide for each notification by itself; what `_of` gives is left open."""
    filtered = None if selection.with_filtered else False
    reader, now = bindparam("reader", type_=BIG), bindparam("now", type_=UtcDateTime())
    conditions = shown_to(reader, now, filtered=filtered, of=of)
    if selection.from_actor_id is not None:
        conditions.append(of.from_actor_id == selection.from_actor_id)
    return conditions


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _newest(selection: Selection) -> Select[Notification]:
    """Return the statement of the newest notification of each group, those that stand alone among them.

    Kept, as to build one takes longer than to run it.
    """
    statement = select(Notification).where(*_wanted(selection))
    if selection.kinds:
        statement = statement.where(Notification.kind.in_(sorted(selection.kinds)))
    if selection.excluded:
        statement = statement.where(Notification.kind.not_in(sorted(selection.excluded)))
    together = [kind for kind in GROUPED if kind in selection.grouped]
    if not together:
        return statement
    newer = aliased(Notification)
    return statement.where(
        ~exists().where(
            newer.group_key == Notification.group_key,
            newer.id > Notification.id,
            Notification.kind.in_(together),
            *_wanted(selection, newer),
        )
    )


def _bottom(page: Page, newest: Sequence[Notification]) -> int:
    """Return the lowest id of the page: a page that is not full reaches down to where it was to end."""
    if page.min_id is not None:
        return page.min_id + 1
    if len(newest) >= page.limit:
        return newest[-1].id
    return _SMALLEST_ID if page.since_id is None else page.since_id + 1


def _alone(row: Notification) -> Group:
    return Group(f"{_ALONE}{row.id}", row, 1, [row.from_actor_id], row.id)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _first_members(selection: Selection) -> Select[Any]:
    """Return the statement of the newest notifications under some keys, with what is known of all of them."""
    by_key = Notification.group_key
    on_page = case((Notification.id >= bindparam("bottom", type_=BIG), Notification.id))
    ranked = (
        select(
            Notification.group_key,
            Notification.from_actor_id,
            func.row_number().over(partition_by=by_key, order_by=Notification.id.desc()).label("place"),
            func.count().over(partition_by=by_key).label("number"),
            func.min(on_page).over(partition_by=by_key).label("oldest"),
        )
        .where(by_key.in_(bindparam("keys", expanding=True)), *_wanted(selection))
        .subquery()
    )
    first = select(ranked).where(ranked.c.place <= MOST_SAMPLED)
    return first.order_by(ranked.c.group_key, ranked.c.place)


def _with_members(
    session: Session, recipient_id: int, newest: Sequence[Notification], selection: Selection, bottom: int
) -> list[Group]:
    """Return the groups whose newest notifications these are: their members are read in one statement."""
    keys = [row.group_key for row in newest if row.group_key is not None and row.kind in selection.grouped]
    members: dict[str, list[Any]] = {}
    if keys:
        asked = _of(session, recipient_id) | {"keys": keys, "bottom": bottom}
        for member in session.execute(_first_members(selection), asked):
            members.setdefault(member.group_key, []).append(member)
    groups = []
    for row in newest:
        found = members.get(row.group_key or "") if row.kind in selection.grouped else None
        if row.group_key is None or not found:
            groups.append(_alone(row))
            continue
        actors = [each.from_actor_id for each in found]
        groups.append(Group(row.group_key, row, found[0].number, actors, found[0].oldest or row.id))
    return groups
