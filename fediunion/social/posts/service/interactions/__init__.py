"""What people do with posts: boosting, favouriting, keeping, pinning, muting a thread."""

from fediunion.social.posts.service.interactions.boosts import boost, remove_boost, unboost
from fediunion.social.posts.service.interactions.favourites import favourite, unfavourite
from fediunion.social.posts.service.interactions.keeping import (
    bookmark,
    mute_thread,
    unbookmark,
    unmute_thread,
)
from fediunion.social.posts.service.interactions.pins import MAX_PINS, pin, unpin

__all__ = [
    "MAX_PINS",
    "bookmark",
    "boost",
    "favourite",
    "mute_thread",
    "pin",
    "remove_boost",
    "unbookmark",
    "unboost",
    "unfavourite",
    "unmute_thread",
    "unpin",
]
