"""The wiring of timelines."""

from fediunion.feature import Feature
from fediunion.social.follows.events import Followed, Unfollowed
from fediunion.social.lists.events import AccountsListed, AccountsUnlisted
from fediunion.social.posts.events import PostRemoved, PostStored
from fediunion.social.timelines import conversations, reactions
from fediunion.social.timelines.tagged import add_to_homes_of_tag_followers

FEATURE = Feature(
    name="timelines",
    reactions={
        PostStored: [
            reactions.add_to_timelines,
            add_to_homes_of_tag_followers,
            conversations.note_direct_post,
        ],
        PostRemoved: [reactions.remove_from_timelines, conversations.forget_direct_post],
        Followed: [reactions.welcome_author],
        Unfollowed: [reactions.forget_author],
        AccountsListed: [reactions.fill_list],
        AccountsUnlisted: [reactions.empty_list],
    },
)
