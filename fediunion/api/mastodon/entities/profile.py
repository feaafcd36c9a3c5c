"""The Profile entity: what a member's profile is made of, as it was typed."""

from collections.abc import Sequence
from dataclasses import asdict

from fediunion.actors.models import Actor
from fediunion.api.mastodon.entities.account import AUTOMATED, typed_fields
from fediunion.api.mastodon.entities.frame import Entity, Frame
from fediunion.social.profiles.tabs import ProfileTabs


def profile_entity(actor: Actor, tabs: ProfileTabs, featured_tags: Sequence[Entity], frame: Frame) -> Entity:
    """Return a Profile. Unlike in an Account, a picture that is not set is null.

    Source: https://docs.joinmastodon.org/entities/Profile/
    """
    avatar = None if actor.icon_url is None else frame.media.avatar(actor)
    header = None if actor.header_url is None else frame.media.header(actor)
    return {
        "id": str(actor.id),
        "display_name": actor.display_name,
        "note": actor.summary_source,
        "fields": typed_fields(actor),
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": actor.icon_description,
        "header": header,
        "header_static": header,
        "header_description": actor.header_description,
        "locked": actor.locked,
        "bot": actor.wire_type in AUTOMATED,
        "hide_collections": actor.hides_collections,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        **asdict(tabs),
        "attribution_domains": list(actor.attribution_domains),
        "featured_tags": list(featured_tags),
    }
