"""The wiring of members."""

from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.members.erasure import forget_credentials
from fediunion.members.events import MemberErased
from fediunion.members.jobs import TIDY, tidy
from fediunion.members.mail.jobs import send_mail
from fediunion.members.mail.service import SEND_MAIL
from fediunion.members.password_change import MAIL_RESET, mail_reset

FEATURE = Feature(
    name="members",
    reactions={MemberErased: [forget_credentials]},
    jobs={SEND_MAIL: send_mail, MAIL_RESET: mail_reset, TIDY: tidy},
    schedule=[Every(job=TIDY, seconds=3600)],
)
