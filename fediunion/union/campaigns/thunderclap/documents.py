"""Thunderclaps as they travel: `fu:amplify` in a call, and the Note that releases one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from fediunion.activitypub import values
from fediunion.activitypub.contexts import NAMESPACE
from fediunion.activitypub.vocab import DocumentClaim, Note, extend_document
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import parse_remote_url
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms, check

_RELEASES: Final = "fu:releases"
"""The member of the message that names its thunderclap."""

_SPELLINGS: Final = (_RELEASES, f"{NAMESPACE}releases")


@dataclass(frozen=True, kw_only=True)
class Amplification:
    """What a call of elsewhere says of its thunderclap."""

    uri: str
    state: ThunderclapState
    terms: ThunderclapTerms


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseDocument(Note):
    """A Note that says of itself that it is the message of a thunderclap: `releases` is that one's id."""

    type_name: ClassVar[str] = "Release"

    releases: str


def amplify_document(clap: Thunderclap, pledges: int) -> JsonObject:
    """Return what a call of ours tells of its thunderclap, for which so many have pledged."""
    return {
        "type": "fu:Amplification",
        "id": clap.uri,
        "fu:message": dict(clap.message),
        "fu:threshold": clap.threshold,
        "fu:at": format_instant(clap.release_at),
        "fu:windowSeconds": clap.window_seconds,
        "fu:pledges": pledges,
        "fu:state": clap.state,
    }


def release_members(uri: str, html: Mapping[str, str]) -> JsonObject:
    """Return what makes a Note the message of the thunderclap `uri`; `html` is that, by language."""
    return {_RELEASES: uri, "contentMap": dict(html)}


def read_amplification(told: object, call_uri: str) -> Amplification | None:
    """Return the thunderclap in a call, in plain names; None for what cannot be one.

    Its id is on the server of the call.
    """
    if not isinstance(told, dict):
        return None
    uri, state = values.uri(told.get("id")), told.get("state")
    try:
        if uri is None or parse_remote_url(uri).authority != parse_remote_url(call_uri).authority:
            return None
        terms = ThunderclapTerms.from_json({**told, "releaseAt": told.get("at")})
        check(terms)
    except (Invalid, BadDocument):
        return None
    known = ThunderclapState(state) if state in tuple(ThunderclapState) else ThunderclapState.COLLECTING
    return Amplification(uri=uri, state=known, terms=terms)


def _released(document: JsonObject) -> str | None:
    found = (values.uri(document.get(name)) for name in _SPELLINGS)
    return next((uri for uri in found if uri is not None), None)


def _build(note: Note) -> ReleaseDocument:
    releases = _released(note.raw)
    assert releases is not None  # claimed by it
    return extend_document(note, ReleaseDocument, releases=releases)


CLAIM: Final = DocumentClaim(Note, lambda document: _released(document) is not None, _build)
