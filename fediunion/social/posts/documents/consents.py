"""Consent to being quoted, answered, liked or boosted, as it travels: asked, given, taken back (FEP-044f)."""

from typing import Final

from fediunion.activitypub.vocab import PUBLIC, activity_document
from fediunion.actors.models import Actor
from fediunion.kit.json import JsonObject
from fediunion.social.posts.models import Post, QuoteApproval

_ECHOED: Final = ("id", "type", "actor", "object", "instrument")


def quote_request_document(uri: str, quoter: Actor, quoted: Post, author: Actor, by: object) -> JsonObject:
    """Return the QuoteRequest to the author of what is quoted. `by` is the quoting note, or its id."""
    return activity_document("QuoteRequest", uri, quoter.uri, quoted.uri, to=[author.uri], instrument=by)


def accepted_request_document(
    uri: str, author: Actor, request: JsonObject, asking_uri: str, asker: Actor, approval: QuoteApproval
) -> JsonObject:
    """Return the answer "yes" to a request, with the consent that anybody may fetch.

    `asking_uri` is the id of the post or activity for which `request` asks.
    """
    echo = _echo(request, asking_uri)
    return activity_document("Accept", uri, author.uri, echo, to=[asker.uri], result=approval.uri)


def rejected_request_document(
    uri: str, author: Actor, request: JsonObject, asking_uri: str, asker: Actor
) -> JsonObject:
    """Return the answer "no" to a request."""
    return activity_document("Reject", uri, author.uri, _echo(request, asking_uri), to=[asker.uri])


def _echo(request: JsonObject, asking_uri: str) -> JsonObject:
    """Return a request as its answer names it: what it asks for by its id alone."""
    echo: JsonObject = {key: request[key] for key in _ECHOED if key in request}
    if isinstance(echo.get("instrument"), dict):
        echo["instrument"] = asking_uri
    return echo


def authorization_document(approval: QuoteApproval, target: Post, author: Actor) -> JsonObject:
    """Return the QuoteAuthorization, or that of another kind, that anybody may fetch.

    Source: FEP-044f; https://docs.gotosocial.org/en/latest/federation/interaction_controls/
    """
    return {
        "id": approval.uri,
        "type": f"{approval.kind.capitalize()}Authorization",
        "attributedTo": author.uri,
        "interactingObject": approval.quoting_uri,
        "interactionTarget": target.uri,
    }


def is_consent_to_quote(document: JsonObject, author: Actor, quoting: Post, quoted: Post) -> bool:
    """Return whether a document is the consent of `author` that `quoting` quotes `quoted`."""
    return (
        document.get("type") == "QuoteAuthorization"
        and document.get("attributedTo") == author.uri
        and document.get("interactingObject") == quoting.uri
        and document.get("interactionTarget") == quoted.uri
    )


def revoked_document(approval: QuoteApproval, author: Actor) -> JsonObject:
    """Return the Delete of a consent, to whoever holds what it was given for."""
    return activity_document("Delete", f"{approval.uri}#delete", author.uri, approval.uri, to=[PUBLIC])
