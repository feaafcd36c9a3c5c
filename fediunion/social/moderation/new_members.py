"""Who is told that somebody asks for an account."""

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.members.events import MemberSignedUp
from fediunion.social.moderation.queries import moderator_ids
from fediunion.social.notifications.models import NotificationKind
from fediunion.social.notifications.service import notify_all


def tell_of_sign_up(session: Session, event: MemberSignedUp) -> None:
    """Reaction: tell those who moderate of a new account, or of one that waits for them."""
    notify_all(session, NotificationKind.SIGN_UP, moderator_ids(session), get_actor(session, event.actor_id))
