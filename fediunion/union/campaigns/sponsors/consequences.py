"""What happens elsewhere, and follows for co-sponsorships: trust lost, departures, new keys."""

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted, ActorKeysRotated
from fediunion.actors.queries import find_actor_by_uri
from fediunion.db import now_of
from fediunion.social.moderation.audit import AUTOMATIC, record_audit
from fediunion.social.posts.events import PostRemoved
from fediunion.union.affiliation.documents import reject_document, undo_document
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.proofs import proved
from fediunion.union.affiliation.queries import our_union, trust_of
from fediunion.union.campaigns.models import CoSponsor, SponsorState, UnionCount
from fediunion.union.campaigns.sponsors import parts
from fediunion.union.campaigns.sponsors.queries import list_all, list_with_host

_LASTING = (SponsorState.OFFERED, SponsorState.ACCEPTED)


def trust_lost(session: Session, event: TrustChanged) -> None:
    """Reaction: with whom calls are shared no more, none is carried together, and nothing waits."""
    for host in sorted(event.lost):
        if Trust.CALLS not in trust_of(session, host):
            for row in list_with_host(session, host, *_LASTING):
                _part(session, row)


def part_from_gone(session: Session, event: ActorDeleted) -> None:
    """Reaction: a union that is gone carries nothing, and leads nothing."""
    if event.local:
        return
    theirs = or_(CoSponsor.lead_uri == event.uri, CoSponsor.union_uri == event.uri)
    for row in session.scalars(select(CoSponsor).where(theirs, CoSponsor.state.in_(_LASTING))).all():
        parts.finish(session, row, SponsorState.ENDED, by_peer=True)


def call_gone(session: Session, event: PostRemoved) -> None:
    """Reaction: a Question is gone; nobody carries the call that it put."""
    if event.post.wire_type != "Question" or event.post.boost_of_id is not None:
        return
    about = (CoSponsor.call_uri == event.post.uri, CoSponsor.state.in_(_LASTING))
    for row in session.scalars(select(CoSponsor).where(*about)).all():
        parts.finish(session, row, SponsorState.ENDED, by_peer=not event.post.local)


def renew_proofs(session: Session, event: ActorKeysRotated) -> None:
    """Reaction: what our union did and stated gets a proof by its new key, for the old one is forgotten."""
    ours = our_union(session)
    if event.actor_id != ours.id:
        return
    session.flush()
    for row in list_all(session, *_LASTING):
        if row.lead_uri == ours.uri:
            row.offer = orjson.dumps(proved(session, ours, orjson.loads(row.offer))).decode()
        elif row.answer is not None:
            row.answer = orjson.dumps(proved(session, ours, orjson.loads(row.answer))).decode()
    for count in session.scalars(select(UnionCount).where(UnionCount.union_uri == ours.uri)).all():
        count.statement = orjson.dumps(proved(session, ours, orjson.loads(count.statement))).decode()


def _part(session: Session, row: CoSponsor) -> None:
    """End a co-sponsorship, or what waits, as our own decision, and tell the other union so."""
    ours = our_union(session)
    leads, was = row.lead_uri == ours.uri, row.state
    peer = find_actor_by_uri(session, parts.peer_uri_of(row, ours))
    parts.finish(session, row, SponsorState.ENDED, by_peer=False)
    record_audit(
        session,
        by=AUTOMATIC,
        action="call.sponsor.end",
        subject=parts.peer_uri_of(row, ours),
        reason=row.call_uri,
    )
    if peer is None or peer.deleted_at is not None:
        return
    now = now_of(session)
    if leads or was == SponsorState.ACCEPTED:
        act_uri = row.offer_uri if leads else str(row.answer_uri)
        act = undo_document(act_uri, ours.uri, peer.uri, now)
    else:
        act = reject_document(row.offer_uri, ours.uri, peer.uri, now)
    parts.send(session, ours, peer, proved(session, ours, act))
