"""The outbox's background work beside delivery itself: which jobs there are, and when they run."""

from collections.abc import Mapping
from typing import Final

from fediunion.jobs.run import BatchHandler, JobHandler
from fediunion.jobs.schedule import Every
from fediunion.kit.json import JsonObject
from fediunion.outbox.fan_out import fan_out_job
from fediunion.outbox.gone import confirm_gone
from fediunion.outbox.ledger import FORGET_WORDS, empty_bodies, holders, retain, sent_to, trim_bodies
from fediunion.outbox.publish import HOLDERS, SENT_TO, AudienceExpander
from fediunion.outbox.results import CONFIRM_GONE
from fediunion.outbox.retry import retry_job
from fediunion.outbox.service import RETRY_FOR_AUDIENCE
from fediunion.outbox.storing import FAN_OUT
from fediunion.world import World

RETENTION: Final = "outbox.retention"

SCHEDULE: Final = (Every(RETENTION, 86_400.0),)


def outbox_jobs(audiences: Mapping[str, AudienceExpander]) -> dict[str, JobHandler | BatchHandler]:
    """Return the handlers by kind; `audiences` are those of the features, beside "holders" and "sent_to"."""
    every = {**audiences, HOLDERS: holders, SENT_TO: sent_to}
    return {
        FAN_OUT: fan_out_job(every),
        RETRY_FOR_AUDIENCE: retry_job(every),
        CONFIRM_GONE: confirm_gone,
        RETENTION: keep_short,
        FORGET_WORDS: forget_words,
    }


async def keep_short(world: World, _payload: JsonObject) -> None:
    """Move old deliveries into the ledger and empty private bodies, a portion for each unit of work."""
    for step in (retain, trim_bodies):
        while await world.db.write(step):
            continue


async def forget_words(world: World, payload: JsonObject) -> None:
    """Empty what was sent about a thing that is gone."""
    await world.db.write(empty_bodies, str(payload["object_uri"]))
