"""The wiring of members."""

from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.members.jobs import TIDY_SIGN_UPS, tidy_sign_ups
from fediunion.members.mail.jobs import send_mail
from fediunion.members.mail.service import SEND_MAIL

FEATURE = Feature(
    name="members",
    jobs={SEND_MAIL: send_mail, TIDY_SIGN_UPS: tidy_sign_ups},
    schedule=[Every(job=TIDY_SIGN_UPS, seconds=3600)],
)
