"""Relations of unions as ActivityStreams: what we send, and what we read. The only place with wire names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final

import orjson

from fediunion.activitypub.contexts import ACTIVITY_STREAMS, DATA_INTEGRITY, NAMESPACE, with_context
from fediunion.activitypub.parse import parse_activity
from fediunion.activitypub.values import instant, name, uri
from fediunion.activitypub.vocab import (
    PUBLIC,
    Accept,
    DocumentClaim,
    Object,
    Offer,
    UnknownObject,
    activity_document,
    extend_document,
)
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import BadDocument
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import parse_remote_url
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side

MOST_LABEL_CHARACTERS: Final = 100
LONGEST_ID: Final = 1_024
"""Bytes of an id in a relation: two stand together in one index, which takes 2,704 on PostgreSQL."""
STATUS: Final = "fu:status"
OFFER: Final = "fu:offer"
ANSWER: Final = "fu:answer"
NETWORK: Final = "fu:network"

_TERMS: Final[Mapping[AffiliationKind, str]] = {
    AffiliationKind.AFFILIATE: "affiliateOf",
    AffiliationKind.SECTOR: "sectorMemberOf",
    AffiliationKind.REGION: "regionMemberOf",
    AffiliationKind.OBSERVER: "observerOf",
    AffiliationKind.BILATERAL: "bilateralWith",
}
_KINDS: Final[Mapping[str, AffiliationKind]] = {
    prefix + term: kind for kind, term in _TERMS.items() for prefix in ("fu:", NAMESPACE, "")
}
CONTEXT: Final[list[str | dict[str, Any]]] = [ACTIVITY_STREAMS, DATA_INTEGRITY, {"fu": NAMESPACE}]
"""Short, for it stands in each act, and in the proof of each."""

_STATED: Final = (AffiliationStatus.ACTIVE, AffiliationStatus.SUSPENDED, AffiliationStatus.ENDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationshipDocument(UnknownObject):
    """A Relationship of two unions: `child_uri` is its subject, `parent_uri` its object.

    `stated` is what its author says of it now; None where it says nothing, as in an offer.
    """

    type_name: ClassVar[str] = "Relationship"

    child_uri: str
    parent_uri: str
    kind: AffiliationKind
    label: str
    since: datetime | None
    until: datetime | None
    stated: AffiliationStatus | None


def own_uri(union_uri: str, slug: str) -> str:
    """Return where our union states a relation of its own."""
    return f"{union_uri.partition('/actors/')[0]}/affiliations/{slug}"


def network_uri_of(union_uri: str) -> str:
    """Return the collection that a union addresses what it shares with its network to, by our convention."""
    return f"{union_uri}/network"


def relationship_document(
    affiliation: Affiliation, ours: str, *, stated: AffiliationStatus | None = None
) -> JsonObject:
    """Return a relation of our own as our union states it, in a document of its own."""
    document: JsonObject = {
        "id": own_uri(ours, str(affiliation.slug)),
        "type": RelationshipDocument.type_name,
        "attributedTo": ours,
        "subject": affiliation.child_uri,
        "relationship": f"fu:{_TERMS[AffiliationKind(affiliation.kind)]}",
        "object": affiliation.parent_uri,
    }
    if affiliation.label:
        document["name"] = affiliation.label
    if affiliation.since is not None:
        document["startTime"] = format_instant(affiliation.since)
    if affiliation.until is not None:
        document["endTime"] = format_instant(affiliation.until)
    if stated is not None:
        document[STATUS] = stated.value
    return document


def offer_document(affiliation: Affiliation, ours: str, theirs: str, now: datetime) -> JsonObject:
    """Return our Offer of a relation, complete but for its proof."""
    return act_document("Offer", relationship_document(affiliation, ours), ours, theirs, now)


def accept_document(offer: JsonObject, ours: str, theirs: str, now: datetime) -> JsonObject:
    """Return our Accept. It repeats the whole Offer: that is what we agree to, and nothing else by its id."""
    return act_document("Accept", what_was_offered(offer), ours, theirs, now)


def reject_document(offer_uri: str, ours: str, theirs: str, now: datetime) -> JsonObject:
    """Return our Reject of an Offer."""
    return act_document("Reject", offer_uri, ours, theirs, now)


def undo_document(act_uri: str, ours: str, theirs: str, now: datetime) -> JsonObject:
    """Return the taking back of our Offer, or of our Accept: the relation ends by it."""
    return act_document("Undo", act_uri, ours, theirs, now)


def update_document(
    affiliation: Affiliation, stated: AffiliationStatus, ours: str, theirs: str, now: datetime
) -> JsonObject:
    """Return what we state of a relation now, as an Update of our own document about it."""
    own = relationship_document(affiliation, ours, stated=stated)
    own["updated"] = format_instant(now)
    return act_document("Update", own, ours, theirs, now)


def what_was_offered(offer: Mapping[str, Any]) -> JsonObject:
    """Return an Offer without what is added for its way: its context and its proof."""
    return {
        member: value for member, value in offer.items() if member not in ("@context", "proof", "signature")
    }


def listed_document(affiliation: Affiliation, ours: str) -> JsonObject:
    """Return a relation in force as /affiliations lists it: how it stands, and the two acts that made it."""
    document = relationship_document(affiliation, ours, stated=AffiliationStatus(affiliation.status))
    document[OFFER] = orjson.loads(affiliation.offer)
    document[ANSWER] = orjson.loads(affiliation.answer or "null")
    return document


@dataclass(frozen=True)
class Listed:
    """An entry of a union's list: the relation as that union states it, with the Offer and the Accept."""

    relation: RelationshipDocument
    side: Side
    offer: JsonObject
    answer: JsonObject

    @property
    def other(self) -> str:
        """The union that does not state this."""
        return self.relation.parent_uri if self.side is Side.CHILD else self.relation.child_uri


