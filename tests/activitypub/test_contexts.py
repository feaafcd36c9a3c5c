"""Contexts: every prefix explained, nothing remote but what everybody ships."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fediunion.activitypub.contexts import (
    ACTIVITY_STREAMS,
    AUTHORIZATION_CONTEXT,
    CALL_TERMS,
    CONTEXT,
    FEDIUNION_TERMS,
    NAMESPACE,
    TERMS,
    VACANCY_TERMS,
    ns_document,
    with_context,
)

EXAMPLES = Path(__file__).parents[2] / "docs" / "federation" / "examples"
WITH_CONTEXT = sorted(
    path for path in EXAMPLES.glob("*.json") if "context" in path.name + path.read_text("utf-8")
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
    for context in (TERMS, AUTHORIZATION_CONTEXT[1]):
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
    assert document["@context"]["campaignCall"] == {"@id": "fu:campaignCall"}


@pytest.mark.parametrize(
    "wrap", [lambda note: note, lambda note: {"id": "c", "object": note}], ids=["the note", "its Create"]
)
@pytest.mark.parametrize(
    ("member", "terms"),
    [("vacancy", VACANCY_TERMS), ("campaignCall", CALL_TERMS)],
    ids=["a vacancy", "a call"],
)
def test_the_terms_of_a_vacancy_and_of_a_call_stand_beside_one_alone(
    wrap: Callable[[Any], Any], member: str, terms: dict[str, Any]
) -> None:
    with_one, without = wrap({"id": "x", member: {}}), wrap({"id": "x"})
    assert with_context(with_one)["@context"] == [*CONTEXT, terms]
    assert with_context(without)["@context"] == CONTEXT
    assert member in terms
    assert member not in TERMS


@pytest.mark.parametrize("path", WITH_CONTEXT, ids=lambda path: path.stem)
def test_no_context_has_a_word_that_JSON_LD_1_0_does_not_know(path: Path) -> None:
    """Friendica reads with a processor of 1.0: at `@json` it drops the whole document."""
    document = json.loads(path.read_bytes())
    for context in [document] if path.name.startswith("context") else _contexts(document):
        for entry in context if isinstance(context, list) else [context]:
            if isinstance(entry, dict):
                for term, meaning in entry.items():
                    assert _known_to_1_0(term, meaning), (term, meaning)


def _contexts(value: object) -> Iterator[Any]:
    """Yield every `@context` in a document, those within it too."""
    if isinstance(value, list):
        for each in value:
            yield from _contexts(each)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from ([part] if name == "@context" else _contexts(part))


def _known_to_1_0(term: str, meaning: Any) -> bool:
    """Return whether JSON-LD 1.0 takes a definition. Source: https://www.w3.org/TR/2014/REC-json-ld-20140116/"""
    if isinstance(meaning, str):
        return not term.startswith("@") or term in ("@base", "@vocab", "@language")
    parts = dict(meaning)
    of_type, container = parts.pop("@type", "@id"), parts.pop("@container", "@set")
    return (
        set(parts) <= {"@id", "@reverse", "@language"}
        and (of_type in ("@id", "@vocab") or not of_type.startswith("@"))
        and container in ("@list", "@set", "@index", "@language")
    )
