"""The ScheduledStatus entity, and the same of drafts."""

from dataclasses import replace

from fediunion.activitypub.audience import Audience
from fediunion.api.mastodon.entities.frame import Entity, Frame, instant
from fediunion.api.mastodon.entities.media_attachment import media_attachment_entity
from fediunion.api.mastodon.entities.visibility import visibility_of
from fediunion.kit.sentences import said_again
from fediunion.social.unpublished.queries import Shown
from fediunion.social.unpublished.wishes import PostWish, wish_in


def scheduled_status_entity(shown: Shown, frame: Frame, language: str) -> Entity:
    """Return a ScheduledStatus. Source: https://docs.joinmastodon.org/entities/ScheduledStatus/

    Tusky shows no list at all where one has no visibility: where nobody was wished for it is for the
    instance, as it is published then. `language` is the usual one of its author.
    """
    row, attachments = shown
    wish = wish_in(row.wish)
    wish = replace(wish, audience=wish.audience or Audience.LOCAL, language=wish.language or language)
    more = {
        "scheduled_at": None,
        "application_id": None if row.application_id is None else str(row.application_id),
        "idempotency": row.idempotency,
        "with_rate_limit": False,
    }
    return {
        "id": str(row.id),
        "scheduled_at": None if row.publish_at is None else instant(row.publish_at),
        "params": _params(wish) | more,
        "media_attachments": [media_attachment_entity(each, frame) for each in attachments],
    }


def draft_entity(shown: Shown, frame: Frame) -> Entity:
    """Return a draft; `problem` says why it could not be published at its moment, if it had one."""
    row, attachments = shown
    return {
        "id": str(row.id),
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
        "problem": said_again(row.problem) if row.problem else None,
        "params": _params(wish_in(row.wish)),
        "media_attachments": [media_attachment_entity(each, frame) for each in attachments],
    }


def _params(wish: PostWish) -> Entity:
    poll = wish.poll
    audience = wish.audience
    return {
        "text": wish.text,
        "content_type": wish.content_type,
        "poll": None
        if poll is None
        else {
            "options": list(poll.options),
            "expires_in": str(poll.seconds),
            "multiple": poll.multiple,
            "hide_totals": poll.hides_totals,
        },
        "media_ids": [str(each) for each in wish.attachment_ids] or None,
        "sensitive": wish.sensitive,
        "spoiler_text": wish.content_warning,
        "visibility": None if audience is None else visibility_of(audience),
        "in_reply_to_id": _id(wish.in_reply_to_id),
        "quoted_status_id": _id(wish.quote_of_id),
        "quote_approval_policy": wish.quote_policy,
        "allowed_mentions": None
        if wish.allowed_mentions is None
        else [str(each) for each in wish.allowed_mentions],
        "language": wish.language,
        "local_only": audience is not None and not audience.leaves_the_instance,
        "fediunion": {"audience": None if audience is None else str(audience)},
    }


def _id(row_id: int | None) -> str | None:
    return None if row_id is None else str(row_id)
