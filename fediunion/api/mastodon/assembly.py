"""Statuses put together for one reader: the parts that are kept, and around them what is the reader's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import orjson

from fediunion.actors.viewer import Viewer
from fediunion.api.mastodon.quoting import resolved
from fediunion.api.mastodon.standing import Gathered, Standing

_NOTHING: Final = b"null"
_YES_OR_NO: Final = (b"false", b"true")

Version: TypeAlias = tuple[object, ...]
Kept: TypeAlias = tuple[Version, bytes]


@dataclass
class Parts:
    """Fragments by post id and by actor id, each with the version that it shows. A status lacks its end.

    `followed` are those authors whom the reader follows, of the posts that only followers may quote.
    """

    statuses: dict[int, Kept] = field(default_factory=dict)
    accounts: dict[int, Kept] = field(default_factory=dict)
    followed: frozenset[int] = frozenset()


def assembled(
    post_ids: Sequence[int], gathered: Gathered, parts: Parts, viewer: Viewer, marks: Mapping[int, bytes]
) -> dict[int, bytes]:
    """Return the statuses that are there for the viewer, by id; `marks` are what `filtered` says in them."""
    polls = {post_id: orjson.dumps(poll) for post_id, poll in gathered.polls.items()}
    assembly = _Assembly(gathered, polls, parts, viewer, marks)
    found = {post_id: assembly.status(post_id) for post_id in dict.fromkeys(post_ids)}
    return {post_id: status for post_id, status in found.items() if status is not None}


@dataclass(frozen=True)
class _Assembly:
    gathered: Gathered
    polls: Mapping[int, bytes]
    parts: Parts
    viewer: Viewer
    filtered: Mapping[int, bytes]

    @property
    def standings(self) -> Mapping[int, Standing]:
        return self.gathered.standings

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
            self._fixed(status[1], about),
            self.parts.accounts[standing.author_id][1],
            reblog,
            self._shallow_quote(about) if quoted else self._quote(about),
            self.polls.get(about.post_id, _NOTHING),
            about.replies,
            about.boosts,
            about.favourites,
            about.quotes,
            self._marks(about, post_id) if self.viewer.is_member else b"",
        )

    def _fixed(self, fixed: bytes, about: Standing) -> bytes:
        author_id = about.author_id
        return resolved(
            fixed,
            is_author=author_id == self.viewer.actor_id,
            is_follower=author_id in self.parts.followed,
        )

    def _quote(self, standing: Standing) -> bytes:
        """Return a Quote, none where what was quoted is kept no longer. One that waits may be of the unknown.

        Source: https://docs.joinmastodon.org/entities/Quote/
        """
        if not standing.quote_state:
            return _NOTHING
        if standing.quote_state != "accepted":
            return b'{"state":"%b","quoted_status":null}' % standing.quote_state.encode("ascii")
        quoted_id = standing.quote_of_id
        if quoted_id is None:
            return _NOTHING
        status = self.status(quoted_id, quoted=True)
        if status is None:
            return b'{"state":"unauthorized","quoted_status":null}'
        state = self.gathered.put_aside.get(self.standings[quoted_id].author_id, "accepted")
        return b'{"state":"%b","quoted_status":%b}' % (state.encode("ascii"), status)

    def _shallow_quote(self, standing: Standing) -> bytes:
        """Return a ShallowQuote: a quote in a quote names the status only."""
        if not standing.quote_state:
            return _NOTHING
        if standing.quote_state != "accepted":
            return b'{"state":"%b","quoted_status_id":null}' % standing.quote_state.encode("ascii")
        if standing.quote_of_id is None:
            return _NOTHING
        if standing.quote_of_id not in self.standings:
            return b'{"state":"unauthorized","quoted_status_id":null}'
        return b'{"state":"accepted","quoted_status_id":"%d"}' % standing.quote_of_id

    def _marks(self, standing: Standing, post_id: int) -> bytes:
        return (b',"favourited":%b,"reblogged":%b,"bookmarked":%b,"pinned":%b,"muted":%b,"filtered":%b') % (
            _YES_OR_NO[standing.favourited],
            _YES_OR_NO[standing.boosted],
            _YES_OR_NO[standing.bookmarked],
            _YES_OR_NO[standing.pinned],
            _YES_OR_NO[standing.thread_muted],
            self.filtered.get(post_id, b"[]"),
        )
