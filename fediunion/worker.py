"""The background work of an instance: its jobs, its schedule and its deliveries, in one event loop."""

import asyncio

from fediunion.inbox.rejections import Rejections
from fediunion.installed import deliverer, job_handlers, schedule
from fediunion.jobs.run import Runner
from fediunion.world import World


async def work(world: World, rejections: Rejections, stop: asyncio.Event) -> None:
    """Do the background work of `world` until `stop` is set; then finish what is under way, within 20 s.

    What is not finished by then is given back to the queue: nothing depends on a graceful end.
    """
    handlers = job_handlers(rejections)
    async with asyncio.TaskGroup() as group:
        group.create_task(Runner(world, handlers, schedule()).run_forever(stop))
        group.create_task(deliverer(world).run_forever(stop))
