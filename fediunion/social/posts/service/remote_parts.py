"""What a remote post consists of: words, hashtags, pictures, polls, counts; cleaned and bounded."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import (
    Event,
    InteractionPolicy,
    Note,
    PostDocument,
    Question,
    UnknownObject,
)
from fediunion.db import announce, emit, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.clock import format_instant
from fediunion.kit.html import clean_html, escape, html_to_text, plain_name
from fediunion.kit.text import normalise_hashtag, valid_hashtag
from fediunion.kit.urls import same_origin
from fediunion.social.media.models import Attachment
from fediunion.social.posts.events import PostEdited
from fediunion.social.posts.models import Poll, Post, PostTag
from fediunion.social.posts.service.edits import keep_version

MAX_TITLE = 500
MAX_WARNING = 1_000
MAX_TAGS = 50
MAX_ATTACHMENTS = 16
MAX_EMOJIS = 100
MAX_OPTIONS = 500
MAX_OPTION_CHARACTERS = 250
MAX_DESCRIPTION = 10_000


def words_of(document: PostDocument) -> dict[str, Any]:
    """Return the columns of Post that hold what the document says, cleaned for showing."""
    note_like = isinstance(document, Note | Question)
    summary = html_to_text(document.summary or "")
    content = clean_html(document.content or "")
    if not note_like and not content and document.summary:
        content = clean_html(document.summary)
    if isinstance(document, UnknownObject) and not content:
        link = document.url or document.id
        content = f'<p><a href="{escape(link)}" rel="nofollow noopener noreferrer">{escape(link)}</a></p>'
        content = clean_html(content)
    return {
        "url": _url_of(document),
        "wire_type": document.type if note_like or not isinstance(document, UnknownObject) else "Unknown",
        "title": "" if note_like else plain_name(html_to_text(document.name or ""), MAX_TITLE),
        "content": content,
        "content_map": {tag: clean_html(text) for tag, text in document.content_map.items()}
        if len(document.content_map) > 1
        else {},
        "content_warning": plain_name(summary, MAX_WARNING) if note_like else "",
        "sensitive": document.sensitive or (note_like and bool(summary)),
        "language": document.language,
        "interaction_policy": _policy(document.interaction_policy),
        "emojis": [
            {"shortcode": emoji.shortcode, "url": emoji.icon_url}
            for emoji in document.emojis[:MAX_EMOJIS]
            if emoji.icon_url
        ],
        "card": _card(document),
        "event": _event(document) if isinstance(document, Event) else {},
    }


def _url_of(document: PostDocument) -> str:
    """Return the page of the post; one on another host than the post itself is not believed (trap 6)."""
    if document.url and document.url.startswith(("https://", "http://")):
        return document.url if same_origin(document.url, document.id) else document.id
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
    session.add_all(
        PostTag(post_id=post.id, name=name, display_name=shown) for name, shown in _tags(document).items()
    )
    for position, attachment in enumerate(document.attachments[:MAX_ATTACHMENTS]):
        if attachment.kind == "link" or not attachment.url.startswith(("https://", "http://")):
            continue
        focal = attachment.focal_point
        session.add(
            Attachment(
                post_id=post.id,
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
        session.add(_poll(post, document))


def _tags(document: PostDocument) -> dict[str, str]:
    tags: dict[str, str] = {}
    for name in document.hashtags:
        key = normalise_hashtag(name)
        if valid_hashtag(key) and len(tags) < MAX_TAGS:
            tags.setdefault(key, name)
    return tags


def _poll(post: Post, document: Question) -> Poll:
    options = document.options[:MAX_OPTIONS]
    return Poll(
        post_id=post.id,
        options=[
            {"name": plain_name(option.name, MAX_OPTION_CHARACTERS), "votes": max(0, option.votes or 0)}
            for option in options
        ],
        multiple=document.multiple,
        ends_at=document.closed or document.end_time,
        closed_at=document.closed,
        voters_count=max(0, document.voters_count or sum(option.votes or 0 for option in options)),
    )


def is_edit(document: PostDocument) -> bool:
    """Return whether the document says that its words changed after it was published."""
    if document.updated is None:
        return False
    return document.published is None or document.updated > document.published


def refresh_counts(session: Session, post: Post, document: PostDocument) -> None:
    """Take over what the post's own server counts: likes, shares, and the tally of a poll."""
    if document.likes_count is not None:
        post.stated_favourites_count = max(0, document.likes_count)
    if document.shares_count is not None:
        post.stated_boosts_count = max(0, document.shares_count)
    poll = session.get(Poll, post.id)
    if poll is not None and isinstance(document, Question):
        fresh = _poll(post, document)
        if [option["name"] for option in fresh.options] == [option["name"] for option in poll.options]:
            poll.options, poll.voters_count = fresh.options, fresh.voters_count
            poll.ends_at, poll.closed_at = fresh.ends_at, fresh.closed_at
            if poll.closed_at is not None:
                enqueue(session, "posts.end_poll", key=f"end_poll:{post.id}", post_id=post.id)
    announce(session, "changed", "posts")


def rewrite(session: Session, post: Post, document: PostDocument, edited_at: datetime) -> None:
    """Replace the words and parts of a stored post, keeping the earlier version."""
    keep_version(session, post)
    for column, value in words_of(document).items():
        setattr(post, column, value)
    post.edited_at = edited_at
    session.execute(delete(PostTag).where(PostTag.post_id == post.id))
    session.execute(delete(Attachment).where(Attachment.post_id == post.id))
    poll = session.get(Poll, post.id)
    if poll is not None:
        session.delete(poll)
        session.flush()
    add_parts(session, post, document)
    announce(session, "changed", "posts")
    emit(session, PostEdited(post))


def check_quote(session: Session, post: Post, document: PostDocument) -> None:
    """Note what the post quotes. It is shown as a quote only once the quoted author's consent is checked."""
    if not document.quote_uri:
        return
    post.quote_uri = document.quote_uri
    post.quote_authorization_uri = document.quote_authorization
    post.quote_state = "pending"
    enqueue(session, "posts.check_quote", key=f"quote:{post.id}", post_id=post.id)
