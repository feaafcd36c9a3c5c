"""What a push says of a notification, on a screen that others may see.

What it says, and what not: docs/decisions/0013-what-a-push-contains.md.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.config import Settings
from fediunion.kit.html import html_to_text, plain_name
from fediunion.members.models import Member
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.posts.models import Post
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.social.push.encryption import MAX_MESSAGE_BYTES

SHOWS_TEXT: Final = "push_shows_text"
"""The member's setting: whether a push carries the words of posts that not everybody may read."""

NEUTRAL: Final = "You have a new notification"
MORE: Final = "There is more: open the app"
_MOST_NAME: Final = 60
_MOST_TEXT: Final = 140
_TITLES: Final[Mapping[str, str]] = {
    NotificationKind.MENTION: "{name} mentioned you",
    NotificationKind.POST: "{name} posted",
    NotificationKind.BOOST: "{name} boosted your post",
    NotificationKind.FOLLOW: "{name} follows you",
    NotificationKind.FOLLOW_REQUEST: "{name} asks to follow you",
    NotificationKind.FAVOURITE: "{name} likes your post",
    NotificationKind.POLL: "A poll has ended",
    NotificationKind.EDIT: "{name} edited a post",
    NotificationKind.QUOTE: "{name} quoted your post",
    NotificationKind.QUOTED_UPDATE: "{name} edited a post that you quoted",
    NotificationKind.SEVERED: "Some of your follows have ended",
    NotificationKind.SIGN_UP: "Somebody asks for an account",
    NotificationKind.MODERATION: "There is a new report",
}


def push_body(
    row: Notification,
    by: Actor,
    post: Post | None,
    member: Member,
    settings: Settings,
    *,
    bearer: str,
    says_more: bool = False,
) -> bytes:
    """Return the message that an app decrypts, as JSON; with `says_more` one that stands for many.

    `notification_id` is a number and no text: the Mastodon app for iOS reads nothing else. It finds the
    account by `access_token`, as others do.
    Source: https://docs.joinmastodon.org/methods/push/ shows it by example only; mastodon/mastodon#7521.
    """
    said = _more(settings) if says_more else _said(row, by, post, member, settings)
    body: dict[str, Any] = {
        "access_token": bearer,
        "preferred_locale": member.locale,
        "notification_id": row.id,
        "notification_type": row.kind,
        **said,
    }
    written = orjson.dumps(body)
    return written if len(written) <= MAX_MESSAGE_BYTES else orjson.dumps(body | {"icon": "", "body": ""})


def _said(
    row: Notification, by: Actor, post: Post | None, member: Member, settings: Settings
) -> dict[str, str]:
    """Return what a person reads (row V11); under a neutral name nothing of who, what and where."""
    if settings.instance.innocuous_name:
        return {"icon": "", "title": settings.instance.innocuous_name, "body": NEUTRAL}
    name, title = plain_name(by.display_name, _MOST_NAME) or by.username, _TITLES[row.kind]
    return {
        "icon": MediaAddresses.of(settings).avatar(by) if "{name}" in title else "",
        "title": title.format(name=name),
        "body": "" if post is None else _text(post, member),
    }


def _more(settings: Settings) -> dict[str, str]:
    return {"icon": "", "title": settings.instance.innocuous_name or settings.instance.title, "body": MORE}


def _text(post: Post, member: Member) -> str:
    """Return the beginning of a post, or its warning; of a private one nothing unless the member wants it."""
    if not Audience(post.audience).is_public and not member.settings.get(SHOWS_TEXT):
        return ""
    return plain_name(post.content_warning or html_to_text(without_quote_link(post.content)), _MOST_TEXT)
