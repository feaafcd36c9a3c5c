"""What moderators do about calls of elsewhere: they hide them here, or show them again."""

from sqlalchemy.orm import Session

from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.service.rows import touch


def hide_call(
    session: Session, call: CampaignCall, *, by: str, reason: str = "", hidden: bool = True
) -> None:
    """Show a call of another union to moderators alone, and let nobody here sign it; or show it again.

    Raises NotAllowed for one of ours, which is withdrawn instead.
    """
    call = call_lock(session, call.id)
    if call.local:
        raise NotAllowed(Sentence("A call of your own is not hidden: withdraw it."))
    if call.hidden == hidden:
        return
    call.hidden = hidden
    touch(session, call)
    record_audit(
        session, by=by, action="call.hide" if hidden else "call.unhide", subject=call.slug, reason=reason
    )
