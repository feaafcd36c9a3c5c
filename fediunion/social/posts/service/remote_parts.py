"""What a remote post consists of: words, hashtags, pictures, polls, counts; cleaned and bounded."""

from typing import Any

from sqlalchemy.orm import Session

from fediunion.activitypub.shown import shown_html, shown_warning
from fediunion.activitypub.vocab import (
    Event,
    InteractionPolicy,
    Note,
    PostDocument,
    Question,
    UnknownObject,
)
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.clock import format_instant
from fediunion.kit.html import clean_html, html_to_text, plain_name
from fediunion.kit.text import normalise_hashtag, valid_hashtag
from fediunion.kit.urls import same_origin
from fediunion.social.media.models import Attachment
from fediunion.social.posts.kinds import CHECK_QUOTE
from fediunion.social.posts.models import Poll, Post
from fediunion.social.posts.service.remote_rows import insert_tags

MAX_TITLE = 500
MAX_TAGS = 50
MAX_ATTACHMENTS = 16
MAX_EMOJIS = 100
MAX_OPTIONS = 500
MAX_OPTION_CHARACTERS = 250
MAX_DESCRIPTION = 10_000


def words_of(document: PostDocument) -> dict[str, Any]:
    """Return the columns of Post that hold what the document says, cleaned for showing."""
    note_like = isinstance(document, Note | Question)
    return {
        "url": _url_of(document),
        "wire_type": "Unknown" if isinstance(document, UnknownObject) else document.type,
        "title": "" if note_like else plain_name(html_to_text(document.name or ""), MAX_TITLE),
        "content": shown_html(document),
        "content_map": {tag: clean_html(text) for tag, text in document.content_map.items()}
        if note_like and len(document.content_map) > 1
        else {},
        "content_warning": shown_warning(document),
        "sensitive": document.sensitive or (note_like and bool(document.summary)),
        "language": document.language,
        "interaction_policy": _policy(document.interaction_policy),
        "emojis": [
            {"shortcode": emoji.shortcode, "url": emoji.icon_url} for emoji in document.emojis[:MAX_EMOJIS]
        ],
        "card": _card(document),
        "event": _event(document) if isinstance(document, Event) else {},
    }


def quote_of(document: PostDocument) -> dict[str, Any]:
    """Return the columns of Post that say what the document quotes; none where it quotes nothing."""
    if not document.quote_uri:
        return {}
    return {
        "quote_uri": document.quote_uri,
        "quote_authorization_uri": document.quote_authorization,
        "quote_state": "pending",
    }


def _url_of(document: PostDocument) -> str:
    """Return the page of the post; one on another host than the post itself is not believed."""
    if document.url and document.url.startswith(("https://", "http://")):
        alike = document.url.split("/", 3)[:3] == document.id.split("/", 3)[:3]
        return document.url if alike or same_origin(document.url, document.id) else document.id
    return document.id


def _policy(policy: InteractionPolicy | None) -> dict[str, Any]:
    if policy is None:
        return {}
    rules = {
        "canLike": policy.can_like,
        "canReply": policy.can_reply,
        "canAnnounce": policy.can_announce,
        "canQuote": policy.can_quote,
    }
    return {
        name: {"automaticApproval": list(rule.automatic), "manualApproval": list(rule.manual)}
        for name, rule in rules.items()
        if rule is not None
    }


def _card(document: PostDocument) -> dict[str, Any]:
    for attachment in document.attachments:
        if attachment.kind == "link":
            return {"url": attachment.url, "title": plain_name(attachment.description or "", MAX_TITLE)}
    return {}


def _event(document: Event) -> dict[str, Any]:
    return {
        "starts": format_instant(document.start_time) if document.start_time else None,
        "ends": format_instant(document.end_time) if document.end_time else None,
        "place": plain_name(document.location or "", MAX_TITLE),
        "timezone": document.timezone,
        "status": document.status,
    }


def add_parts(session: Session, post: Post, document: PostDocument) -> None:
    """Add hashtags, attachments and the poll of a document to its post."""
    if document.hashtags:
        insert_tags(session, post.id, _tags(document))
    for position, attachment in enumerate(document.attachments[:MAX_ATTACHMENTS]):
        if attachment.kind == "link" or not attachment.url.startswith(("https://", "http://")):
            continue
        focal = attachment.focal_point
        session.add(
            Attachment(
                post_id=post.id,
                owner_id=post.author_id,
                kind=attachment.kind,
                media_type=attachment.media_type or "",
                remote_url=attachment.url,
                description=plain_name(attachment.description or "", MAX_DESCRIPTION),
                blurhash=attachment.blurhash,
                width=attachment.width,
                height=attachment.height,
                focal_x=focal[0] if focal else None,
                focal_y=focal[1] if focal else None,
                position=position,
                created_at=now_of(session),
            )
        )
    if isinstance(document, Question):
        session.add(Poll(post_id=post.id, closed_at=document.closed, **poll_columns(document)))


def _tags(document: PostDocument) -> dict[str, str]:
    tags: dict[str, str] = {}
    for name in document.hashtags:
        key = normalise_hashtag(name)
        if valid_hashtag(key) and len(tags) < MAX_TAGS:
            tags.setdefault(key, name)
    return tags


def poll_columns(document: Question) -> dict[str, Any]:
    """Return the columns of Poll that hold what the document says, but for whether it was noticed to end."""
    return {
        "options": [
            {"name": plain_name(option.name, MAX_OPTION_CHARACTERS), "votes": option.votes or 0}
            for option in document.options[:MAX_OPTIONS]
        ],
        "multiple": document.multiple,
        "ends_at": document.closed or document.end_time,
        "voters_count": document.voters_count or sum(option.votes or 0 for option in document.options),
    }


def is_edit(document: PostDocument) -> bool:
    """Return whether the document says that its words changed after it was published."""
    if document.updated is None:
        return False
    return document.published is None or document.updated > document.published


def check_quote(session: Session, post: Post) -> None:
    """Have the quoted author's consent looked for: only then is the quote shown as one."""
    enqueue(session, CHECK_QUOTE, key=f"quote:{post.id}", post_id=post.id)