@dataclass
class Listings:
    """What unions list of their relations, by the union's id; `unheard` are those that did not answer."""

    lists: dict[str, Sequence[Listed]] = field(default_factory=dict)
    unheard: set[str] = field(default_factory=set)


def new_activity_uri(union_uri: str) -> str:
    """Return an id for a new activity of our union, at an address that nobody can guess."""
    return f"{union_uri}/activities/{new_slug()}"


def list_uri_of(union_uri: str) -> str:
    """Return where a union lists its relations, by our convention: /affiliations on its server."""
    return f"{parse_remote_url(union_uri).origin}/affiliations"


def hint_document(union_uri: str) -> JsonObject:
    """Return the Update that tells our network to look at our list again; it says nothing of its own."""
    listing = {"id": list_uri_of(union_uri), "type": "OrderedCollection", "attributedTo": union_uri}
    uri = f"{listing['id']}#updates/{new_slug()}"
    return activity_document("Update", uri, union_uri, listing, to=[network_uri_of(union_uri)])


def listed_by(union_uri: str, document: Object) -> Listed | None:
    """Return what a union's list says of a relation; None where it is none of its own, or lacks an act.

    Whether the acts are proved is for the caller.
    """
    if not isinstance(document, RelationshipDocument) or union_uri not in document.attributed_to:
        return None
    side = side_of(document, union_uri)
    offer, answer = document.raw.get(OFFER), document.raw.get(ANSWER)
    if side is None or not isinstance(offer, dict) or not isinstance(answer, dict):
        return None
    return Listed(document, side, offer, answer)


def offers_and_accepts(offer: JsonObject, answer: JsonObject, relation: RelationshipDocument) -> bool:
    """Return whether these acts of the two unions make just this relation, whoever signed them."""
    try:
        offered, accepted = (parse_activity(act, claims=CLAIMS) for act in (offer, answer))
    except BadDocument:
        return False
    about = offered.object
    if not isinstance(offered, Offer) or not isinstance(about, RelationshipDocument):
        return False
    named = (about.child_uri, about.parent_uri, about.kind, about.label)
    return (
        isinstance(accepted, Accept)
        and {offered.actor, accepted.actor} == {relation.child_uri, relation.parent_uri}
        and named == (relation.child_uri, relation.parent_uri, relation.kind, relation.label)
        and answer.get("object") == what_was_offered(offer)
    )


def id_in_relation(value: object) -> str | None:
    """Return the id of what a relation is between, or None; raise BadDocument for one that is too long."""
    named = uri(value)
    if named is not None and not fits_relation(named):
        message = f"An id in a relation has at most {LONGEST_ID:,} bytes."
        raise BadDocument(message, reason="long-id")
    return named


def fits_relation(uri: str) -> bool:
    """Return whether an id is short enough for relations between unions."""
    return len(uri.encode()) <= LONGEST_ID


def _claims(document: JsonObject) -> bool:
    return document.get("type") == RelationshipDocument.type_name and document.get("relationship") in _KINDS


def _build(document: UnknownObject) -> RelationshipDocument:
    get = document.raw.get
    child, parent = id_in_relation(get("subject")), id_in_relation(get("object"))
    if child is None or parent is None:
        raise BadDocument("A relationship needs a subject and an object.", reason="no-parties")
    label = name(get("name")) or ""
    if len(label) > MOST_LABEL_CHARACTERS:
        raise BadDocument("The name of the sector or region is too long.", reason="long-label")
    stated = next((status for status in _STATED if get(STATUS) == status), None)
    return extend_document(
        document,
        RelationshipDocument,
        child_uri=child,
        parent_uri=parent,
        kind=_KINDS[str(get("relationship"))],
        label=label.strip(),
        since=instant(get("startTime")),
        until=instant(get("endTime")),
        stated=stated,
    )


CLAIMS: Final[Sequence[DocumentClaim]] = (DocumentClaim(UnknownObject, _claims, _build),)


def side_of(document: RelationshipDocument, union_uri: str) -> Side | None:
    """Return which side of the relation a union is, or None."""
    if union_uri == document.child_uri:
        return Side.CHILD
    return Side.PARENT if union_uri == document.parent_uri else None


def act_document(type: str, object: str | JsonObject, ours: str, theirs: str, now: datetime) -> JsonObject:
    """Return an act of our union towards another one, complete but for its proof."""
    act = activity_document(
        type, new_activity_uri(ours), ours, object, to=[theirs], cc=[PUBLIC], published=now
    )
    return with_context(act, CONTEXT)
