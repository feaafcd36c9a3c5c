"""Which emoji there are is decided by administrators, and stands in the log."""

from sqlalchemy.orm import Session

from fediunion.social.emoji.models import CustomEmoji
from fediunion.social.emoji.service import add_emoji, remove_emoji
from fediunion.social.moderation.audit import record_audit


def give_emoji(
    session: Session,
    shortcode: str,
    *,
    file_id: int,
    still_id: int | None,
    by: str,
    category: str = "",
    visible_in_picker: bool = True,
) -> CustomEmoji:
    """Return a new emoji for all members. Raises Invalid for a name that is bad or in use."""
    emoji = add_emoji(
        session,
        shortcode,
        file_id=file_id,
        still_id=still_id,
        category=category,
        visible_in_picker=visible_in_picker,
    )
    record_audit(session, by=by, action="emoji.add", subject=emoji.shortcode)
    return emoji


def take_emoji(session: Session, shortcode: str, *, by: str) -> None:
    """Remove an emoji. Raises NotFound."""
    remove_emoji(session, shortcode)
    record_audit(session, by=by, action="emoji.remove", subject=shortcode.strip().strip(":"))
