"""Relations between other unions: kept while both list them, and both acts that made them are proved."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

import orjson
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.errors import BadSignature, Refused
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of
from fediunion.union.affiliation.documents import Listed, Listings, offers_and_accepts, what_was_offered
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus, Side
from fediunion.union.affiliation.proofs import check_proof
from fediunion.union.affiliation.queries import list_relations, our_union
from fediunion.union.affiliation.service import parts
from fediunion.union.affiliation.service.trust import renew_trust

BELIEVED_FOR: Final = timedelta(days=14)
"""How long a union that does not answer is taken to say what it said last."""

_Key: TypeAlias = tuple[str, str, str, str]


def record_learnt(session: Session, found: Listings) -> None:
    """Keep which relations others have, as their own lists say now, and renew what follows for trust.

    A relation counts when both of its unions list it and each act is proved by a key of whose it is. Who
    was asked and lists it no more has ended it; who did not answer is taken to say what it said last, for
    14 days.
    """
    stated = _by_relation(session, found.lists)
    known = {_key(row): row for row in list_relations(session, Affiliation.our_side.is_(None))}
    for key, sides in stated.items():
        acts = _proved_acts(session, sides) if len(sides) == len(Side) else None
        if acts is not None:
            _keep(session, known.get(key), sides, acts)
    for key, row in known.items():
        sides = stated.get(key, {})
        _hear(session, row, sides)
        if not _still_holds(session, row, sides, found):
            session.delete(row)
    session.flush()
    renew_trust(session)


def _by_relation(session: Session, lists: Mapping[str, Sequence[Listed]]) -> dict[_Key, dict[Side, Listed]]:
    own = our_union(session).uri
    stated: dict[_Key, dict[Side, Listed]] = {}
    for entries in lists.values():
        for each in entries:
            relation = each.relation
            if own not in (relation.child_uri, relation.parent_uri):
                key = (relation.child_uri, relation.parent_uri, relation.kind.value, relation.label)
                stated.setdefault(key, {})[each.side] = each
    return stated


def _proved_acts(session: Session, sides: Mapping[Side, Listed]) -> tuple[JsonObject, JsonObject] | None:
    """Return the Offer and the Accept that both unions list, each with a proof that holds; else None.

    Of the two copies of an act one may bear the proof of an old key: whose act it is has renewed its own.
    """
    child, parent = sides[Side.CHILD], sides[Side.PARENT]
    if what_was_offered(child.offer) != what_was_offered(parent.offer):
        return None
    if what_was_offered(child.answer) != what_was_offered(parent.answer):
        return None
    if not offers_and_accepts(child.offer, child.answer, child.relation):
        return None
    offer = _proved(session, child.offer, parent.offer)
    answer = _proved(session, child.answer, parent.answer)
    return None if offer is None or answer is None else (offer, answer)


def _proved(session: Session, *copies: JsonObject) -> JsonObject | None:
    for copy in copies:
        try:
            check_proof(session, copy, str(copy["actor"]))
        except (Refused, BadSignature):
            continue
        return copy
    return None


def _keep(
    session: Session,
    row: Affiliation | None,
    sides: Mapping[Side, Listed],
    acts: tuple[JsonObject, JsonObject],
) -> None:
    now, relation = now_of(session), sides[Side.PARENT].relation
    if row is None:
        row = Affiliation(
            child_uri=relation.child_uri,
            child_host=authority_of(relation.child_uri),
            parent_uri=relation.parent_uri,
            parent_host=authority_of(relation.parent_uri),
            kind=relation.kind,
            label=relation.label,
            created_at=now,
        )
        session.add(row)
    offer, answer = acts
    row.offer, row.offer_uri = orjson.dumps(offer).decode(), str(offer["id"])
    row.answer, row.answer_uri = orjson.dumps(answer).decode(), str(answer["id"])
    row.offered_by = Side.CHILD if offer["actor"] == relation.child_uri else Side.PARENT
    row.uri, row.since = str(offer["object"]["id"]), relation.since
    row.child_suspends, row.parent_suspends = (
        sides[side].relation.stated is not AffiliationStatus.ACTIVE for side in Side
    )
    row.status = parts.standing_of(row)
    row.child_stated_at = row.parent_stated_at = row.updated_at = now


def _hear(session: Session, row: Affiliation, sides: Mapping[Side, Listed]) -> None:
    """Note what those say now of whom only one may have answered."""
    for side, each in sides.items():
        stated = each.relation.stated
        parts.note_suspension(row, side, suspends=stated is not AffiliationStatus.ACTIVE)
        if side is Side.CHILD:
            row.child_stated_at = now_of(session)
        else:
            row.parent_stated_at = now_of(session)
    row.status = parts.standing_of(row)


def _still_holds(session: Session, row: Affiliation, sides: Mapping[Side, Listed], found: Listings) -> bool:
    """Return whether a relation that was learnt before is one still, by what was heard now."""
    for side, union, stated_at in (
        (Side.CHILD, row.child_uri, row.child_stated_at),
        (Side.PARENT, row.parent_uri, row.parent_stated_at),
    ):
        if union in found.lists and side not in sides:
            return False
        if stated_at is None or now_of(session) - stated_at > BELIEVED_FOR:
            return False
    return True


def _key(row: Affiliation) -> _Key:
    return (row.child_uri, row.parent_uri, row.kind, row.label)
