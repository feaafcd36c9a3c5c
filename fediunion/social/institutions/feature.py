"""The wiring of institutions."""

from fediunion.feature import Feature
from fediunion.members.events import MemberErased
from fediunion.social.institutions.service import forget_editor

FEATURE = Feature(name="institutions", reactions={MemberErased: [forget_editor]})
