"""The wiring of mail."""

from fediunion.feature import Feature
from fediunion.members.mail.jobs import send_mail
from fediunion.members.mail.service import SEND_MAIL

FEATURE = Feature(name="mail", jobs={SEND_MAIL: send_mail})
