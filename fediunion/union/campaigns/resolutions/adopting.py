"""Our union's own resolution for a call that another union leads: a Join by its actor, which it may undo."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import activity_document
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.db.known_uris import remember_uri
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.html import escape
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.moderation.audit import record_audit
from fediunion.union.affiliation.queries import our_union
from fediunion.union.affiliation.telling import write_to_officers
from fediunion.union.campaigns.models import CallState, CampaignCall, Resolution
from fediunion.union.campaigns.queries import call_lock, lead_of
from fediunion.union.campaigns.resolutions.queries import find_resolution_by
from fediunion.union.campaigns.resolutions.service import (
    LONGEST_TEXT,
    RESOLUTION,
    asks_for_resolutions,
    forget_resolution,
    link_of,
)
from fediunion.union.campaigns.signing.documents import new_uri, undo_document

_NOT_ASKED: Final = Sentence("This call does not take resolutions.")


def may_adopt(session: Session, call: CampaignCall) -> bool:
    """Return whether our union could support a call now: another's, open, that asks for resolutions."""
    is_open = call.state == CallState.OPEN and call.closes_at > now_of(session)
    return not call.local and is_open and asks_for_resolutions(call)


def adopt_resolution(
    session: Session, call: CampaignCall, *, by: str, text: str = "", url: str = ""
) -> Resolution:
    """Let our union support a call of another union, publicly; return the resolution as it is shown here.

    Raises NotAllowed for a call that takes none, or that our union supports already; Invalid with its field.
    """
    call, union = call_lock(session, call.id), our_union(session)
    if not may_adopt(session, call):
        raise NotAllowed(_NOT_ASKED)
    if find_resolution_by(session, call, union) is not None:
        raise NotAllowed(Sentence("Your union supports this call already."), reason="signed-already")
    words, link = text.strip(), link_of(url)
    if len(words) > LONGEST_TEXT:
        raise Invalid(
            Sentence("This has at most %(most)s characters.", most=LONGEST_TEXT),
            field="text",
            reason="too-long",
        )
    if url.strip() and not link:
        raise Invalid(Sentence("This is no address of a page."), field="url", reason="bad-url")
    uri, lead = new_uri(union, "joins"), lead_of(session, call)
    row = Resolution(
        call_id=call.id,
        actor_id=union.id,
        organisation=union.display_name or union.username,
        organisation_key=union.uri,
        text=words,
        url=link,
        adopted_on=now_of(session).date().isoformat(),
        join_uri=uri,
        created_at=now_of(session),
    )
    session.add(row)
    remember_uri(session, uri, RESOLUTION, row.id)
    join = activity_document("Join", uri, union.uri, call.uri or "", to=[lead.uri])
    join |= {name: said for name, said in (("content", escape(words)), ("url", link)) if said}
    publish(session, union, join, Recipients(actor_ids=(lead.id,)))
    record_audit(session, by=by, action="call.resolution.adopt", subject=call.uri or call.slug)
    return row


def revoke_resolution(session: Session, call: CampaignCall, *, by: str) -> None:
    """Take our union's support back. Raises NotAllowed where there is none."""
    call, union = call_lock(session, call.id), our_union(session)
    row = find_resolution_by(session, call, union)
    if call.local or row is None:
        raise NotAllowed(Sentence("Your union does not support this call."))
    lead = lead_of(session, call)
    undo = undo_document(union, row.join_uri or "", call, lead)
    publish(session, union, undo, Recipients(actor_ids=(lead.id,)))
    forget_resolution(session, row)
    record_audit(session, by=by, action="call.resolution.revoke", subject=call.uri or call.slug)


def note_refusal(session: Session, row: Resolution, sender: Actor) -> None:
    """Forget our union's resolution that the leading union does not take, and tell the officers.

    Raises NotAllowed for an answer by anybody else, or about what is not ours.
    """
    call = check_answered_by(session, row, sender)
    forget_resolution(session, row)
    write_to_officers(
        session,
        Sentence("Resolution for “%(title)s”", title=call.title),
        Sentence("The union that leads the call has not taken your union’s resolution."),
        f"/campaigns/{call.slug}",
    )


def check_answered_by(session: Session, row: Resolution, sender: Actor) -> CampaignCall:
    """Return the call that our union's resolution is about. Raises NotAllowed as `note_refusal` says."""
    call = call_lock(session, row.call_id)
    if call.local or call.actor_id != sender.id or row.actor_id != our_union(session).id:
        raise NotAllowed("answers a resolution that we never sent there", reason="never-asked")
    return call
