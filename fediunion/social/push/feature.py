"""The wiring of Web Push."""

from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.social.push.jobs import FORGET_ENDED, forget_ended_subscriptions

FEATURE = Feature(
    name="push",
    jobs={FORGET_ENDED: forget_ended_subscriptions},
    schedule=[Every(job=FORGET_ENDED, seconds=6 * 3600)],
)
