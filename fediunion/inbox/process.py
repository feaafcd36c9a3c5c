"""The job that processes what came in: many activities at a time, each with its own outcome."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import check_activity
from fediunion.activitypub.parse import UNKNOWN_ACTIVITY_TYPE
from fediunion.activitypub.vocab import Activity, JsonObject
from fediunion.db import now_of
from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.dispatch import Outcome, RefusedByRule, process_activities, record_outcomes, refusal
from fediunion.inbox.forward import PassOn
from fediunion.inbox.limits import domain_of
from fediunion.inbox.prepare import Prepared, prepare, prepare_at_once, read_received
from fediunion.inbox.queries import ReceivedActivity, list_silent, list_suspects, list_waiting
from fediunion.inbox.rejections import Rejections
from fediunion.inbox.relevance import FollowedHere, SentHere, find_interest, indifference
from fediunion.inbox.rules import Rules
from fediunion.jobs.crash import crash_point
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import AddressRefused, FediUnionError, Unavailable, Unreachable
from fediunion.kit.urls import authority_of
from fediunion.world import World

PREPARE_SECONDS: Final = 10.0
GIVE_UP_AFTER: Final = timedelta(hours=24)

_LOADED_AT_ONCE: Final = 200
_IN_ONE_UNIT: Final = 25
_FETCHING_AT_ONCE: Final = 8
_FIRST_RETRY_SECONDS: Final = 60.0
_LONGEST_RETRY_SECONDS: Final = 4 * 3600.0
_AWAIT_OBJECT_SECONDS: Final = (60.0, 600.0, 3600.0, 4 * 3600.0, 12 * 3600.0)
_PASSING_STATUSES: Final = frozenset({408, 425, 429})

HeardFrom: TypeAlias = Callable[[Session, str], None]
"""(session, host[:port]): a server that did not answer us has just sent something that it signed."""


@dataclass(frozen=True)
class InboxProcessor:
    """Handles the jobs `inbox.process`, whose payload is {"ids": rows, "attempt": how often it was put off}.

    `pass_on` sends forwarded activities, or None;
    `heard_from` is told of servers that speak again. `followed_here` says whose boosts and posts are worth
    a fetch; without it everybody's are. `sent_here` knows the activities of our own.
    """

    rules: Rules
    rejections: Rejections
    pass_on: PassOn | None = None
    heard_from: HeardFrom | None = None
    followed_here: FollowedHere | None = None
    sent_here: SentHere | None = None

    async def handle(self, world: World, payloads: Sequence[JsonObject]) -> list[Exception | None]:
        """Process the activities of all payloads; return for each payload why it is not done, or None.

        An activity for which something could not be fetched, or that fails by a mistake of ours, gets a job
        of its own, so that it holds up nobody else. So does each of a job over which a process died.
        """
        suspects = await world.db.read(list_suspects, PROCESS_JOB)
        apart = [row for each in payloads if each in suspects and len(each["ids"]) > 1 for row in each["ids"]]
        attempts = {row: int(each.get("attempt", 0)) for each in payloads for row in each["ids"]}
        ids = list(attempts.keys() - set(apart)) if apart else list(attempts)
        alone = {each["ids"][0]: place for place, each in enumerate(payloads) if len(each["ids"]) == 1}
        errors: list[Exception | None] = [None] * len(payloads)
        for start in range(0, len(ids), _LOADED_AT_ONCE):
            run = _Run(self, world, attempts)
            await run.process(ids[start : start + _LOADED_AT_ONCE])
            for row, error in run.failures.items():
                if row in alone:
                    errors[alone[row]] = error
                else:
                    apart.append(row)
        if apart:
            await world.db.write(_give_each_a_job, apart)
        return errors


@dataclass
class _Run:
    """One run over some rows: what could not be done is in `failures`, by row."""

    processor: InboxProcessor
    world: World
    attempts: dict[int, int]
    failures: dict[int, Exception] = field(default_factory=dict)
    _outcomes: dict[int, Outcome] = field(default_factory=dict)
    _put_off: dict[int, float] = field(default_factory=dict)

    async def process(self, ids: Sequence[int]) -> None:
        received, known = await self.world.db.read(list_waiting, ids)
        await self._tell_who_speaks_again(received)
        ready: list[Prepared] = []
        missing: list[tuple[ReceivedActivity, Activity]] = []
        for each in received:
            try:
                activity = read_received(each, self.world.claims)
                check_activity(activity, self.world.settings.authority)
            except FediUnionError as error:
                self._end(each, _unreadable(each, error))
                continue
            prepared = prepare_at_once(each, activity, known)
            if prepared is not None:
                ready.append(prepared)
            else:
                missing.append((each, activity))
        await self._dispatch(ready)
        missing = await self._worth_fetching(missing)
        if missing:
            at_once = asyncio.Semaphore(_FETCHING_AT_ONCE)
            fetched = await asyncio.gather(*(self._prepare(at_once, *each) for each in missing))
            await self._dispatch([each for each in fetched if each is not None])
        if self._outcomes or self._put_off:
            await self.world.db.write(_write_down, self._outcomes, self._put_off, self.attempts)

    async def _worth_fetching(
        self, missing: list[tuple[ReceivedActivity, Activity]]
    ) -> list[tuple[ReceivedActivity, Activity]]:
        """Return those of `missing` that anybody here has to do with; the others end here (row F31)."""
        followed_here = self.processor.followed_here
        if followed_here is None or not missing:
            return missing
        activities = [activity for _, activity in missing]
        interest = await self.world.db.read(find_interest, activities, followed_here)
        own, worth = self.world.settings.authority, []
        for received, activity in missing:
            why_not = indifference(activity, interest, own, believed=received.believed)
            if why_not is None:
                worth.append((received, activity))
            else:
                self._end(received, Outcome(f"ignored: {why_not}"))
        return worth

    async def _tell_who_speaks_again(self, received: Sequence[ReceivedActivity]) -> None:
        heard_from = self.processor.heard_from
        if heard_from is None or not received:
            return
        hosts = {authority_of(each.sender_uri) for each in received}
        for host in await self.world.db.read(list_silent, hosts):
            await self.world.db.write(heard_from, host)

    async def _prepare(
        self, at_once: asyncio.Semaphore, received: ReceivedActivity, activity: Activity
    ) -> Prepared | None:
        try:
            async with at_once, asyncio.timeout(PREPARE_SECONDS):
                return await prepare(self.world, received, activity, sent_here=self.processor.sent_here)
        except TimeoutError:
            self._try_later(received, Unreachable("The fetches took too long", reason="timeout"))
        except Unavailable:
            raise
        except Unreachable as error:
            self._try_later(received, error)
        except FediUnionError as error:
            self._end(received, refusal(error))
        except Exception as error:
            # A mistake of ours, over one activity; the others go on.
            self.failures[received.id] = error
        return None

    async def _dispatch(self, prepared: Sequence[Prepared]) -> None:
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

    async def _dispatch_together(self, chunk: Sequence[Prepared], *, savepoints: bool) -> None:
        rules, pass_on = self.processor.rules, self.processor.pass_on
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
                self._end(each.received, outcome)

    async def _dispatch_alone(self, prepared: Prepared) -> None:
        try:
            await self._dispatch_together([prepared], savepoints=True)
        except Unavailable:
            raise
        except Exception as error:
            # A mistake of ours, over one activity; the job's rules say when to try it again.
            self.failures[prepared.received.id] = error

    def _try_later(self, received: ReceivedActivity, error: Unreachable) -> None:
        delay = min(_FIRST_RETRY_SECONDS * 2.0 ** self.attempts[received.id], _LONGEST_RETRY_SECONDS)
        delay = max(delay * random.uniform(0.75, 1.25), error.retry_after_seconds or 0)
        final = isinstance(error, AddressRefused) or _is_final(error.status)
        too_late = self.world.clock.now() + timedelta(seconds=delay) > received.received_at + GIVE_UP_AFTER
        if final or too_late:
            self._end(received, Outcome(f"refused: could not fetch what it needs: {error}", error.reason))
        else:
            self._put_off[received.id] = delay

    def _end(self, received: ReceivedActivity, outcome: Outcome) -> None:
        self._outcomes[received.id] = outcome
        self._count(received, outcome)

    def _count(self, received: ReceivedActivity, outcome: Outcome) -> None:
        if outcome.reason is not None:
            self.processor.rejections.count(outcome.reason, domain_of(received.sender_uri))


def _unreadable(received: ReceivedActivity, error: FediUnionError) -> Outcome:
    if error.reason == UNKNOWN_ACTIVITY_TYPE:
        return Outcome(f"not handled: nobody here knows activities of type {received.activity_type}")
    return refusal(error)


def _is_final(status: int | None) -> bool:
    return status is not None and 400 <= status < 500 and status not in _PASSING_STATUSES


def _give_each_a_job(session: Session, ids: Sequence[int]) -> None:
    for row in ids:
        enqueue(session, PROCESS_JOB, ids=[row])


def _write_down(
    session: Session, outcomes: dict[int, Outcome], put_off: dict[int, float], attempts: dict[int, int]
) -> None:
    record_outcomes(session, outcomes)
    for row, seconds in put_off.items():
        at = now_of(session) + timedelta(seconds=seconds)
        enqueue(session, PROCESS_JOB, at=at, ids=[row], attempt=attempts[row] + 1)
