"""Previews of links, plugged in."""

from fediunion.feature import Feature
from fediunion.social.cards import endpoints, jobs
from fediunion.social.cards.service import FETCH
from fediunion.social.posts.events import PostEdited, PostStored

FEATURE = Feature(
    name="cards",
    reactions={PostStored: [jobs.want_card_of_new], PostEdited: [jobs.want_card_of_edited]},
    jobs={FETCH: jobs.fetch_card},
    routes=endpoints.ROUTES,
)
