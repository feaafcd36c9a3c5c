"""The activities by which a call is signed between unions, and what a Join says: the only wire names here."""

from dataclasses import dataclass
from typing import Final

from fediunion.activitypub.contexts import NAMESPACE
from fediunion.activitypub.vocab import activity_document
from fediunion.actors.models import Actor
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.models import CampaignCall, SigningMode

_SIGNATURE: Final = ("fu:signature", f"{NAMESPACE}signature")
_MODE: Final = ("fu:mode", f"{NAMESPACE}mode")


@dataclass(frozen=True)
class JoinTerms:
    """What a Join says: how the signer wants to be named, and the name ("" for that of the actor)."""

    mode: SigningMode = SigningMode.COUNTED
    name: str = ""


def join_terms(join: JsonObject) -> JoinTerms:
    """Return what a Join says; what does not say how, or in words that we do not know, is counted unnamed."""
    said = _member(join, _SIGNATURE)
    if not isinstance(said, dict):
        return JoinTerms()
    mode, name = _member(said, _MODE), said.get("name")
    known = next((each for each in SigningMode if each == mode), None)
    return JoinTerms() if known is None else JoinTerms(known, name if isinstance(name, str) else "")


def new_uri(actor: Actor, kind: str) -> str:
    """Return an id for an activity of ours: `kind` is "joins" or the like."""
    return f"{actor.uri}#{kind}/{new_slug()}"


def join_document(uri: str, actor: Actor, call: CampaignCall, lead: Actor, terms: JoinTerms) -> JsonObject:
    """Return the Join by which our member signs a call of another union; it goes to that one alone."""
    said: JsonObject = {"type": "fu:Signature", "fu:mode": terms.mode.value}
    if terms.name:
        said["name"] = terms.name
    document = activity_document("Join", uri, actor.uri, call.uri or "", to=[lead.uri])
    return document | {"fu:signature": said}


def undo_document(actor: Actor, join_uri: str, call: CampaignCall, lead: Actor) -> JsonObject:
    """Return the Undo of a Join."""
    join: JsonObject = {"id": join_uri, "type": "Join", "actor": actor.uri, "object": call.uri}
    return activity_document("Undo", new_uri(actor, "undos"), actor.uri, join, to=[lead.uri])


def leave_document(actor: Actor, call: CampaignCall, lead: Actor) -> JsonObject:
    """Return the Leave by which our member takes back what it did as a voter, whose vote has no Undo."""
    return activity_document("Leave", new_uri(actor, "leaves"), actor.uri, call.uri or "", to=[lead.uri])


def answer_document(type: str, lead: Actor, join_uri: str, joiner: Actor, call: CampaignCall) -> JsonObject:
    """Return our Accept or Reject of a Join."""
    join: JsonObject = {"id": join_uri, "type": "Join", "actor": joiner.uri, "object": call.uri}
    return activity_document(type, new_uri(lead, "answers"), lead.uri, join, to=[joiner.uri])


def with_reason(document: JsonObject, reason: str, sentence: str) -> JsonObject:
    """Return a Reject that says why: a word for programs, a sentence for people."""
    return document | {"fu:reason": reason, "summary": sentence}


def _member(document: JsonObject, names: tuple[str, ...]) -> object:
    return next((document[name] for name in names if name in document), None)
