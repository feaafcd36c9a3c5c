"""Media, plugged in."""

from fediunion.actors.events import ActorDeleted
from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.social.media import endpoints, jobs

FEATURE = Feature(
    name="media",
    reactions={ActorDeleted: [jobs.drop_files]},
    jobs={jobs.SWEEP: jobs.sweep, jobs.TIDY: jobs.tidy},
    schedule=[Every(job=jobs.SWEEP, seconds=300), Every(job=jobs.TIDY, seconds=86_400)],
    routes=endpoints.ROUTES,
)
