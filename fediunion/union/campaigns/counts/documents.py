"""Sums as ActivityStreams: what a union states of its own members, signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from fediunion.activitypub.contexts import NAMESPACE, with_context
from fediunion.activitypub.values import instant, uri
from fediunion.activitypub.vocab import DocumentClaim, UnknownObject, extend_document
from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject
from fediunion.union.affiliation.documents import CONTEXT, act_document
from fediunion.union.campaigns.models import CountKind

NUMBER: Final = "fu:number"
CALL: Final = "fu:call"
_TYPES: Final[Mapping[CountKind, str]] = {
    CountKind.SIGNATURES: "SignatureCount",
    CountKind.PLEDGES: "PledgeCount",
    CountKind.BOOSTS: "BoostCount",
    CountKind.FAILED_BOOSTS: "FailedBoostCount",
}
_ABOUT: Final[Mapping[CountKind, str]] = {
    CountKind.SIGNATURES: CALL,
    CountKind.PLEDGES: "fu:thunderclap",
    CountKind.BOOSTS: "fu:thunderclap",
    CountKind.FAILED_BOOSTS: "fu:thunderclap",
}
_KINDS: Final[Mapping[str, CountKind]] = {
    prefix + name: kind for kind, name in _TYPES.items() for prefix in ("fu:", NAMESPACE, "")
}


@dataclass(frozen=True, kw_only=True, slots=True)
class UnionCountDocument(UnknownObject):
    """What a union states that it counts: `about` is the call, or but for signatures the thunderclap.

    What is missing or no such value is None: it is refused where it is received, and never taken for a post.
    """

    type_name: ClassVar[str] = "UnionCount"

    kind: CountKind
    about: str | None
    number: int | None
    stated_at: datetime | None


def count_document(
    kind: CountKind, id: str, union_uri: str, about: str, number: int, now: datetime
) -> JsonObject:
    """Return what our union states, complete but for its proof."""
    document: JsonObject = {
        "id": id,
        "type": f"fu:{_TYPES[kind]}",
        "attributedTo": union_uri,
        _ABOUT[kind]: about,
        NUMBER: number,
        "published": format_instant(now),
    }
    return with_context(document, CONTEXT)


def statement_document(count: JsonObject, ours: str, theirs: str, now: datetime) -> JsonObject:
    """Return the Update by which our union tells another one what it states, with its own proof in it."""
    return act_document("Update", count, ours, theirs, now)


def _claims(document: JsonObject) -> bool:
    return document.get("type") in _KINDS


def _build(document: UnknownObject) -> UnionCountDocument:
    get = document.raw.get
    kind, number = _KINDS[str(get("type"))], get(NUMBER)
    return extend_document(
        document,
        UnionCountDocument,
        kind=kind,
        about=uri(get(_ABOUT[kind])),
        number=number if type(number) is int else None,
        stated_at=instant(get("published")),
    )


CLAIM: Final = DocumentClaim(UnknownObject, _claims, _build)
