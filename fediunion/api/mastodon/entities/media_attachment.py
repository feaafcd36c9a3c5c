"""The MediaAttachment entity."""

from fediunion.api.mastodon.entities.frame import Entity, Frame
from fediunion.social.media.models import READY, Attachment

_KINDS = frozenset({"image", "video", "gifv", "audio"})


def media_attachment_entity(attachment: Attachment, frame: Frame) -> Entity:
    """Return a picture, film or sound. Its addresses are ours, also of what comes from elsewhere.

    `url` is null while it is being made. Source: https://docs.joinmastodon.org/entities/MediaAttachment/
    """
    ready = attachment.state == READY
    url = frame.media.original(attachment) if ready else None
    return {
        "id": str(attachment.id),
        "type": attachment.kind if attachment.kind in _KINDS else "unknown",
        "url": url,
        "preview_url": frame.media.preview(attachment) if ready else None,
        "remote_url": attachment.remote_url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _meta(attachment),
        "description": attachment.description or None,
        "blurhash": attachment.blurhash,
    }


def _meta(attachment: Attachment) -> Entity:
    meta: Entity = {}
    original: Entity = _size(attachment.width, attachment.height)
    if attachment.seconds is not None:
        original["duration"] = meta["duration"] = attachment.seconds
    if original:
        meta["original"] = original
    small = _size(attachment.thumbnail_width, attachment.thumbnail_height)
    if small:
        meta["small"] = small
    if attachment.focal_x is not None and attachment.focal_y is not None:
        meta["focus"] = {"x": attachment.focal_x, "y": attachment.focal_y}
    return meta


def _size(width: int | None, height: int | None) -> Entity:
    if not width or not height:
        return {}
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}
