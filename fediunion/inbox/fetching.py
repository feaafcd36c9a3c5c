"""The jobs that fetch what an activity cannot be processed without: one in a hurry, one that waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fediunion.inbox.outcomes import refusal
from fediunion.inbox.portions import in_portions
from fediunion.inbox.prepare import Prepared, prepare
from fediunion.inbox.runs import Run, Unprepared, Wiring
from fediunion.inbox.turns import LetsWait, Pace, Turns
from fediunion.kit.errors import FediUnionError, Unavailable, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.world import World

FETCH_JOB: Final = "inbox.fetch"
PATIENT_JOB: Final = "inbox.fetch_patiently"


@dataclass(frozen=True)
class InboxFetcher:
    """Handles jobs whose payload is {"ids": [row], "attempt": how often it was put off}, at a `pace`.

    What takes longer than that gets a job of the kind `if_slow`; where there is none it is put off.
    """

    wiring: Wiring
    pace: Pace
    if_slow: str | None = None

    async def handle(self, world: World, payloads: Sequence[JsonObject]) -> list[Exception | None]:
        """Fetch what is missing and process the activities of all payloads.

        Return for each payload why it is not done, or None.
        """
        run = _FetchRun(self.wiring, world, {each["ids"][0]: int(each["attempt"]) for each in payloads})
        await run.fetch(self.pace, self.if_slow)
        return [run.failures.get(each["ids"][0]) for each in payloads]


class _FetchRun(Run):
    """One run over rows that need the network; those of one run take turns."""

    async def fetch(self, pace: Pace, if_slow: str | None) -> None:
        ids, *others = [
            each async for each in in_portions(self.world, list(self.attempts), smallest_first=True)
        ]
        self.later += [(FETCH_JOB if if_slow else PATIENT_JOB, row) for portion in others for row in portion]
        _, ready, missing = await self.load(ids)
        turns = Turns(self.world, pace)
        fetched = await asyncio.gather(*(self._prepare(each, turns, pace, if_slow) for each in missing))
        prepared = [*ready, *(each for each in fetched if each is not None)]
        # In the order in which they came, whatever was known already.
        await self.dispatch(sorted(prepared, key=lambda each: each.received.id))
        await self.write_down()

    async def _prepare(
        self, unprepared: Unprepared, turns: Turns, pace: Pace, if_slow: str | None
    ) -> Prepared | None:
        received, activity = unprepared
        try:
            async with asyncio.timeout(pace.seconds):
                return await prepare(
                    self.world,
                    received,
                    activity,
                    sent_here=self.wiring.sent_here,
                    open_here=self.wiring.open_here,
                    turns=turns,
                )
        except (TimeoutError, LetsWait):
            if if_slow is not None:
                self.later.append((if_slow, received.id))
            else:
                self.try_later(received, Unreachable("The fetches took too long", reason="timeout"))
        except Unavailable:
            raise
        except Unreachable as error:
            self.try_later(received, error)
        except FediUnionError as error:
            self.end(received, refusal(error))
        except Exception as error:
            # A mistake of ours, over one activity; the others go on.
            self.failures[received.id] = error
        return None
