"""What a member prefers on pages: the language, and the time zone."""

from typing import Final
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from fediunion.db import announce
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.members.models import Member
from fediunion.members.tokens import CACHE as TOKENS
from fediunion.world import CHANGED

TIME_ZONE: Final = "time_zone"
"""Where a member's settings keep the name of the time zone; none is UTC."""


def change_preferences(session: Session, member_id: int, *, language: str, time_zone: str) -> None:
    """Keep the language and the zone ("" for UTC) of a member. Raises Invalid for what is none."""
    if not valid_language_tag(language):
        raise Invalid(Sentence("This is no language."), field="language")
    if time_zone and time_zone not in available_timezones():
        raise Invalid(Sentence("This is no time zone."), field="time_zone")
    member = session.get_one(Member, member_id)
    member.locale = language
    member.settings = {**member.settings, TIME_ZONE: time_zone}
    # What a token means is remembered with the language of its member.
    announce(session, CHANGED, TOKENS)
