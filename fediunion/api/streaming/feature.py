"""Streaming, plugged in: what it hears of the features below."""

from fediunion.api.streaming import reactions
from fediunion.feature import Feature
from fediunion.social.announcements.events import (
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementWithdrawn,
)
from fediunion.social.filters.events import FiltersChanged
from fediunion.social.notifications.events import NotificationsMerged, Notified
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored

FEATURE = Feature(
    name="streaming",
    reactions={
        PostStored: [reactions.tell_of_post],
        PostEdited: [reactions.tell_of_edit],
        PostRemoved: [reactions.tell_of_removal],
        Notified: [reactions.tell_of_notifications],
        NotificationsMerged: [reactions.tell_of_merged],
        FiltersChanged: [reactions.tell_of_filters],
        AnnouncementPublished: [reactions.tell_of_announcement],
        AnnouncementReacted: [reactions.tell_of_reaction],
        AnnouncementWithdrawn: [reactions.tell_of_withdrawal],
    },
)
