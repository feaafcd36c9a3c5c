"""The wiring of lists."""

from fediunion.feature import Feature
from fediunion.social.follows.events import Unfollowed
from fediunion.social.lists.service import forget_unfollowed

FEATURE = Feature(name="lists", reactions={Unfollowed: [forget_unfollowed]})
