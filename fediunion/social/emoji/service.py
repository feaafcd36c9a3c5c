"""The rules of emoji: which names they may have, and which of them a text shows."""

import re
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import announce, now_of, settings_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.social.emoji.models import CustomEmoji
from fediunion.social.media.addresses import file_address
from fediunion.social.media.files import drop_picture, keep_picture
from fediunion.world import CHANGED

MAX_EMOJI_BYTES: Final = 262_144
MAX_CATEGORY: Final = 60
MOST_IN_TEXT: Final = 50
CACHE: Final = "emoji"
_SHORTCODE: Final = re.compile(r"[A-Za-z0-9_]{2,30}")
_IN_TEXT: Final = re.compile(r"(?<![A-Za-z0-9_:]):([A-Za-z0-9_]{2,30}):(?![A-Za-z0-9_:])")


def check_shortcode(session: Session, text: str) -> str:
    """Return a name for a new emoji, without colons. Raises Invalid for a bad one, and one in use."""
    shortcode = text.strip().strip(":")
    if _SHORTCODE.fullmatch(shortcode) is None:
        raise Invalid(Sentence("A shortcode has 2 to 30 letters a to z, digits or _."), field="shortcode")
    if find_emoji(session, shortcode) is not None:
        raise Invalid(Sentence("There is an emoji of this name."), field="shortcode", reason="taken")
    return shortcode


def add_emoji(
    session: Session,
    shortcode: str,
    *,
    file_id: int,
    still_id: int | None = None,
    category: str = "",
    visible_in_picker: bool = True,
) -> CustomEmoji:
    """Return a new emoji of stored files (media.uploads.store_emoji). Raises Invalid."""
    if len(category) > MAX_CATEGORY:
        raise Invalid(
            Sentence("A category has %(most)s characters at most.", most=MAX_CATEGORY), field="category"
        )
    name = check_shortcode(session, shortcode)
    emoji = CustomEmoji(
        shortcode=name,
        shortcode_key=name.lower(),
        file_name=keep_picture(session, file_id, None),
        still_name=None if still_id is None else keep_picture(session, still_id, None),
        category=category.strip(),
        visible_in_picker=visible_in_picker,
        created_at=now_of(session),
    )
    session.add(emoji)
    announce(session, CHANGED, CACHE)
    return emoji


def remove_emoji(session: Session, shortcode: str) -> None:
    """Remove an emoji; where it was written its name stays. Raises NotFound."""
    emoji = find_emoji(session, shortcode)
    if emoji is None:
        raise NotFound("There is no such emoji.")
    base = settings_of(session).base_url
    for name in (emoji.file_name, emoji.still_name):
        if name is not None:
            drop_picture(session, file_address(base, name))
    session.delete(emoji)
    announce(session, CHANGED, CACHE)


def find_emoji(session: Session, shortcode: str) -> CustomEmoji | None:
    """Return the emoji of that name in any case, with or without colons; or None."""
    key = shortcode.strip().strip(":").lower()
    return session.scalar(select(CustomEmoji).where(CustomEmoji.shortcode_key == key))


def list_emojis(session: Session) -> list[CustomEmoji]:
    """Return all emoji of this instance, by category and name."""
    return list(
        session.scalars(select(CustomEmoji).order_by(CustomEmoji.category, CustomEmoji.shortcode_key))
    )


def emojis_in(session: Session, *texts: str) -> list[dict[str, Any]]:
    """Return the emoji of ours that stand in the texts, as posts and actors keep them.

    [{"shortcode", "url"}], with "still" where it moves. A text without `:name:` asks the database nothing.
    """
    named = list(dict.fromkeys(name for text in texts for name in _IN_TEXT.findall(text)))[:MOST_IN_TEXT]
    if not named:
        return []
    base = settings_of(session).base_url
    found = session.scalars(select(CustomEmoji).where(CustomEmoji.shortcode.in_(named)))
    by_name = {emoji.shortcode: emoji for emoji in found}
    return [shown_emoji(by_name[name], base) for name in named if name in by_name]


def shown_emoji(emoji: CustomEmoji, base_url: str) -> dict[str, Any]:
    """Return an emoji as posts and actors keep it."""
    kept = {"shortcode": emoji.shortcode, "url": file_address(base_url, emoji.file_name)}
    if emoji.still_name is not None:
        kept["still"] = file_address(base_url, emoji.still_name)
    return kept
