"""The job that processes what came in: many activities at a time, each with its own outcome, no network."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import Leave, Remove
from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.fetching import FETCH_JOB
from fediunion.inbox.outcomes import Outcome
from fediunion.inbox.portions import in_portions
from fediunion.inbox.prepare import Prepared
from fediunion.inbox.queries import ReceivedActivity, list_behind, list_silent, list_suspects
from fediunion.inbox.relevance import find_interest, indifference
from fediunion.inbox.runs import Run, Unprepared, Wiring
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of
from fediunion.world import World


@dataclass(frozen=True)
class InboxProcessor:
    """Handles the jobs `inbox.process`, whose payload is {"ids": rows, "attempt": how often it was put off}.

    It waits for nobody: what needs the network gets a job `inbox.fetch`.
    """

    wiring: Wiring

    async def handle(self, world: World, payloads: Sequence[JsonObject]) -> list[Exception | None]:
        """Process the activities of all payloads; return for each payload why it is not done, or None.

        An activity that fails by a mistake of ours gets a job of its own, so that it holds up nobody else.
        So does each of a job over which a process died.
        """
        suspects = await world.db.read(list_suspects, PROCESS_JOB)
        apart = [row for each in payloads if each in suspects and len(each["ids"]) > 1 for row in each["ids"]]
        attempts = {row: int(each.get("attempt", 0)) for each in payloads for row in each["ids"]}
        ids = list(attempts.keys() - set(apart)) if apart else list(attempts)
        alone = {each["ids"][0]: place for place, each in enumerate(payloads) if len(each["ids"]) == 1}
        errors: list[Exception | None] = [None] * len(payloads)
        async for portion in in_portions(world, ids):
            run = _ProcessRun(self.wiring, world, attempts)
            await run.process(portion)
            for row, error in run.failures.items():
                if row in alone:
                    errors[alone[row]] = error
                else:
                    apart.append(row)
        if apart:
            await world.db.write(_give_each_a_job, apart)
        return errors


class _ProcessRun(Run):
    """One run over rows that nobody has looked at yet, or that were put off."""

    async def process(self, ids: Sequence[int]) -> None:
        received, ready, missing = await self.load(ids)
        await self._tell_who_speaks_again(received)
        await self.dispatch(await self._in_order(ready))
        self.later += [(FETCH_JOB, each.id) for each in await self._worth_fetching(missing)]
        await self.write_down()

    async def _in_order(self, ready: Sequence[Prepared]) -> Sequence[Prepared]:
        """Return those of `ready` that come after nothing that waits; the others are put off (row L20).

        What is undone or deleted before it comes leaves a tombstone; of these nothing would be remembered.
        """
        ends = [each.received for each in ready if isinstance(each.activity, Leave | Remove)]
        if not ends:
            return ready
        beside = [each.received.id for each in ready]
        behind = await self.world.db.read(list_behind, ends, beside)
        for each in ready:
            if each.received.id in behind:
                self.put_off(each.received)
        return [each for each in ready if each.received.id not in behind]

    async def _worth_fetching(self, missing: Sequence[Unprepared]) -> list[ReceivedActivity]:
        """Return those of `missing` that anybody here has to do with; the others end here (row F31)."""
        followed_here = self.wiring.followed_here
        if followed_here is None or not missing:
            return [received for received, _ in missing]
        activities = [activity for _, activity in missing]
        interest = await self.world.db.read(find_interest, activities, followed_here)
        own, worth = self.world.settings.authority, []
        for received, activity in missing:
            why_not = indifference(activity, interest, own, believed=received.believed)
            if why_not is None:
                worth.append(received)
            else:
                self.end(received, Outcome(f"ignored: {why_not}"))
        return worth

    async def _tell_who_speaks_again(self, received: Sequence[ReceivedActivity]) -> None:
        heard_from = self.wiring.heard_from
        if heard_from is None or not received:
            return
        hosts = {authority_of(each.sender_uri) for each in received}
        for host in await self.world.db.read(list_silent, hosts):
            await self.world.db.write(heard_from, host)


def _give_each_a_job(session: Session, ids: Sequence[int]) -> None:
    for row in ids:
        enqueue(session, PROCESS_JOB, ids=[row])
