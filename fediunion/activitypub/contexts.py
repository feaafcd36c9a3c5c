"""The JSON-LD contexts of outgoing documents, every term of ours inline; and the vocabulary served at /ns.

No remote context but the well-known ones is named: others cannot resolve it (Takahē) or must fetch it.
"""

from typing import Any, Final

from fediunion.kit.json import JsonObject

ACTIVITY_STREAMS: Final = "https://www.w3.org/ns/activitystreams"
SECURITY: Final = "https://w3id.org/security/v1"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v1"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"
NAMESPACE: Final = "https://w3id.org/fediunion/ns#"

_Terms = dict[str, Any]


def _reference(term: str, **more: str) -> _Terms:
    return {"@id": term, "@type": "@id", **more}


FEDIUNION_TERMS: Final[dict[str, str]] = {
    "vacancy": "The job posting that a Note announces, as schema.org JobPosting.",
    "campaignCall": "The call to act that a Question puts: demand, targets, asks, goal.",
    "network": "The collection of actors of affiliated unions that a post may be addressed to.",
    "status": "How a vacancy, a call or a relationship of unions stands.",
    "grade": "The grade of a post in the employer's own scale.",
    "contractType": "The kind of contract offered.",
    "duration": "How long a contract lasts, as ISO 8601 duration.",
    "scope": "Who may apply: open, internal, roster, roster-members.",
    "disputeFlag": "A warning by the union: none, caution, strike, boycott.",
    "collectiveAgreement": "The agreement that covers a post.",
    "unionAtEmployer": "The union present at the employer.",
    "recognition": "How the employer recognises the union.",
    "globalAgreement": "The global framework agreement that applies.",
    "languageRequirements": "Languages asked for, with level.",
    "postAdjustmentMultiplier": "The multiplier added to a net base salary.",
    "hardshipClass": "The hardship class of a duty station, H and A to E.",
    "nonFamily": "Whether families may not come to the duty station.",
    "dangerPay": "Whether danger pay applies.",
    "rnrWeeks": "Weeks between rest and recuperation breaks.",
    "mobility": "What movement the post requires.",
    "postedBy": "The actor who entered a vacancy.",
    "sourceUrl": "The official page of a vacancy.",
    "sourceCheckedAt": "When that page was last looked at.",
    "sourceStatus": "What was found there.",
    "closingZone": "The time zone that a closing instant was given in.",
    "verifiedDomains": "The sites that are an employer's own.",
    "demand": "What a call demands, in one sentence.",
    "targets": "Whom a call addresses.",
    "goal": "How many signatures a call hopes for.",
    "CampaignCall": "A call to act, as `campaignCall` of a Question.",
    "title": "The title of a call.",
    "case": "Why a call is made: a text in CommonMark for each language.",
    "role": "The office of a target.",
    "org": "The organisation of a target.",
    "channel": "How a target is addressed: email, post, fediverse, public.",
    "asks": "What a call asks people to do, as a ladder.",
    "modes": "What may become of the name of who signs: public, target-only, counted.",
    "lead": "The union that puts a call.",
    "coSponsors": "The unions that carry a call beside the one that puts it.",
    "evidence": "Pages that show why a call is made.",
    "background": "What came before a call: an instrument, and since when.",
    "opensAt": "When a call opens.",
    "closesAt": "When a call closes.",
    "languages": "The languages of a call, the one it is written in first.",
    "nextAsk": "What to do after this ask.",
    "outcome": "What came of a call.",
    "amplify": "A boost done together: what, when, and within how many seconds.",
    "Amplification": "A boost done together.",
    "BoostPledge": "A promise to boost at a given time.",
    "Signature": "A signature under a call.",
    "signature": "How who joins a call signs it.",
    "mode": "What becomes of a signer's name: public, target-only, or counted without one.",
    "reason": "Why a request was rejected, in one word for programs.",
    "level": "The level of a union: local, national, regional, global and others.",
    "sector": "The sector that a union organises.",
    "uniRegion": "The world region of a union.",
    "affiliateOf": "Relationship: the subject is affiliated to the object.",
    "sectorMemberOf": "Relationship: the subject belongs to a sector of the object, which `name` says.",
    "regionMemberOf": "Relationship: the subject belongs to a region of the object, which `name` says.",
    "observerOf": "Relationship: the subject observes the object, without being affiliated.",
    "bilateralWith": "Relationship: two unions work together as equals.",
    "offer": "The Offer by which a relationship of two unions was proposed, with its proof.",
    "answer": "The Accept by which it was agreed to, with its proof.",
    "ServerRule": "A rule about a server, as an entry of a list that a union publishes.",
    "serverHost": "The server that a rule is about, with all below it.",
    "ruleAction": "What a rule does with a server: block, silence, allow.",
    "cosponsors": "Relationship: the subject carries the call that is the object, beside its leading union.",
    "CoSponsor": "A union that carries a call, as an entry of a list, with the two acts that made it one.",
    "union": "The union that carries a call.",
    "SignatureCount": "How many of its own members have signed a call, as their union states.",
    "PledgeCount": "How many of its own members have pledged a boost, as their union states.",
    "BoostCount": "How many of its own members have boosted as they pledged, as their union states.",
    "FailedBoostCount": "How many of those could not, as their union states.",
    "call": "The call that a number of signatures, or a co-sponsor, is about.",
    "thunderclap": "The boost done together that a number is about.",
    "releases": "The boost done together whose message a Note is.",
    "message": "What is boosted together, by language.",
    "threshold": "How many have to pledge for it.",
    "at": "When it is boosted.",
    "windowSeconds": "Within how many seconds after that.",
    "pledges": "How many have pledged, of all unions.",
    "state": "How it stands: collecting, released, not-reached, withdrawn, missed.",
    "number": "How many.",
    "twinnedWith": "Relationship: two unions are twinned.",
    "standing": "The standing of a member: good, arrears, retired, guest.",
}

