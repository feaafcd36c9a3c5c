"""The Instance entities, version 1 and 2."""

from typing import Final

from fediunion import __version__
from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import LocalUsage
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.config import RegistrationMode, Settings
from fediunion.kit.lengths import CHARACTERS_OF_A_URL
from fediunion.social.media.addresses import placeholder
from fediunion.social.media.limits import MAX_PIXELS, supported_media_types
from fediunion.social.media.service import MAX_DESCRIPTION
from fediunion.social.posts.service.interactions import MAX_PINS
from fediunion.social.posts.service.publishing import (
    CONTENT_TYPES,
    MAX_CHARACTERS,
    MAX_OPTION_CHARACTERS,
    MAX_OPTIONS,
)
from fediunion.social.profiles.service import (
    MAX_FEATURED_TAGS,
    MAX_FIELD_CHARACTERS,
    MAX_FIELDS,
    MAX_NAME_CHARACTERS,
    MAX_PICTURE_DESCRIPTION,
    MAX_SUMMARY_CHARACTERS,
)

# Clients read three dotted numbers first, and the API version from `api_versions`.
VERSION: Final = f"4.5.0 (compatible; FediUnion {__version__})"
API_VERSION: Final = 7
MIN_POLL_SECONDS: Final = 300
MAX_POLL_SECONDS: Final = 2_629_746


def instance_entity(settings: Settings, usage: LocalUsage, contact: Entity | None, vapid_key: str) -> Entity:
    """Return Instance, version 2. Source: https://docs.joinmastodon.org/entities/Instance/"""
    picture = placeholder(settings.base_url, "header")
    return {
        "domain": settings.handle_domain,
        "title": settings.instance.title,
        "version": VERSION,
        "source_url": f"{settings.base_url}/about",
        "description": settings.instance.description,
        "usage": {"users": {"active_month": _rounded(settings, usage.active_month)}},
        "thumbnail": {"url": picture, "blurhash": None, "versions": {"@1x": picture, "@2x": picture}},
        "icon": [],
        "languages": list(settings.instance.languages),
        "configuration": _configuration(settings) | {"vapid": {"public_key": vapid_key}},
        "registrations": _registrations(settings),
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": settings.instance.contact, "account": contact},
        "rules": rule_entities(settings),
        "fediunion": {
            "version": __version__,
            "audiences": [str(audience) for audience in Audience],
            "features": _FEATURES,
            "descriptions_required": settings.media.require_descriptions,
        },
    }


_FEATURES: Final = ["drafts", "imports", "local_only", "markdown"]
"""What docs/use/extensions.md describes; what only a staff union does adds its own."""


def v1_instance_entity(settings: Settings, usage: LocalUsage, peers: int, contact: Entity | None) -> Entity:
    """Return Instance, version 1. Source: https://docs.joinmastodon.org/entities/V1_Instance/"""
    configuration = _configuration(settings)
    registrations = _registrations(settings)
    return {
        "uri": settings.handle_domain,
        "title": settings.instance.title,
        "short_description": settings.instance.description,
        "description": settings.instance.description,
        "email": settings.instance.contact,
        "version": VERSION,
        "urls": {"streaming_api": configuration["urls"]["streaming"]},
        "stats": {
            "user_count": _rounded(settings, usage.members),
            "status_count": _rounded(settings, usage.posts),
            "domain_count": _rounded(settings, peers),
        },
        "thumbnail": placeholder(settings.base_url, "header"),
        "languages": list(settings.instance.languages),
        "registrations": registrations["enabled"],
        "approval_required": registrations["approval_required"],
        "invites_enabled": settings.registration.mode is RegistrationMode.INVITE,
        "configuration": configuration,
        "contact_account": contact,
        "rules": rule_entities(settings),
    }


def rule_entities(settings: Settings) -> list[Entity]:
    """Return the Rule entities. Source: https://docs.joinmastodon.org/entities/Rule/"""
    return [
        {"id": str(number), "text": text, "hint": "", "translations": {}}
        for number, text in enumerate(settings.instance.rules, start=1)
    ]


def _configuration(settings: Settings) -> Entity:
    streaming = settings.base_url.replace("http", "ws", 1)
    return {
        "urls": {
            "streaming": streaming,
            "status": "",
            "about": f"{settings.base_url}/about",
            "privacy_policy": f"{settings.base_url}/privacy",
            "terms_of_service": f"{settings.base_url}/rules",
        },
        "accounts": {
            "max_featured_tags": MAX_FEATURED_TAGS,
            "max_pinned_statuses": MAX_PINS,
            "max_display_name_length": MAX_NAME_CHARACTERS,
            "max_note_length": MAX_SUMMARY_CHARACTERS,
            "max_avatar_description_length": MAX_PICTURE_DESCRIPTION,
            "max_header_description_length": MAX_PICTURE_DESCRIPTION,
            "max_profile_fields": MAX_FIELDS,
            "profile_field_name_limit": MAX_FIELD_CHARACTERS,
            "profile_field_value_limit": MAX_FIELD_CHARACTERS,
        },
        "statuses": {
            "max_characters": MAX_CHARACTERS,
            "max_media_attachments": settings.media.attachments_per_post,
            "characters_reserved_per_url": CHARACTERS_OF_A_URL,
            "supported_mime_types": list(CONTENT_TYPES),
        },
        "media_attachments": {
            "supported_mime_types": supported_media_types(),
            "description_limit": MAX_DESCRIPTION,
            "image_size_limit": settings.media.image_max_bytes,
            "image_matrix_limit": MAX_PIXELS,
            "video_size_limit": settings.media.video_max_bytes,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": MAX_PIXELS,
        },
        "polls": {
            "max_options": MAX_OPTIONS,
            "max_characters_per_option": MAX_OPTION_CHARACTERS,
            "min_expiration": MIN_POLL_SECONDS,
            "max_expiration": MAX_POLL_SECONDS,
        },
        "translation": {"enabled": bool(settings.translation.url)},
        "timelines_access": {
            "live_feeds": {"local": "public", "remote": "public"},
            "hashtag_feeds": {"local": "public", "remote": "public"},
            "trending_link_feeds": {"local": "disabled", "remote": "disabled"},
        },
        "limited_federation": settings.federation.mode != "open",
    }


def _registrations(settings: Settings) -> Entity:
    mode = settings.registration.mode
    return {
        "enabled": mode in (RegistrationMode.OPEN, RegistrationMode.APPROVAL),
        "approval_required": mode is RegistrationMode.APPROVAL,
        "reason_required": mode is RegistrationMode.APPROVAL,
        "message": None,
        "min_age": None,
        "url": None,
    }


def _rounded(settings: Settings, number: int) -> int:
    """Return a published count as the privacy settings have it."""
    if not settings.privacy.nodeinfo_counts:
        return 0
    step = settings.privacy.round_counts_to
    return round(number / step) * step
