"""Statuses and accounts as JSON: what is the same for all readers is kept, the rest is put around it.

Nothing here decides who may see what: only what `standing.gather` found for the reader is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Frame, frame_for
from fediunion.api.mastodon.entities.status import fixed_fields
from fediunion.api.mastodon.loading import load_views
from fediunion.api.mastodon.standing import Gathered, Standing, gather
from fediunion.db import settings_of
from fediunion.kit.cache import BoundedCache
from fediunion.social.posts.queries import PostView
from fediunion.world import CHANGED, World

_KEPT_STATUSES: Final = 3_000
_KEPT_ACCOUNTS: Final = 2_000
_KEPT_SECONDS: Final = 600.0
_WATCHED: Final = frozenset({"posts", "actors", "*"})
_NOTHING: Final = b"null"
_YES_OR_NO: Final = (b"false", b"true")

Version: TypeAlias = tuple[object, ...]
Kept: TypeAlias = tuple[Version, bytes]


@dataclass
class Parts:
    """Fragments by post id and by actor id, each with the version that it shows. A status lacks its end."""

    statuses: dict[int, Kept] = field(default_factory=dict)
    accounts: dict[int, Kept] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """Posts as one unit of work left them: everything that an answer needs."""

    gathered: Gathered
    parts: Parts


class Fragments:
    """What is kept of rendered statuses and accounts, for one instance; used in its event loop only.

    `whole` has plain statuses by everything that they show.
    """

    def __init__(self, world: World) -> None:
        monotonic = world.clock.monotonic
        self._statuses: BoundedCache[tuple[int, bool], Kept] = BoundedCache(
            _KEPT_STATUSES, _KEPT_SECONDS, monotonic
        )
        self._accounts: BoundedCache[tuple[int, bool], Kept] = BoundedCache(
            _KEPT_ACCOUNTS, _KEPT_SECONDS, monotonic
        )
        self.whole: BoundedCache[tuple[Standing, bool], bytes] = BoundedCache(
            _KEPT_STATUSES, _KEPT_SECONDS, monotonic
        )
        world.db.subscribe(CHANGED, self._forget)

    def _forget(self, changed: str) -> None:
        if changed in _WATCHED:
            self.whole.clear()
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

    def keep(self, parts: Parts, to_member: bool) -> None:
        """Keep fragments for the next reader."""
        for post_id, status in parts.statuses.items():
            self._statuses.put((post_id, to_member), status)
        for actor_id, account in parts.accounts.items():
            self._accounts.put((actor_id, to_member), account)


def show(
    session: Session, post_ids: Iterable[int], viewer: Viewer, at_hand: Sequence[PostView] = ()
) -> Shown:
    """Return posts with everything that an answer shows of them, for a unit that has just changed them.

    Views that the unit has `at_hand` are not read again.
    """
    gathered = gather(session, post_ids, viewer)
    return Shown(gathered, make_parts(session, gathered, Parts(), viewer, at_hand))


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


async def statuses_of(world: World, viewer: Viewer, post_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the statuses that `viewer` may see, as JSON by id, in the order of `post_ids`."""
    return await rendered(world, viewer, post_ids, await world.db.read(gather, post_ids, viewer))


async def rendered(
    world: World, viewer: Viewer, post_ids: Sequence[int], gathered: Gathered
) -> dict[int, bytes]:
    """Return gathered statuses as JSON; only what is not kept is read from the database."""
    fragments = world.part(Fragments)
    to_member = viewer.is_member
    whole = {
        post_id: kept
        for post_id, standing in gathered.standings.items()
        if standing.is_plain and (kept := fragments.whole.get((standing, to_member))) is not None
    }
    if len(whole) < len(gathered.standings):
        whole |= await _assembled_anew(world, viewer, post_ids, gathered, fragments)
    return {post_id: whole[post_id] for post_id in post_ids if post_id in whole}


async def _assembled_anew(
    world: World, viewer: Viewer, post_ids: Sequence[int], gathered: Gathered, fragments: Fragments
) -> dict[int, bytes]:
    to_member = viewer.is_member
    parts = fragments.known(gathered, to_member)
    if len(parts.statuses) < len(gathered.standings) or _lacks_account(parts, gathered):
        made = await world.db.read(make_parts, gathered, parts, viewer)
        fragments.keep(made, to_member)
        parts = Parts(parts.statuses | made.statuses, parts.accounts | made.accounts)
    assembled = _assembled(post_ids, gathered, parts, viewer)
    for post_id, status in assembled.items():
        standing = gathered.standings[post_id]
        if standing.is_plain:
            fragments.whole.put((standing, to_member), status)
    return assembled


