"""The wiring of notes and recommendations."""

from fediunion.feature import Feature
from fediunion.social.annotations.service import forget_unfollowed
from fediunion.social.follows.events import Unfollowed

FEATURE = Feature(name="annotations", reactions={Unfollowed: [forget_unfollowed]})
