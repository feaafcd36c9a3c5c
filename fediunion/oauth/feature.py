"""The wiring of OAuth."""

from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.members.events import MemberLoggedOut
from fediunion.oauth.jobs import PRUNE_JOB, prune_ended
from fediunion.oauth.service.revocation import end_grants

FEATURE = Feature(
    name="oauth",
    reactions={MemberLoggedOut: [end_grants]},
    jobs={PRUNE_JOB: prune_ended},
    schedule=[Every(PRUNE_JOB, 3600)],
)
