"""A post of ours as Note or Question, and the Tombstone where one was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fediunion.activitypub.audience import Audience, addressing_for
from fediunion.activitypub.vocab import emoji_document
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject
from fediunion.social.media.addresses import file_address
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post
from fediunion.social.posts.policies import policy_document
from fediunion.social.posts.queries import PostView


def note_document(
    view: PostView,
    *,
    content: str,
    parent_uri: str | None,
    quote_uri: str | None,
    network_uri: str,
    replies_count: int,
) -> JsonObject:
    """Return our post as Note or Question, without `@context`.

    `content` is the HTML as the outside may read it; `replies_count` the replies that anybody may read.
    A member's posts tell the minute of their time, not the second. Members whom nobody outside may
    know of are not named. Source: https://www.w3.org/TR/activitystreams-vocabulary/
    """
    post, author = view.post, view.author
    known = [actor for actor in view.addressed if is_known_outside(actor)]
    to, cc = _addressing(post, author, known, network_uri)
    document: JsonObject = {
        "id": post.uri,
        "type": post.wire_type,
        "attributedTo": author.uri,
        "to": to,
        "cc": cc,
        "published": format_instant(told_moment(post.published_at, author)),
        "url": post.url,
        "content": content,
        "sensitive": post.sensitive,
        "tag": _tags(view),
        "attachment": [
            *post.extension.get("attachment", ()),
            *(_attachment(attachment, view.author) for attachment in view.attachments),
        ],
        "context": post.context_uri,
        "replies": _counted(f"{post.uri}/replies", replies_count),
        "likes": _counted(f"{post.uri}/likes", post.favourites_count),
        "shares": _counted(f"{post.uri}/shares", post.boosts_count),
    }
    if Audience(post.audience).is_public:
        document["interactionPolicy"] = policy_document(post, author)
    if post.content_warning:
        document["summary"] = post.content_warning
    if post.language:
        document["contentMap"] = {post.language: content}
    if post.title:
        document["name"] = post.title
    if parent_uri is not None:
        document["inReplyTo"] = parent_uri
        if post.approval_uri is not None:
            document |= {"replyAuthorization": post.approval_uri, "approvedBy": post.approval_uri}
    if post.edited_at is not None:
        document["updated"] = format_instant(post.edited_at)
    if post.source:
        document["source"] = {"content": post.source, "mediaType": post.source_type}
    if quote_uri is not None:
        document |= dict.fromkeys(("quote", "quoteUri", "quoteUrl", "_misskey_quote"), quote_uri)
        if post.quote_authorization_uri:
            document["quoteAuthorization"] = post.quote_authorization_uri
    if view.poll is not None:
        document |= _poll(view.poll)
    document |= {name: value for name, value in post.extension.items() if name != "attachment"}
    return document


def tombstone_document(post: Post) -> JsonObject:
    """Return what stands where a public post was."""
    document: JsonObject = {"id": post.uri, "type": "Tombstone", "formerType": post.wire_type}
    if post.deleted_at is not None:
        document["deleted"] = format_instant(post.deleted_at)
    return document


def is_known_outside(actor: Actor) -> bool:
    """Return whether other servers may learn that this actor exists."""
    return not actor.local or actor.reach != Reach.HIDDEN


def told_moment(moment: datetime, author: Actor) -> datetime:
    """Return when something happened to a post, as outsiders are told: of our members without seconds."""
    person = author.local and author.kind == ActorKind.MEMBER
    return moment.replace(second=0, microsecond=0) if person else moment


def _addressing(
    post: Post, author: Actor, addressed: Sequence[Actor], network_uri: str
) -> tuple[list[str], list[str]]:
    return addressing_for(
        Audience(post.audience),
        followers_uri=f"{author.uri}/followers",
        mentioned=[actor.uri for actor in addressed],
        network_uri=network_uri,
    )


def _tags(view: PostView) -> list[JsonObject]:
    base = view.author.uri.partition("/actors/")[0]
    mentions = [
        {
            "type": "Mention",
            "href": actor.uri,
            "name": f"@{actor.username}@{actor.handle_host}",
        }
        for actor in view.mentions
        if is_known_outside(actor)
    ]
    hashtags = [
        {"type": "Hashtag", "name": f"#{tag.display_name}", "href": f"{base}/tags/{tag.name}"}
        for tag in view.tags
    ]
    emojis = [emoji_document(base, emoji["shortcode"], emoji["url"]) for emoji in view.post.emojis]
    return [*mentions, *hashtags, *emojis]


def _attachment(attachment: Attachment, author: Actor) -> JsonObject:
    kinds = {"image": "Image", "video": "Video", "audio": "Audio"}
    document: JsonObject = {
        "type": kinds.get(attachment.kind, "Document"),
        "mediaType": attachment.media_type,
        "url": _address(attachment, author),
        # Mastodon reads `summary` then `name`, GoToSocial one of them: both carry the description.
        "name": attachment.description or None,
        "summary": attachment.description or None,
        "blurhash": attachment.blurhash,
        "width": attachment.width,
        "height": attachment.height,
    }
    if attachment.focal_x is not None and attachment.focal_y is not None:
        document["focalPoint"] = [attachment.focal_x, attachment.focal_y]
    return {key: value for key, value in document.items() if value is not None}


def _address(attachment: Attachment, author: Actor) -> str | None:
    if attachment.file_name is None:
        return attachment.remote_url
    return file_address(author.uri.partition("/actors/")[0], attachment.file_name)


def _counted(uri: str, count: int) -> JsonObject:
    return {"id": uri, "type": "Collection", "first": f"{uri}?page=true", "totalItems": count}


def _poll(poll: Poll) -> JsonObject:
    options: list[dict[str, Any]] = [
        {
            "type": "Note",
            "name": option["name"],
            "replies": {"type": "Collection", "totalItems": option["votes"]},
        }
        for option in poll.options
    ]
    document: JsonObject = {
        "anyOf" if poll.multiple else "oneOf": options,
        "votersCount": poll.voters_count,
    }
    if poll.ends_at is not None:
        document["endTime"] = format_instant(poll.ends_at)
    if poll.closed_at is not None:
        document["closed"] = format_instant(poll.closed_at)
    return document
