"""Contexts: every prefix explained, nothing remote but what everybody ships."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from fediunion.activitypub.contexts import (
    ACTIVITY_STREAMS,
    CONTEXT,
    FEDIUNION_TERMS,
    NAMESPACE,
    QUOTE_CONTEXT,
    TERMS,
    VACANCY_TERMS,
    ns_document,
    with_context,
)

WELL_KNOWN = {
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/multikey/v1",
}


def test_the_context_names_activity_streams_first_and_nothing_unknown() -> None:
    assert CONTEXT[0] == ACTIVITY_STREAMS
    assert {entry for entry in CONTEXT if isinstance(entry, str)} <= WELL_KNOWN


def test_every_prefix_that_a_term_uses_is_defined() -> None:
    for context in (TERMS, QUOTE_CONTEXT[1]):
        assert isinstance(context, dict)
        for term, meaning in context.items():
            name = meaning["@id"] if isinstance(meaning, dict) else meaning
            prefix = name.partition(":")[0]
            assert prefix in ("http", "https", "as") or prefix in context, term


@pytest.mark.parametrize(
    "term",
    [
        "Hashtag",
        "sensitive",
        "votersCount",
        "focalPoint",
        "blurhash",
        "discoverable",
        "indexable",
        "featured",
        "featuredTags",
        "alsoKnownAs",
        "movedTo",
        "manuallyApprovesFollowers",
        "PropertyValue",
        "value",
        "Emoji",
        "webfinger",
        "implements",
        "quote",
        "_misskey_quote",
        "interactionPolicy",
        "canQuote",
        "automaticApproval",
        "campaignCall",
    ],
)
def test_the_terms_that_we_send_are_explained(term: str) -> None:
    assert term in TERMS


def test_the_context_stands_first_and_a_feature_adds_its_terms() -> None:
    document = with_context({"id": "https://us.example/1"}, ACTIVITY_STREAMS, more={"fu": NAMESPACE})
    assert document == {"@context": [ACTIVITY_STREAMS, {"fu": NAMESPACE}], "id": "https://us.example/1"}
    assert with_context({"id": "x"})["@context"] is CONTEXT


def test_the_namespace_document_tells_every_term_of_ours() -> None:
    document = ns_document()
    assert json.loads(json.dumps(document)) == document
    assert {each["@id"] for each in document["rdfs:member"]} == {f"fu:{term}" for term in FEDIUNION_TERMS}
    used = {meaning["@id"] for meaning in TERMS.values() if isinstance(meaning, dict)}
    assert {name.removeprefix("fu:") for name in used if name.startswith("fu:")} <= set(FEDIUNION_TERMS)
    assert document["@context"]["vacancy"] == {"@id": "fu:vacancy"}


@pytest.mark.parametrize(
    "wrap", [lambda note: note, lambda note: {"id": "c", "object": note}], ids=["the note", "its Create"]
)
def test_the_terms_of_a_vacancy_stand_beside_a_vacancy_alone(wrap: Callable[[Any], Any]) -> None:
    with_one, without = wrap({"id": "x", "vacancy": {}}), wrap({"id": "x"})
    assert with_context(with_one)["@context"] == [*CONTEXT, VACANCY_TERMS]
    assert with_context(without)["@context"] == CONTEXT
