"""The Account entity, for everybody and for the member itself."""

from fediunion.actors.models import Actor, ActorKind
from fediunion.api.mastodon.entities.frame import Entity, Frame, day, emoji_entities
from fediunion.api.mastodon.entities.role import role_entity
from fediunion.api.mastodon.entities.visibility import visibility_of
from fediunion.kit.html import html_to_text
from fediunion.social.profiles.posting_defaults import PostingDefaults
from fediunion.social.unpublished.usual import usual_audience

AUTOMATED = frozenset({"Service", "Application"})
_SUSPENDED = {
    "suspended": True,
    **dict.fromkeys(("display_name", "note", "avatar_description", "header_description"), ""),
    **dict.fromkeys(("fields", "emojis"), ()),
}
"""Of whoever is suspended nothing is shown that they said of themselves."""


def acct_of(actor: Actor) -> str:
    """Return the name alone for ours, `name@host` for others; the host carries a port in development."""
    return actor.username if actor.local else f"{actor.username}@{actor.handle_host}"


def account_entity(actor: Actor, frame: Frame, *, moved: Entity | None = None) -> Entity:
    """Return an Account. Pictures are always addresses, dates know the day only.

    Strangers are told of the posts that they may read, members of all but direct ones.
    `limited` is there only for who is silenced, `suspended` for who is suspended, without their own words.

    Source: https://docs.joinmastodon.org/entities/Account/
    """
    avatar, header = frame.media.avatar(actor), frame.media.header(actor)
    counted = frame.counts_follows or not actor.local or actor.kind != ActorKind.MEMBER
    last_at = actor.last_posted_at if frame.to_member else actor.last_open_post_at
    entity: Entity = {
        "id": str(actor.id),
        "username": actor.username,
        "acct": acct_of(actor),
        "display_name": actor.display_name,
        "locked": actor.locked,
        "bot": actor.wire_type in AUTOMATED,
        "group": actor.wire_type == "Group",
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "noindex": not actor.indexable,
        "created_at": day(actor.created_at),
        "note": actor.summary,
        "url": actor.url or actor.uri,
        "uri": actor.uri,
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": actor.icon_description,
        "header": header,
        "header_static": header,
        "header_description": actor.header_description,
        "followers_count": actor.followers_count if counted else 0,
        "following_count": actor.following_count if counted else 0,
        "statuses_count": actor.posts_count if frame.to_member else actor.open_posts_count,
        "last_status_at": None if last_at is None else f"{last_at:%Y-%m-%d}",
        "hide_collections": actor.hides_collections,
        "memorial": actor.memorial,
        "emojis": emoji_entities(actor.emojis, frame),
        "roles": [],
        "fields": [
            {"name": field["name"], "value": field["value"], "verified_at": field.get("verified_at")}
            for field in actor.fields
        ],
    }
    if actor.suspended_at is not None:
        entity |= _SUSPENDED
    elif actor.silenced_at is not None:
        entity["limited"] = True
    if moved is not None:
        entity["moved"] = moved
    return entity


def partial_account_entity(actor: Actor, frame: Frame) -> Entity:
    """Return a PartialAccountWithAvatar, enough for a row of pictures.

    Source: https://docs.joinmastodon.org/methods/grouped_notifications/#PartialAccountWithAvatar
    """
    avatar = frame.media.avatar(actor)
    return {
        "id": str(actor.id),
        "acct": acct_of(actor),
        "url": actor.url or actor.uri,
        "avatar": avatar,
        "avatar_static": avatar,
        "locked": actor.locked,
        "bot": actor.wire_type in AUTOMATED,
    }


def credential_account_entity(
    actor: Actor, role: str, requests: int, defaults: PostingDefaults, frame: Frame
) -> Entity:
    """Return the Account of the member who asks, with what it is made of.

    `source.privacy` is never wider than the member's reach allows: a client offers it first.
    Source: https://docs.joinmastodon.org/entities/Account/#CredentialAccount
    """
    return account_entity(actor, frame) | {
        "source": {
            "privacy": visibility_of(usual_audience(actor, defaults)),
            "sensitive": defaults.sensitive,
            "language": defaults.language,
            "note": actor.summary_source,
            "fields": typed_fields(actor),
            "follow_requests_count": requests,
            "hide_collections": actor.hides_collections,
            "discoverable": actor.discoverable,
            "indexable": actor.indexable,
            "attribution_domains": list(actor.attribution_domains),
            "quote_policy": defaults.quote_policy,
        },
        "role": role_entity(role),
        "fediunion": {"reach": actor.reach},
    }


def typed_fields(actor: Actor) -> list[Entity]:
    """Return the fields of a member's profile as they were typed, for whoever edits them."""
    return [
        {
            "name": field["name"],
            "value": html_to_text(field["value"]),
            "verified_at": field.get("verified_at"),
        }
        for field in actor.fields
    ]