TERMS: Final[_Terms] = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": "http://schema.org#",
    "misskey": "https://misskey-hub.net/ns#",
    "gts": "https://gotosocial.org/ns#",
    "fu": NAMESPACE,
    # FEP-521a: without it a reader of JSON-LD finds no Ed25519 key, and no proof holds (Fedify).
    "assertionMethod": _reference("https://w3id.org/security#assertionMethod", **{"@container": "@set"}),
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "alsoKnownAs": _reference("as:alsoKnownAs"),
    "movedTo": _reference("as:movedTo"),
    "Emoji": "toot:Emoji",
    "votersCount": "toot:votersCount",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "memorial": "toot:memorial",
    "suspended": "toot:suspended",
    "featured": _reference("toot:featured"),
    "featuredTags": _reference("toot:featuredTags"),
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "webfinger": {"@id": "https://purl.archive.org/socialweb/webfinger#webfinger", "@type": "xsd:string"},
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "implements": _reference("https://w3id.org/fep/844e#implements", **{"@container": "@set"}),
    "quote": _reference("https://w3id.org/fep/044f#quote"),
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "quoteUrl": "as:quoteUrl",
    "_misskey_quote": "misskey:_misskey_quote",
    "quoteAuthorization": _reference("https://w3id.org/fep/044f#quoteAuthorization"),
    "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "interactingObject": _reference("gts:interactingObject"),
    "interactionTarget": _reference("gts:interactionTarget"),
    "interactionPolicy": _reference("gts:interactionPolicy"),
    "canLike": _reference("gts:canLike"),
    "canReply": _reference("gts:canReply"),
    "canAnnounce": _reference("gts:canAnnounce"),
    "canQuote": _reference("gts:canQuote"),
    "canFeature": _reference("https://w3id.org/fep/7aa9#canFeature"),
    "automaticApproval": _reference("gts:automaticApproval"),
    "manualApproval": _reference("gts:manualApproval"),
    "always": _reference("gts:always"),
    "approvalRequired": _reference("gts:approvalRequired"),
    "approvedBy": _reference("gts:approvedBy"),
    "replyAuthorization": _reference("gts:replyAuthorization"),
    "announceAuthorization": _reference("gts:announceAuthorization"),
    "LikeRequest": "gts:LikeRequest",
    "ReplyRequest": "gts:ReplyRequest",
    "AnnounceRequest": "gts:AnnounceRequest",
}
"""The terms of every document, in words of JSON-LD 1.0: who reads with that gives up at a newer one."""

