"""The MediaAttachment entity."""

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.media.models import Attachment

_KINDS = frozenset({"image", "video", "gifv", "audio"})


def media_attachment_entity(attachment: Attachment) -> Entity:
    """Return a picture, film or sound of a post.

    Source: https://docs.joinmastodon.org/entities/MediaAttachment/
    """
    meta: Entity = {}
    if attachment.width and attachment.height:
        meta["original"] = {
            "width": attachment.width,
            "height": attachment.height,
            "size": f"{attachment.width}x{attachment.height}",
            "aspect": attachment.width / attachment.height,
        }
    if attachment.focal_x is not None and attachment.focal_y is not None:
        meta["focus"] = {"x": attachment.focal_x, "y": attachment.focal_y}
    return {
        "id": str(attachment.id),
        "type": attachment.kind if attachment.kind in _KINDS else "unknown",
        "url": attachment.remote_url,
        "preview_url": attachment.remote_url,
        "remote_url": attachment.remote_url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": meta,
        "description": attachment.description or None,
        "blurhash": attachment.blurhash,
    }
