"""The wiring of searching."""

from fediunion.actors.events import SearchConsentChanged
from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.members.events import MemberReachChanged
from fediunion.social.posts.events import PostEdited, PostRemoved
from fediunion.social.search import jobs

FEATURE = Feature(
    name="search",
    reactions={
        PostEdited: [jobs.index_edited],
        PostRemoved: [jobs.forget_removed],
        SearchConsentChanged: [jobs.look_at_consent],
        MemberReachChanged: [jobs.look_at_consent],
    },
    jobs={jobs.INDEX: jobs.index_new, jobs.CONSENT: jobs.follow_consent},
    schedule=[Every(job=jobs.INDEX, seconds=jobs.INDEX_EVERY_SECONDS)],
)
