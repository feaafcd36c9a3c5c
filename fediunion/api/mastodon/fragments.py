"""Statuses and accounts as JSON: what is the same for all readers is kept, the rest is put around it.

Nothing here decides who may see what: only what `standing.gather` found for the reader is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.api.mastodon.assembly import Kept, Parts, Version, assembled
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Frame, frame_for
from fediunion.api.mastodon.entities.status import fixed_fields
from fediunion.api.mastodon.filtering import marks_of
from fediunion.api.mastodon.loading import load_views
from fediunion.api.mastodon.quoting import asks_for_followers, depends_on_reader, followed_among
from fediunion.api.mastodon.standing import Gathered, Standing, gather
from fediunion.db import settings_of
from fediunion.kit.cache import BoundedCache
from fediunion.social.filters.matching import Screen
from fediunion.social.filters.screens import screen_of
from fediunion.social.posts.queries import PostView
from fediunion.world import CHANGED, World

_KEPT_STATUSES: Final = 3_000
_KEPT_ACCOUNTS: Final = 2_000
_KEPT_SECONDS: Final = 600.0
_WATCHED: Final = frozenset({"posts", "actors", "*"})


@dataclass(frozen=True)
class Shown:
    """Posts as one unit of work left them: everything that an answer needs."""

    gathered: Gathered
    parts: Parts


class Fragments:
    """What is kept of rendered statuses and accounts, for one instance; used in its event loop only.

    Plain statuses are kept whole, by everything that they show. Nothing is kept that was read in an
    `epoch` before this one.
    """

    def __init__(self, world: World) -> None:
        monotonic = world.clock.monotonic
        self._statuses: BoundedCache[tuple[int, bool], Kept] = BoundedCache(
            _KEPT_STATUSES, _KEPT_SECONDS, monotonic
        )
        self._accounts: BoundedCache[tuple[int, bool], Kept] = BoundedCache(
            _KEPT_ACCOUNTS, _KEPT_SECONDS, monotonic
        )
        self._whole: BoundedCache[tuple[Standing, bool], bytes] = BoundedCache(
            _KEPT_STATUSES, _KEPT_SECONDS, monotonic
        )
        self.epoch = 0
        world.db.subscribe(CHANGED, self._forget)

    def _forget(self, changed: str) -> None:
        if changed in _WATCHED:
            self.epoch += 1
            self._whole.clear()
            self._statuses.clear()
            self._accounts.clear()

    def known(self, gathered: Gathered, to_member: bool) -> Parts:
        """Return the fragments of what was gathered that are kept in the version that was found."""
        parts = Parts()
        for standing in gathered.standings.values():
            status = self._statuses.get((standing.post_id, to_member))
            if status is not None and status[0] == _version(standing, gathered.standings):
                parts.statuses[standing.post_id] = status
            if standing.author_id not in parts.accounts:
                account = self._accounts.get((standing.author_id, to_member))
                if account is not None and account[0] == standing.author_version:
                    parts.accounts[standing.author_id] = account
        return parts

    def keep(self, parts: Parts, to_member: bool, epoch: int) -> None:
        """Keep fragments that were read in `epoch` for the next reader."""
        if epoch != self.epoch:
            return
        for post_id, status in parts.statuses.items():
            self._statuses.put((post_id, to_member), status)
        for actor_id, account in parts.accounts.items():
            self._accounts.put((actor_id, to_member), account)

    def find_whole(self, standing: Standing, to_member: bool) -> bytes | None:
        """Return a plain status that is kept whole, or None."""
        return self._whole.get((standing, to_member))

    def keep_whole(self, standing: Standing, to_member: bool, status: bytes, epoch: int) -> None:
        """Keep a plain status that is the same for all and was read in `epoch`."""
        if epoch == self.epoch:
            self._whole.put((standing, to_member), status)


def show(
    session: Session, post_ids: Iterable[int], viewer: Viewer, at_hand: Sequence[PostView] = ()
) -> Shown:
    """Return posts with everything that an answer shows of them, for a unit that has just changed them.

    Views that the unit has `at_hand` are not read again.
    """
    gathered = gather(session, post_ids, viewer)
    parts = make_parts(session, gathered, Parts(), viewer, at_hand)
    asking = _asking_for_followers(gathered, parts, viewer)
    if asking:
        parts.followed = followed_among(session, viewer, asking)
    return Shown(gathered, parts)


def _asking_for_followers(gathered: Gathered, parts: Parts, viewer: Viewer) -> set[int]:
    """Return the authors of posts that only followers may quote, where a member asks."""
    if not viewer.is_member:
        return set()
    standings = gathered.standings
    return {
        standings[standings[post_id].boost_of_id or post_id].author_id
        for post_id, kept in parts.statuses.items()
        if asks_for_followers(kept[1]) and (standings[post_id].boost_of_id or post_id) in standings
    }


def make_parts(
    session: Session, gathered: Gathered, known: Parts, viewer: Viewer, at_hand: Sequence[PostView] = ()
) -> Parts:
    """Return the fragments that `known` lacks, rendered from what is `at_hand` and from the rows."""
    frame = frame_for(settings_of(session), viewer)
    standings = gathered.standings
    made = Parts()
    here = {view.post.id: view for view in at_hand if view.post.id in standings}
    missing = [post_id for post_id in standings if post_id not in known.statuses and post_id not in here]
    boosted = [boost for each in missing if (boost := standings[each].boost_of_id) in standings]
    for view in (*here.values(), *(load_views(session, missing, boosted) if missing else ())):
        standing = standings[view.post.id]
        fixed = orjson.dumps(fixed_fields(view, frame))[:-1]
        made.statuses[standing.post_id] = (_version(standing, standings), fixed)
    versions = {each.author_id: each.author_version for each in standings.values()}
    authors = {view.author.id: view.author for view in here.values()}
    wanted = [actor_id for actor_id in versions if actor_id not in known.accounts]
    unread = [actor_id for actor_id in wanted if actor_id not in authors]
    if unread:
        authors |= {each.id: each for each in session.scalars(select(Actor).where(Actor.id.in_(unread)))}
    for actor_id in wanted:
        if (author := authors.get(actor_id)) is not None:
            made.accounts[actor_id] = (versions[actor_id], orjson.dumps(account_entity(author, frame)))
    return made


def account_json(actor: Actor, frame: Frame) -> orjson.Fragment:
    """Return an account as it stands in other answers."""
    return orjson.Fragment(orjson.dumps(account_entity(actor, frame)))


async def statuses_of(
    world: World, viewer: Viewer, post_ids: Sequence[int], *, filtered: bool = True
) -> dict[int, bytes]:
    """Return the statuses that `viewer` may see, as JSON by id, in the order of `post_ids`.

    Not `filtered`: as somebody without filters is shown them.
    """
    gathered = await world.db.read(gather, post_ids, viewer)
    return await rendered(world, viewer, post_ids, gathered, filtered=filtered)


async def rendered(
    world: World, viewer: Viewer, post_ids: Sequence[int], gathered: Gathered, *, filtered: bool = True
) -> dict[int, bytes]:
    """Return gathered statuses as JSON; only what is not kept is read from the database."""
    fragments = world.part(Fragments)
    to_member = viewer.is_member
    screen = await screen_of(world, viewer) if filtered else None
    if screen is not None:
        return await _assembled_anew(world, viewer, post_ids, gathered, fragments, screen)
    whole = {
        post_id: kept
        for post_id, standing in gathered.standings.items()
        if standing.is_plain and (kept := fragments.find_whole(standing, to_member)) is not None
    }
    if len(whole) < len(gathered.standings):
        whole |= await _assembled_anew(world, viewer, post_ids, gathered, fragments)
    return {post_id: whole[post_id] for post_id in post_ids if post_id in whole}


async def _assembled_anew(
    world: World,
    viewer: Viewer,
    post_ids: Sequence[int],
    gathered: Gathered,
    fragments: Fragments,
    screen: Screen | None = None,
) -> dict[int, bytes]:
    to_member, epoch = viewer.is_member, fragments.epoch
    parts = fragments.known(gathered, to_member)
    if len(parts.statuses) < len(gathered.standings) or _lacks_account(parts, gathered):
        made = await world.db.read(make_parts, gathered, parts, viewer)
        fragments.keep(made, to_member, epoch)
        parts = Parts(parts.statuses | made.statuses, parts.accounts | made.accounts)
    asking = _asking_for_followers(gathered, parts, viewer)
    if asking:
        parts.followed = await world.db.read(followed_among, viewer, asking)
    marks = _marks_of(world, screen, gathered, parts)
    statuses = assembled(post_ids, gathered, parts, viewer, marks)
    for post_id, status in statuses.items():
        standing = gathered.standings[post_id]
        same_for_all = not depends_on_reader(parts.statuses[post_id][1])
        if standing.is_plain and same_for_all and post_id not in marks:
            fragments.keep_whole(standing, to_member, status, epoch)
    return statuses


def _marks_of(world: World, screen: Screen | None, gathered: Gathered, parts: Parts) -> Mapping[int, bytes]:
    if screen is None:
        return {}
    return marks_of(world, screen, gathered, {post_id: kept[1] for post_id, kept in parts.statuses.items()})


async def changed_statuses(
    world: World, post_ids: Sequence[int], shown: Shown, viewer: Viewer
) -> dict[int, bytes]:
    """Return what a unit of work left, as JSON, with the marks of the member's filters."""
    marks = _marks_of(world, await screen_of(world, viewer), shown.gathered, shown.parts)
    return assembled(post_ids, shown.gathered, shown.parts, viewer, marks)


def _lacks_account(parts: Parts, gathered: Gathered) -> bool:
    return any(each.author_id not in parts.accounts for each in gathered.standings.values())


def _version(standing: Standing, standings: Mapping[int, Standing]) -> Version:
    """Return the version of what a status shows: a boost shows another post's words."""
    if standing.boost_of_id is None:
        return standing.version
    boosted = standings.get(standing.boost_of_id)
    return standing.version if boosted is None else standing.version + boosted.version


def fragment(json: bytes) -> Any:
    """Return JSON for use inside another answer."""
    return orjson.Fragment(json)


def listed(statuses: Mapping[int, bytes]) -> bytes:
    """Return a JSON array of statuses."""
    return b"[" + b",".join(statuses.values()) + b"]"
