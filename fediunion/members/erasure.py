"""What goes with an account of what only it used: second factors, links in mails, invitations."""

from sqlalchemy.orm import Session

from fediunion.members.events import MemberErased
from fediunion.members.factors.standing import forget_factors
from fediunion.members.invites.service import end_invites
from fediunion.members.links.service import forget_links
from fediunion.members.models import Member


def forget_credentials(session: Session, event: MemberErased) -> None:
    """Reaction: remove what proved who the member was, and whom it invited."""
    forget_factors(session, session.get_one(Member, event.member_id))
    forget_links(session, event.member_id)
    end_invites(session, event.member_id)
