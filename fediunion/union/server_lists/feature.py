"""Published and followed lists of servers, plugged in."""

from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.union.server_lists import api, fetching

FEATURE = Feature(
    name="server_lists",
    jobs={fetching.LOOK_JOB: fetching.look_at_lists},
    schedule=[Every(job=fetching.LOOK_JOB, seconds=fetching.EVERY_SECONDS)],
    routes=api.ROUTES,
)
