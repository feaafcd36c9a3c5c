"""How much one server may sign: nobody fills a call with accounts made for it (row A29)."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import settings_of
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import owner_domain
from fediunion.members.attempts import Allowance, TooManyAttempts, count_attempts
from fediunion.union.campaigns.models import CampaignCall

_HOUR_SECONDS: Final = 3600


def count_from(session: Session, call: CampaignCall, host: str) -> None:
    """Count one signature from `host` for a call; raise NotAllowed where its owner sent too many in the hour.

    Sent again in another hour, what was refused can count. Nothing is counted where the instance's limits
    are switched off.
    """
    most = settings_of(session).campaigns.votes_per_host_hour
    try:
        count_attempts(
            session, [Allowance("campaigns:host", f"{call.id}\n{owner_domain(host)}", most, _HOUR_SECONDS)]
        )
    except TooManyAttempts as error:
        raise NotAllowed(
            Sentence("Too many signatures came from this server within the hour."), reason="vote-flood"
        ) from error
