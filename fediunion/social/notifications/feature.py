"""The wiring of notifications."""

from fediunion.actors.events import ActorDeleted
from fediunion.feature import Feature
from fediunion.social.follows.events import Blocked, Followed, FollowRequested, HostRefused, Unfollowed
from fediunion.social.notifications import reactions
from fediunion.social.notifications.jobs import push_notification
from fediunion.social.notifications.pushing import PUSH
from fediunion.social.notifications.severances import note_refused_host
from fediunion.social.posts.events import (
    PollEnded,
    PostEdited,
    PostFavourited,
    PostQuoted,
    PostRemoved,
    PostStored,
)

FEATURE = Feature(
    name="notifications",
    reactions={
        PostStored: [reactions.tell_of_post],
        PostEdited: [reactions.tell_of_edit],
        PostRemoved: [reactions.forget_post],
        PostFavourited: [reactions.tell_of_favourite],
        PostQuoted: [reactions.tell_of_quote],
        PollEnded: [reactions.tell_of_poll],
        Followed: [reactions.tell_of_follower],
        FollowRequested: [reactions.tell_of_request],
        Unfollowed: [reactions.forget_follower],
        Blocked: [reactions.forget_blocked],
        HostRefused: [note_refused_host],
        ActorDeleted: [reactions.forget_actor],
    },
    jobs={PUSH: push_notification},
)
