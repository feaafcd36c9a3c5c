"""Streaming, plugged in: what it hears of the features below."""

from fediunion.api.streaming import reactions
from fediunion.feature import Feature
from fediunion.social.notifications.events import Notified
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored

FEATURE = Feature(
    name="streaming",
    reactions={
        PostStored: [reactions.tell_of_post],
        PostEdited: [reactions.tell_of_edit],
        PostRemoved: [reactions.tell_of_removal],
        Notified: [reactions.tell_of_notifications],
    },
)
