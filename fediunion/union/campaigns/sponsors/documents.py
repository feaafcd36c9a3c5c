"""Co-sponsorship as ActivityStreams: the Relationship in an Offer, read and written."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

import orjson

from fediunion.activitypub.contexts import NAMESPACE
from fediunion.activitypub.values import name
from fediunion.activitypub.vocab import DocumentClaim, UnknownObject, extend_document
from fediunion.kit.errors import BadDocument
from fediunion.kit.html import plain_name
from fediunion.kit.json import JsonObject
from fediunion.union.affiliation.documents import act_document, id_in_relation
from fediunion.union.campaigns.models import CampaignCall, CoSponsor

LONGEST_TITLE: Final = 200
_COSPONSORS: Final = "fu:cosponsors"
_SPELLINGS: Final = (_COSPONSORS, f"{NAMESPACE}cosponsors", "cosponsors")


@dataclass(frozen=True, kw_only=True, slots=True)
class CoSponsorshipDocument(UnknownObject):
    """A Relationship that says that the union `union_uri` carries the call `call_uri` beside its leader."""

    type_name: ClassVar[str] = "CoSponsorship"

    union_uri: str
    call_uri: str


def relation_document(row: CoSponsor, title: str) -> JsonObject:
    """Return the relation as the leading union describes it in its offer."""
    return {
        "id": row.uri,
        "type": "Relationship",
        "attributedTo": row.lead_uri,
        "name": title,
        "subject": row.union_uri,
        "relationship": _COSPONSORS,
        "object": row.call_uri,
    }


def offer_document(row: CoSponsor, title: str, now: datetime) -> JsonObject:
    """Return our Offer of a co-sponsorship, complete but for its proof."""
    return act_document("Offer", relation_document(row, title), row.lead_uri, row.union_uri, now)


def sponsored_document(row: CoSponsor) -> JsonObject:
    """Return a co-sponsorship in force as our union lists it: with the two acts that made it."""
    return {
        "type": "fu:CoSponsor",
        "id": row.uri,
        "fu:union": row.union_uri,
        "fu:call": row.call_uri,
        "fu:offer": orjson.loads(row.offer),
        "fu:answer": orjson.loads(row.answer or "null"),
    }


def offered_title(row: CoSponsor) -> str:
    """Return what the offer calls the call: words of another union, where the call itself is not here."""
    about = orjson.loads(row.offer or "{}").get("object")
    return plain_name(name(about.get("name")) or "", LONGEST_TITLE) if isinstance(about, dict) else ""


def title_of(row: CoSponsor, call: CampaignCall | None) -> str:
    """Return the title of the call that a co-sponsorship is about, as far as it is known."""
    return (call.title if call is not None else offered_title(row)) or row.call_uri


def _claims(document: JsonObject) -> bool:
    return document.get("type") == "Relationship" and document.get("relationship") in _SPELLINGS


def _build(document: UnknownObject) -> CoSponsorshipDocument:
    union, call = (id_in_relation(document.raw.get(party)) for party in ("subject", "object"))
    if union is None or call is None:
        raise BadDocument("A co-sponsorship needs a union and a call.", reason="no-parties")
    return extend_document(document, CoSponsorshipDocument, union_uri=union, call_uri=call)


CLAIM: Final = DocumentClaim(UnknownObject, _claims, _build)
