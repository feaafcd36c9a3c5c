"""The StatusEdit and StatusSource entities."""

from collections.abc import Mapping, Sequence
from typing import Any

from fediunion.api.mastodon.entities.frame import Entity, Frame, emoji_entities, told_instant
from fediunion.api.mastodon.entities.media_attachment import media_attachment_entity
from fediunion.social.posts.models import Post, PostEdit
from fediunion.social.posts.queries import PostView


def status_edit_entities(
    view: PostView, versions: Sequence[PostEdit], account: Entity, frame: Frame
) -> list[Entity]:
    """Return all versions of a post, the first one first, the present one last; what it quotes is left out.

    Source: https://docs.joinmastodon.org/entities/StatusEdit/
    """
    post = view.post
    present = {str(each.id): media_attachment_entity(each, frame) for each in view.attachments}
    earlier = [
        _version(
            content=row.content,
            spoiler_text=row.content_warning,
            sensitive=row.sensitive,
            created_at=told_instant(row.written_at, view.author, frame),
            media=[
                media
                for kept in row.attachments
                if (media := _attachment_then(kept, present, frame)) is not None
            ],
            options=row.poll_options,
        )
        for row in versions
    ]
    now = _version(
        content=post.content,
        spoiler_text=post.content_warning,
        sensitive=post.sensitive,
        created_at=told_instant(post.edited_at or post.published_at, view.author, frame),
        media=list(present.values()),
        options=[option["name"] for option in view.poll.options] if view.poll else [],
    )
    shared = {"account": account, "emojis": emoji_entities(post.emojis, frame)}
    return [version | shared for version in (*earlier, now)]


def _version(
    *,
    content: str,
    spoiler_text: str,
    sensitive: bool,
    created_at: str,
    media: list[Entity],
    options: Sequence[Any],
) -> Entity:
    return {
        "content": content,
        "spoiler_text": spoiler_text,
        "sensitive": sensitive,
        "created_at": created_at,
        "media_attachments": media,
        "poll": {"options": [{"title": option} for option in options]} if options else None,
    }


def _attachment_then(kept: Entity, present: Mapping[str, Entity], frame: Frame) -> Entity | None:
    """Return an attachment as the history keeps it: with its description then.

    A file of ours that the post has no longer is gone: None, as apps cannot read one without an address. Of a
    remote one the address is known.
    """
    still = present.get(str(kept.get("id", "")))
    if still is not None:
        return still | {"description": kept.get("description") or None}
    remote = kept.get("url")
    url = frame.media.earlier(remote) if remote else None
    if url is None:
        return None
    return {
        "id": str(kept.get("id", "")),
        "type": "unknown",
        "url": url,
        "preview_url": url,
        "remote_url": remote,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {},
        "description": kept.get("description") or None,
        "blurhash": None,
    }


def status_source_entity(post: Post) -> Entity:
    """Return what the author typed; `content_type` is ours: the media type in which it was.

    Source: https://docs.joinmastodon.org/entities/StatusSource/
    """
    return {
        "id": str(post.id),
        "text": post.source,
        "spoiler_text": post.content_warning,
        "content_type": post.source_type,
    }
