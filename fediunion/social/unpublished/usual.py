"""For whom a member writes, unless something else is said."""

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.posts.service.publishing import ceiling_of, narrowed
from fediunion.social.profiles.posting_defaults import PostingDefaults


def usual_audience(actor: Actor, defaults: PostingDefaults) -> Audience:
    """Return the audience of a post for which none was wished."""
    return narrowed(actor, Audience(defaults.audience)) if defaults.audience else ceiling_of(actor)