def shown_statuses(post_ids: Sequence[int], shown: Shown, viewer: Viewer) -> dict[int, bytes]:
    """Return what a unit of work left, as JSON."""
    return _assembled(post_ids, shown.gathered, shown.parts, viewer)


def _lacks_account(parts: Parts, gathered: Gathered) -> bool:
    return any(each.author_id not in parts.accounts for each in gathered.standings.values())


def _version(standing: Standing, standings: Mapping[int, Standing]) -> Version:
    """Return the version of what a status shows: a boost shows another post's words."""
    if standing.boost_of_id is None:
        return standing.version
    boosted = standings.get(standing.boost_of_id)
    return standing.version if boosted is None else standing.version + boosted.version


def _assembled(post_ids: Sequence[int], gathered: Gathered, parts: Parts, viewer: Viewer) -> dict[int, bytes]:
    polls = {post_id: orjson.dumps(poll) for post_id, poll in gathered.polls.items()}
    assembly = _Assembly(gathered.standings, polls, parts, viewer.is_member)
    found = {post_id: assembly.status(post_id) for post_id in dict.fromkeys(post_ids)}
    return {post_id: status for post_id, status in found.items() if status is not None}


@dataclass(frozen=True)
class _Assembly:
    standings: Mapping[int, Standing]
    polls: Mapping[int, bytes]
    parts: Parts
    to_member: bool

    def status(self, post_id: int, *, quoted: bool = False) -> bytes | None:
        """Return one status; None where it, or what it boosts, is not there for the reader."""
        standing = self.standings.get(post_id)
        status = self.parts.statuses.get(post_id)
        if standing is None or status is None or standing.author_id not in self.parts.accounts:
            return None
        reblog, about = _NOTHING, standing
        if standing.boost_of_id is not None:
            boosted = self.status(standing.boost_of_id)
            if boosted is None:
                return None
            reblog, about = boosted, self.standings[standing.boost_of_id]
        return (
            b'%b,"account":%b,"reblog":%b,"quote":%b,"poll":%b,"replies_count":%d,"reblogs_count":%d,'
            b'"favourites_count":%d,"quotes_count":%d%b}'
        ) % (
            status[1],
            self.parts.accounts[standing.author_id][1],
            reblog,
            self._shallow_quote(about) if quoted else self._quote(about),
            self.polls.get(about.post_id, _NOTHING),
            about.replies,
            about.boosts,
            about.favourites,
            about.quotes,
            self._marks(about) if self.to_member else b"",
        )

    def _quote(self, standing: Standing) -> bytes:
        """Return a Quote. Source: https://docs.joinmastodon.org/entities/Quote/"""
        if not standing.quote_state or standing.quote_of_id is None:
            return _NOTHING
        if standing.quote_state != "accepted":
            return b'{"state":"%b","quoted_status":null}' % standing.quote_state.encode("ascii")
        status = self.status(standing.quote_of_id, quoted=True)
        if status is None:
            return b'{"state":"unauthorized","quoted_status":null}'
        return b'{"state":"accepted","quoted_status":%b}' % status

    def _shallow_quote(self, standing: Standing) -> bytes:
        """Return a ShallowQuote: a quote in a quote names the status only."""
        if not standing.quote_state or standing.quote_of_id is None:
            return _NOTHING
        shown = standing.quote_state == "accepted" and standing.quote_of_id in self.standings
        state = standing.quote_state if shown or standing.quote_state != "accepted" else "unauthorized"
        quoted_id = b'"%d"' % standing.quote_of_id if shown else _NOTHING
        return b'{"state":"%b","quoted_status_id":%b}' % (state.encode("ascii"), quoted_id)

    def _marks(self, standing: Standing) -> bytes:
        return (b',"favourited":%b,"reblogged":%b,"bookmarked":%b,"pinned":%b,"muted":%b,"filtered":[]') % (
            _YES_OR_NO[standing.favourited],
            _YES_OR_NO[standing.boosted],
            _YES_OR_NO[standing.bookmarked],
            _YES_OR_NO[standing.pinned],
            _YES_OR_NO[standing.thread_muted],
        )


def fragment(json: bytes) -> Any:
    """Return JSON for use inside another answer."""
    return orjson.Fragment(json)


def listed(statuses: Mapping[int, bytes]) -> bytes:
    """Return a JSON array of statuses."""
    return b"[" + b",".join(statuses.values()) + b"]"
