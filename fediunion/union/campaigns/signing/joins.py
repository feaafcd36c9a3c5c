"""Join: how people of other unions sign a call of ours by name, and our members one of another union."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db.known_uris import find_known_uri, remember_uri
from fediunion.kit.errors import FediUnionError, Invalid, NotAllowed, Refused
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.posts.service.reach import stays_here
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import trust_of
from fediunion.union.campaigns.models import CampaignCall, JoinAnswer, Route, Signature, SigningMode
from fediunion.union.campaigns.queries import call_lock, lead_of
from fediunion.union.campaigns.resolutions.queries import find_resolution_by
from fediunion.union.campaigns.resolutions.service import record_join
from fediunion.union.campaigns.signing import documents
from fediunion.union.campaigns.signing.documents import JoinTerms
from fediunion.union.campaigns.signing.floods import count_from
from fediunion.union.campaigns.signing.rows import JOIN, add_signature, find_signature
from fediunion.union.campaigns.signing.rules import (
    SIGNED_ALREADY,
    check_mode,
    check_open,
    check_signer,
    kept_name,
)
from fediunion.union.campaigns.signing.totals import recount


def take_join(
    session: Session, call: CampaignCall, joiner: Actor, uri: str, terms: JoinTerms
) -> Refused | None:
    """Let somebody of another union sign a call of ours, and answer; return why that was rejected, or None.

    The same Join once more changes nothing. Raises what is answered by nothing: NotAllowed for who is kept
    out and for a flood, Refused for an id that names something else.
    """
    call = call_lock(session, call.id)
    existing = find_signature(session, call.id, joiner.id)
    if existing is not None and existing.join_uri == uri:
        return None
    _check_joiner(session, call, joiner, uri)
    try:
        _check(session, call, joiner, existing, terms)
        name = kept_name(terms.mode, terms.name, joiner.display_name, joiner.username)
    except FediUnionError as error:
        _answer(session, call, joiner, uri, error)
        return Refused(str(error), reason=error.reason)
    row = add_signature(session, call, Route.JOIN, actor=joiner, mode=terms.mode, name=name)
    row.join_uri = uri
    remember_uri(session, uri, JOIN, row.id)
    recount(session, call)
    _answer(session, call, joiner, uri, None)
    return None


def take_resolution(
    session: Session, call: CampaignCall, organisation: Actor, uri: str, *, text: str, url: str
) -> Refused | None:
    """Let an organisation support a call of ours, and answer, as `take_join` does."""
    call = call_lock(session, call.id)
    existing = find_resolution_by(session, call, organisation)
    if existing is not None and existing.join_uri == uri:
        return None
    _check_joiner(session, call, organisation, uri)
    try:
        if existing is not None:
            raise Refused("supports the call already", reason="signed-already")
        record_join(session, call, organisation, join_uri=uri, text=text, url=url)
    except Refused as error:
        _answer(session, call, organisation, uri, error)
        return error
    _answer(session, call, organisation, uri, None)
    return None


def send_join(session: Session, call: CampaignCall, actor: Actor, signature: Signature) -> None:
    """Ask the union that leads a call to count a member of ours, under the name in the row.

    Raises Invalid for a member whom nobody outside may know of.
    """
    if stays_here(actor):
        raise Invalid(
            Sentence(
                "Your signature would go to another union, which would learn who you are. "
                "Choose a wider reach for that."
            ),
            field="mode",
            reason="hidden-member",
        )
    lead, uri = lead_of(session, call), documents.new_uri(actor, "joins")
    signature.counted_here, signature.join_uri = False, uri
    signature.answer = JoinAnswer.WAITING
    remember_uri(session, uri, JOIN, signature.id)
    terms = JoinTerms(SigningMode(signature.mode), signature.name)
    publish(
        session,
        actor,
        documents.join_document(uri, actor, call, lead, terms),
        Recipients(actor_ids=(lead.id,)),
    )


def take_back(session: Session, call: CampaignCall, actor: Actor, signature: Signature) -> None:
    """Tell the union that leads a call that our member withdraws what it counts: a Join, or a vote."""
    lead = lead_of(session, call)
    document = (
        documents.undo_document(actor, signature.join_uri, call, lead)
        if signature.join_uri
        else documents.leave_document(actor, call, lead)
    )
    publish(session, actor, document, Recipients(actor_ids=(lead.id,)))


def _check_joiner(session: Session, call: CampaignCall, joiner: Actor, uri: str) -> None:
    """Raise what is answered by nothing."""
    check_signer(session, call, joiner)
    if find_known_uri(session, uri) is not None:
        raise Refused("its id names something else", reason="id-in-use")
    count_from(session, call, joiner.host)


def _check(
    session: Session, call: CampaignCall, joiner: Actor, existing: Signature | None, terms: JoinTerms
) -> None:
    check_open(session, call)
    if Trust.CALLS not in trust_of(session, joiner.host):
        raise NotAllowed(Sentence("Only people of affiliated unions sign like that."), reason="no-peer")
    if existing is not None:
        raise NotAllowed(SIGNED_ALREADY, reason="signed-already")
    check_mode(call, terms.mode)


def _answer(
    session: Session, call: CampaignCall, joiner: Actor, uri: str, refusal: FediUnionError | None
) -> None:
    lead = lead_of(session, call)
    kind = "Accept" if refusal is None else "Reject"
    document = documents.answer_document(kind, lead, uri, joiner, call)
    if refusal is not None:
        document = documents.with_reason(document, refusal.reason, str(refusal))
    publish(session, lead, document, Recipients(actor_ids=(joiner.id,)))