VACANCY_TERMS: Final[_Terms] = {
    "sc": "http://schema.org/",
    "fu": NAMESPACE,
    "vf": "https://w3id.org/valueflows/ont/vf#",
    "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
    "vacancy": {"@id": "fu:vacancy"},
    "Intent": "vf:Intent",
    "purpose": "vf:purpose",
    "publishes": "vf:publishes",
    "reciprocal": "vf:reciprocal",
    "action": "vf:action",
    "unitBased": "vf:unitBased",
    "resourceConformsTo": "vf:resourceConformsTo",
    "resourceQuantity": "vf:resourceQuantity",
    "availableQuantity": "vf:availableQuantity",
    "hasUnit": "om2:hasUnit",
    "hasNumericalValue": "om2:hasNumericalValue",
}
"""The words of FEP-0837 and schema.org in a Note that announces a vacancy."""

CALL_TERMS: Final[_Terms] = {
    "sc": "http://schema.org/",
    "fu": NAMESPACE,
    "potentialAction": {"@id": "sc:potentialAction"},
    "campaignCall": {"@id": "fu:campaignCall"},
}
"""The words of a Question that puts a call: our own and schema.org's."""

CONTEXT: Final[list[str | _Terms]] = [ACTIVITY_STREAMS, SECURITY, DATA_INTEGRITY, MULTIKEY, TERMS]

AUTHORIZATION_CONTEXT: Final[list[str | _Terms]] = [
    ACTIVITY_STREAMS,
    {term: TERMS[term] for term in ("gts", "QuoteAuthorization", "interactingObject", "interactionTarget")}
    | {
        # So GoToSocial's own context says.
        "LikeAuthorization": "gts:LikeApproval",
        "ReplyAuthorization": "gts:ReplyAuthorization",
        "AnnounceAuthorization": "gts:AnnounceAuthorization",
    },
]
"""The context of a consent: to a quote (FEP-044f), or to a reply, a like or a boost (GoToSocial)."""


def with_context(
    document: JsonObject, context: str | list[str | _Terms] = CONTEXT, *, more: _Terms | None = None
) -> JsonObject:
    """Return the document with `@context` first; `more` are further terms.

    The terms of a vacancy, and of a call, stand only beside one: they are as long as the rest together.
    """
    if more is None:
        about = document.get("object")
        told = about if isinstance(about, dict) else document
        more = VACANCY_TERMS if "vacancy" in told else CALL_TERMS if "campaignCall" in told else None
    if more:
        context = [*([context] if isinstance(context, str) else context), more]
    return {"@context": context, **document}


def ns_document() -> JsonObject:
    """Return the JSON-LD document served at /ns: every `fu:` term, and what it means."""
    context: _Terms = {"fu": NAMESPACE, "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
    context.update(
        (term, (TERMS | VACANCY_TERMS | CALL_TERMS).get(term, f"fu:{term}")) for term in FEDIUNION_TERMS
    )
    return {
        "@context": context,
        "@id": NAMESPACE,
        "rdfs:label": "FediUnion vocabulary",
        "rdfs:comment": "What staff unions add to ActivityStreams: vacancies, calls, affiliation.",
        "rdfs:member": [
            {"@id": f"fu:{term}", "rdfs:label": term, "rdfs:comment": meaning}
            for term, meaning in FEDIUNION_TERMS.items()
        ],
    }
