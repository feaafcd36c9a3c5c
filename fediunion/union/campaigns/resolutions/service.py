"""The rules of union resolutions: an organisation supports a call of ours, once, and may take it back."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.db.known_uris import bury_uri, remember_uri
from fediunion.kit.errors import BadDocument, Invalid, NotAllowed, Refused
from fediunion.kit.html import plain_name
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import parse_remote_url
from fediunion.kit.words import folded_words
from fediunion.social.moderation.audit import record_audit
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import trust_of
from fediunion.union.affiliation.service.parts import UNION_TYPE
from fediunion.union.campaigns.asks.union_resolution import UnionResolutionAsk
from fediunion.union.campaigns.days import past_day
from fediunion.union.campaigns.models import CallState, CampaignCall, Resolution
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.resolutions.queries import count_from_host, find_noted, find_resolution_by
from fediunion.union.campaigns.service.rows import terms_of, touch

RESOLUTION: Final = "call_resolution"
"""What `known_uri` calls the ids of Joins that are resolutions."""

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 2_000
MOST_OF_A_HOST: Final = 20
"""So many organisations of one server may support a call: whoever runs it makes as many as it likes."""


def record_join(
    session: Session, call: CampaignCall, actor: Actor, *, join_uri: str, text: str = "", url: str = ""
) -> Resolution:
    """Keep that the organisation `actor` elsewhere supports a call of ours; return the resolution.

    Twice changes nothing. `text` is plain. Raises Refused with its reason: "not-an-organisation", "no-call",
    "call-closed", "no-peer" for one of a server that shares no calls with us, "no-such-ask" where the call
    asks for no resolutions, "vote-flood" where its server sent too many already.
    """
    if actor.local or actor.wire_type != UNION_TYPE:
        raise Refused("is no organisation elsewhere", reason="not-an-organisation")
    call = call_lock(session, call.id)
    if not call.local:
        raise Refused("supports a call that is not ours", reason="no-call")
    if call.state != CallState.OPEN or call.closes_at <= now_of(session):
        raise Refused("supports a call that is open no more", reason="call-closed")
    if Trust.CALLS not in trust_of(session, actor.host):
        # Anybody can call an actor a union: those that are none to us, an officer writes down.
        raise Refused("is of no union with whom calls are shared", reason="no-peer")
    if not asks_for_resolutions(call):
        raise Refused("supports a call that asks for no resolutions", reason="no-such-ask")
    known = find_resolution_by(session, call, actor)
    if known is not None:
        return known
    if count_from_host(session, call, actor.host) >= MOST_OF_A_HOST:
        raise Refused("is one of too many organisations of its server", reason="vote-flood")
    row = Resolution(
        call_id=call.id,
        actor_id=actor.id,
        organisation=plain_name(actor.display_name, LONGEST_NAME) or f"@{actor.username}@{actor.handle_host}",
        organisation_key=actor.uri,
        text=text.strip()[:LONGEST_TEXT],
        url=link_of(url),
        adopted_on=now_of(session).date().isoformat(),
        join_uri=join_uri,
        created_at=now_of(session),
    )
    session.add(row)
    remember_uri(session, join_uri, RESOLUTION, row.id)
    touch(session, call)
    return row


def add_resolution(
    session: Session,
    call: CampaignCall,
    organisation: str,
    *,
    by: str,
    adopted_on: str = "",
    text: str = "",
    url: str = "",
) -> Resolution:
    """Write down that an organisation without an actor supports a call of ours; return the resolution.

    `adopted_on` is ISO 8601, "" is today. What is known of that organisation already is replaced. Raises
    NotAllowed for a call that is not ours, not open or asks for none, and Invalid with its field.
    """
    call = call_lock(session, call.id)
    if not call.local or call.state != CallState.OPEN or not asks_for_resolutions(call):
        raise NotAllowed(Sentence("This call does not take resolutions."))
    name = plain_name(organisation, LONGEST_NAME)
    key = folded_words(name)
    if not key:
        raise Invalid(Sentence("Give the name of the organisation."), field="organisation", reason="blank")
    if len(text) > LONGEST_TEXT:
        raise Invalid(
            Sentence("This has at most %(most)s characters.", most=LONGEST_TEXT),
            field="text",
            reason="too-long",
        )
    link = link_of(url)
    if url.strip() and not link:
        raise Invalid(Sentence("This is no address of a page."), field="url", reason="bad-url")
    row = find_noted(session, call, key)
    if row is None:
        row = Resolution(call_id=call.id, organisation_key=key, created_at=now_of(session))
        session.add(row)
    row.organisation, row.text, row.url = name, text.strip(), link
    row.adopted_on = past_day(session, adopted_on)
    touch(session, call)
    session.flush()
    record_audit(session, by=by, action="call.resolution.add", subject=call.slug, reason=name)
    return row


def remove_resolution(session: Session, call: CampaignCall, row: Resolution, *, by: str) -> None:
    """Take a resolution out of a call of ours; an organisation's own actor may send another."""
    forget_resolution(session, row)
    touch(session, call)
    record_audit(session, by=by, action="call.resolution.remove", subject=call.slug, reason=row.organisation)


def withdraw_join(session: Session, call: CampaignCall, actor: Actor) -> bool:
    """Take back the resolution that an organisation's actor sent; return whether there was one."""
    row = find_resolution_by(session, call, actor)
    if row is None:
        return False
    forget_resolution(session, row)
    touch(session, call)
    return True


def asks_for_resolutions(call: CampaignCall) -> bool:
    """Return whether a call asks organisations for their support."""
    return terms_of(call).ask(UnionResolutionAsk) is not None


def forget_resolution(session: Session, row: Resolution) -> None:
    """Delete a resolution; the id of its Join names nothing from now on."""
    if row.join_uri is not None:
        bury_uri(session, row.join_uri)
    session.delete(row)
    session.flush()


def link_of(url: str) -> str:
    """Return an address that people may be sent to, "" for anything else."""
    try:
        return parse_remote_url(url.strip()).identity if url.strip() else ""
    except BadDocument:
        return ""
