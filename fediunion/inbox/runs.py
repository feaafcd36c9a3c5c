"""One run over some received activities: read, given to their rules, and what becomes of each."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import check_activity
from fediunion.activitypub.parse import UNKNOWN_ACTIVITY_TYPE
from fediunion.activitypub.vocab import Activity
from fediunion.db import now_of
from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.dispatch import RefusedByRule, process_activities
from fediunion.inbox.forward import PassOn
from fediunion.inbox.limits import domain_of
from fediunion.inbox.outcomes import Outcome, record_outcomes, refusal
from fediunion.inbox.prepare import Prepared, prepare_at_once, read_received
from fediunion.inbox.queries import ReceivedActivity, list_waiting
from fediunion.inbox.rejections import Rejections
from fediunion.inbox.relevance import FollowedHere, OpenHere, SentHere
from fediunion.inbox.rules import Rules
from fediunion.jobs.crash import crash_point
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import AddressRefused, FediUnionError, Unavailable, Unreachable
from fediunion.world import World

GIVE_UP_AFTER: Final = timedelta(hours=24)

_IN_ONE_UNIT: Final = 25
_LONG: Final = 16_384
_FIRST_RETRY_SECONDS: Final = 60.0
_LONGEST_RETRY_SECONDS: Final = 4 * 3600.0
_AWAIT_OBJECT_SECONDS: Final = (60.0, 600.0, 3600.0, 4 * 3600.0, 12 * 3600.0)

HeardFrom: TypeAlias = Callable[[Session, str], None]
"""(session, host[:port]): a server that did not answer us has just sent something that it signed."""

Unprepared: TypeAlias = tuple[ReceivedActivity, Activity]
"""What came in, as it was read, for which something must be fetched."""

Loaded: TypeAlias = tuple[list[ReceivedActivity], list[Prepared], list[Unprepared]]


@dataclass(frozen=True)
class Wiring:
    """What the rest of the instance gives to the inbox.

    `pass_on` sends forwarded activities, or None;
    `heard_from` is told of servers that speak again. `followed_here` says whose boosts and posts are worth
    a fetch; without it everybody's are. `sent_here` knows the activities of our own, `open_here` the posts
    of others that anybody may read.
    """

    rules: Rules
    rejections: Rejections
    pass_on: PassOn | None = None
    heard_from: HeardFrom | None = None
    followed_here: FollowedHere | None = None
    sent_here: SentHere | None = None
    open_here: OpenHere | None = None


@dataclass
class Run:
    """One run over some rows; `attempts` says how often each was put off already.

    What cannot be done by a mistake of ours is in `failures`, by row; `later` has jobs of other kinds that go
    on with a row: (kind, row).
    """

    wiring: Wiring
    world: World
    attempts: dict[int, int]
    failures: dict[int, Exception] = field(default_factory=dict)
    later: list[tuple[str, int]] = field(default_factory=list)
    _outcomes: dict[int, Outcome] = field(default_factory=dict)
    _put_off: dict[int, float] = field(default_factory=dict)

    async def load(self, ids: Sequence[int]) -> Loaded:
        """Return those of `ids` that wait, in all, those that need no network, and those that do."""
        received, known = await self.world.db.read(list_waiting, ids)
        ready: list[Prepared] = []
        missing: list[Unprepared] = []
        for each in received:
            if len(each.body or "") > _LONG:
                # What takes so long to read keeps whoever else is in this process waiting only once.
                await asyncio.sleep(0)
            try:
                activity = read_received(each, self.world.claims)
                check_activity(activity, self.world.settings.authority)
            except FediUnionError as error:
                self.end(each, _unreadable(each, error))
                continue
            prepared = prepare_at_once(each, activity, known)
            if prepared is not None:
                ready.append(prepared)
            else:
                missing.append((each, activity))
        return received, ready, missing

    async def dispatch(self, prepared: Sequence[Prepared]) -> None:
        """Give activities to their rules, some in a unit; a mistake of ours holds up nobody else."""
        for start in range(0, len(prepared), _IN_ONE_UNIT):
            chunk = prepared[start : start + _IN_ONE_UNIT]
            try:
                try:
                    await self._dispatch_together(chunk, savepoints=False)
                except RefusedByRule:
                    await self._dispatch_together(chunk, savepoints=True)
            except Unavailable:
                raise
            except Exception:
                for each in chunk:
                    await self._dispatch_alone(each)

    async def write_down(self) -> None:
        """Record what became of the activities that no rule got, and have the others gone on with."""
        if self._outcomes or self._put_off or self.later:
            await self.world.db.write(_write_down, self._outcomes, self._put_off, self.later, self.attempts)

    def try_later(self, received: ReceivedActivity, error: Unreachable) -> None:
        """Put off what cannot be fetched now; after a day, or where that is final, it ends."""
        delay = max(self._back_off_seconds(received), error.retry_after_seconds or 0)
        final = isinstance(error, AddressRefused) or not error.may_pass
        too_late = self.world.clock.now() + timedelta(seconds=delay) > received.received_at + GIVE_UP_AFTER
        if final or too_late:
            self.end(received, Outcome(f"refused: could not fetch what it needs: {error}", error.reason))
        else:
            self._put_off[received.id] = delay

    def put_off(self, received: ReceivedActivity) -> None:
        """Have an activity looked at again later."""
        self._put_off[received.id] = self._back_off_seconds(received)

    def end(self, received: ReceivedActivity, outcome: Outcome) -> None:
        """Note what became of an activity that no rule got."""
        self._outcomes[received.id] = outcome
        self._count(received, outcome)

    def _back_off_seconds(self, received: ReceivedActivity) -> float:
        delay = min(_FIRST_RETRY_SECONDS * 2.0 ** self.attempts[received.id], _LONGEST_RETRY_SECONDS)
        return delay * random.uniform(0.75, 1.25)

    async def _dispatch_together(self, chunk: Sequence[Prepared], *, savepoints: bool) -> None:
        rules, pass_on = self.wiring.rules, self.wiring.pass_on
        outcomes = await self.world.db.write(process_activities, chunk, rules, pass_on, savepoints=savepoints)
        crash_point("process_after_commit")
        for each in chunk:
            outcome = outcomes.get(each.received.id)
            if outcome is None:
                continue
            attempt = self.attempts[each.received.id]
            if not outcome.await_object:
                self._count(each.received, outcome)
            elif attempt < len(_AWAIT_OBJECT_SECONDS):
                self._put_off[each.received.id] = _AWAIT_OBJECT_SECONDS[attempt]
            else:
                self.end(each.received, outcome)

    async def _dispatch_alone(self, prepared: Prepared) -> None:
        try:
            await self._dispatch_together([prepared], savepoints=True)
        except Unavailable:
            raise
        except Exception as error:
            # A mistake of ours, over one activity; the job's rules say when to try it again.
            self.failures[prepared.received.id] = error

    def _count(self, received: ReceivedActivity, outcome: Outcome) -> None:
        if outcome.reason is not None:
            self.wiring.rejections.count(outcome.reason, domain_of(received.sender_uri))


def _unreadable(received: ReceivedActivity, error: FediUnionError) -> Outcome:
    if error.reason == UNKNOWN_ACTIVITY_TYPE:
        return Outcome(f"not handled: nobody here knows activities of type {received.activity_type}")
    return refusal(error)


def _write_down(
    session: Session,
    outcomes: dict[int, Outcome],
    put_off: dict[int, float],
    later: Sequence[tuple[str, int]],
    attempts: dict[int, int],
) -> None:
    record_outcomes(session, outcomes)
    for row, seconds in put_off.items():
        at = now_of(session) + timedelta(seconds=seconds)
        enqueue(session, PROCESS_JOB, at=at, ids=[row], attempt=attempts[row] + 1)
    for kind, row in later:
        enqueue(session, kind, key=f"{kind}:{row}", ids=[row], attempt=attempts[row])
