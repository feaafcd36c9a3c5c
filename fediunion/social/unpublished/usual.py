"""For whom a member writes, unless something else is said."""

from fediunion.activitypub.audience import Audience, narrower
from fediunion.actors.models import Actor
from fediunion.social.posts.service.publishing import ceiling_of
from fediunion.social.profiles.posting_defaults import PostingDefaults


def usual_audience(actor: Actor, defaults: PostingDefaults) -> Audience:
    """Return the audience of a post for which none was wished."""
    widest = ceiling_of(actor)
    return narrower(Audience(defaults.audience), widest) if defaults.audience else widest
