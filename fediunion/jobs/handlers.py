"""What runs jobs: handlers of one or of many, and what becomes of a job when they fail."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

import structlog

from fediunion.jobs.claims import ClaimedJob, Failure
from fediunion.kit.errors import FediUnionError, TookTooLong, Unavailable
from fediunion.kit.json import JsonObject
from fediunion.world import World

JobHandler: TypeAlias = Callable[[World, JsonObject], Awaitable[None]]
"""(world, payload): may run more than once for one job, and must then change nothing more."""


@dataclass(frozen=True)
class BatchHandler:
    """Handles all jobs of its kind that were claimed together, in the order of their ids.

    `handle` returns, for each payload, None when done or why it is not. What it raises itself
    concerns the whole batch, which is then handled one by one.
    """

    handle: Callable[[World, Sequence[JsonObject]], Awaitable[Sequence[Exception | None]]]


Handlers: TypeAlias = Mapping[str, JobHandler | BatchHandler]

_log = structlog.get_logger(__name__)

_ATTEMPTS = 12
_LONGEST_HANDLING_SECONDS = 600
_LONGEST_BACK_OFF_SECONDS = 12 * 3600
_LONGEST_DELAY_SECONDS = 24 * 3600
_LONGEST_LIFE = timedelta(days=30)


class RetryLater(FediUnionError):
    """The work cannot be done now, and nobody is at fault; `after_seconds` says when it may be, if known."""

    reason = "retry-later"

    def __init__(self, message: str, after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


async def handle(
    world: World, handlers: Handlers, jobs: Sequence[ClaimedJob]
) -> tuple[list[ClaimedJob], list[Failure]]:
    """Run `jobs`, all of one kind; return those that are done, and those that are not."""
    handler = handlers[jobs[0].kind]
    if isinstance(handler, BatchHandler):
        errors = await _handle_batch(world, handler, jobs)
    else:
        errors = [await _handle_one(world, handler, job) for job in jobs]
    outcomes = list(zip(jobs, errors, strict=True))
    failed = [_failure_of(world, job, error) for job, error in outcomes if error is not None]
    return [job for job, error in outcomes if error is None], failed


async def _handle_one(world: World, handler: JobHandler, job: ClaimedJob) -> Exception | None:
    try:
        async with asyncio.timeout(_LONGEST_HANDLING_SECONDS):
            await handler(world, job.payload)
    except Exception as error:
        _report(job, error)
        return error
    return None


async def _handle_batch(
    world: World,
    handler: BatchHandler,
    jobs: Sequence[ClaimedJob],
    seconds: float = _LONGEST_HANDLING_SECONDS,
) -> Sequence[Exception | None]:
    """Return what became of each of `jobs`. Where something breaks off all of them, each runs alone.

    Of a batch that took too long each has its share of the time then: one that hangs fails no other.
    """
    try:
        async with asyncio.timeout(seconds):
            errors = await handler.handle(world, [job.payload for job in jobs])
        if len(errors) != len(jobs):
            raise AssertionError(f"{jobs[0].kind} gave {len(errors)} outcomes for {len(jobs)} jobs")
    except Exception as error:
        if len(jobs) > 1 and not is_storage_away(error):
            share = seconds / len(jobs) if isinstance(error, TimeoutError) else seconds
            return [(await _handle_batch(world, handler, [job], share))[0] for job in jobs]
        errors = [error] * len(jobs)
    for job, failed in zip(jobs, errors, strict=True):
        if failed is not None:
            _report(job, failed)
    return errors


def _failure_of(world: World, job: ClaimedJob, error: Exception) -> Failure:
    """Return when to try again: 1 minute to 12 hours, factor 3, ± 25 %; in quarantine after 12 attempts.

    A delay that the handler asked for, and a storage that refuses work, use up no attempt; but no
    job lives longer than 30 days. A unit of work that took too long does: it may be too large for ever.
    """
    text = f"{type(error).__name__}: {error}"
    too_old = world.clock.now() - job.created_at > _LONGEST_LIFE
    asked = getattr(error, "after_seconds", None) if isinstance(error, RetryLater) else None
    if is_storage_away(error):
        asked = Unavailable.retry_after_seconds
    if asked is not None and not too_old:
        return Failure(job, text, min(max(asked, 1.0), _LONGEST_DELAY_SECONDS), counts=False)
    if too_old or job.attempts + 1 >= _ATTEMPTS:
        return Failure(job, text, None)
    base = world.settings.federation.retry_base_seconds
    delay = min(base * 3.0**job.attempts, _LONGEST_BACK_OFF_SECONDS)
    return Failure(job, text, delay * random.uniform(0.75, 1.25))


def is_storage_away(error: Exception) -> bool:
    """Return whether nothing at all can be done now: then it is no job's fault."""
    return isinstance(error, Unavailable) and not isinstance(error, TookTooLong)


def _report(job: ClaimedJob, error: Exception) -> None:
    """Log what went wrong; a payload may name people and stays out of it."""
    expected = isinstance(error, FediUnionError | TimeoutError)
    _log.warning(
        "job failed", kind=job.kind, job=job.id, error=str(error), exc_info=None if expected else error
    )
