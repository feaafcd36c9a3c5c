"""FEDERATION.md and docs/federation agree with the code."""

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from fediunion.activitypub import vocab
from fediunion.actors.endpoints import FEATURES as TOLD_FEATURES
from fediunion.inbox.rules import KnownRule, Rule
from fediunion.installed import rules
from tests.architecture.federation_examples import FOLDER, examples

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "FEDERATION.md").read_text("utf-8")
PAGES = sorted((ROOT / "docs" / "federation").glob("*.md"))

# What the document calls the things that rules are about.
OBJECTS = {
    "PostDocument": "Post",
    "VacancyDocument": "Vacancy",
    "RelationshipDocument": "Relationship",
    "CallDocument": "Call",
    "ReleaseDocument": "Release",
    "CoSponsorshipDocument": "CoSponsorship",
    "UnionCountDocument": "UnionCount",
    "cosponsor_offer": "CoSponsorshipOffer",
    "cosponsor_answer": "CoSponsorshipAccept",
    "call_join": "Join",
    "call_resolution": "Resolution",
    "CollectionDocument": "Collection",
    "affiliation_offer": "Offer",
    "affiliation_answer": "Accept",
    "ActorDocument": "Actor",
    "UnknownObject": "Hashtag",
    "actor": "Actor",
    "post": "Post",
    "follow": "Follow",
    "block": "Block",
    "favourite": "Like",
    "quote_request": "QuoteRequest",
    "quote": "QuoteAuthorization",
}
# What ActivityStreams, security/v1, data-integrity/v1 and multikey/v1 explain of what we send.
EXPLAINED_ELSEWHERE = {
    *(
        "@context",
        "id",
        "type",
        "actor",
        "attachment",
        "attributedTo",
        "cc",
        "content",
        "contentMap",
        "context",
    ),
    *("controller", "created", "cryptosuite", "endpoints", "first", "followers", "following", "formerType"),
    *(
        "generator",
        "endTime",
        "rel",
        "href",
        "inbox",
        "likes",
        "name",
        "object",
        "outbox",
        "owner",
        "preferredUsername",
        "proof",
    ),
    *(
        "proofPurpose",
        "proofValue",
        "publicKey",
        "publicKeyMultibase",
        "publicKeyPem",
        "published",
        "replies",
    ),
    *("sharedInbox", "shares", "source", "mediaType", "summary", "tag", "to", "totalItems", "url"),
    *(
        "oneOf",
        "verificationMethod",
        "updated",
        "subject",
        "relationship",
        "startTime",
        "orderedItems",
        "partOf",
    ),
}


def _section(title: str) -> str:
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found is not None, f"FEDERATION.md has no section {title}"
    return found[1]


def _written(rule: Rule) -> str:
    """Return a rule as the document writes it; a boost is a post here and an Announce on the wire."""
    about = rule.kind if isinstance(rule, KnownRule) else rule.object.__name__
    if (rule.activity, about) == (vocab.Undo, "post"):
        about = "Announce"
    return f"{rule.activity.__name__}({OBJECTS.get(about, about)})"


def test_the_table_lists_exactly_the_activities_that_the_inbox_has_rules_for() -> None:
    listed = re.findall(r"^\| `(\w+\(\w+\))` \|", _section("Activities that are understood"), re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == {_written(rule) for rule in rules()}


def test_the_activities_that_are_sent_are_those_that_the_code_makes() -> None:
    listed = set(re.findall(r"`(\w+)`", _section("Activities that are sent").partition("\n\n`Accept`")[0]))
    assert listed == set(_made())


def test_the_list_of_FEPs_is_the_one_that_NodeInfo_tells_and_this_document() -> None:
    listed = re.findall(r"^- \[FEP-(\w{4})\]", _section("Supported FEPs"), re.MULTILINE)
    told = [name.removeprefix("fep-") for name in TOLD_FEATURES if name.startswith("fep-")]
    assert sorted(listed) == sorted([*told, "67ff"])


@pytest.mark.parametrize("page", [ROOT / "FEDERATION.md", *PAGES], ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_examples_are_what_the_code_produces(tmp_path: Path) -> None:
    made = asyncio.run(examples(tmp_path))
    shown = {path.name: orjson.loads(path.read_bytes()) for path in FOLDER.glob("*.json")}
    assert shown.keys() == made.keys()
    for name, document in made.items():
        assert shown[name] == document, f"{name}: python -m tests.architecture.federation_examples"


def test_every_member_of_an_example_is_explained_by_its_context() -> None:
    """A reader of JSON-LD drops what is not: keys of actors were lost that way."""
    explained = EXPLAINED_ELSEWHERE | _terms().keys() | {"en"}
    special = {kind: _terms(f"context-{kind}.json") for kind in ("vacancy", "affiliation", "call")}
    for path in FOLDER.glob("*.json"):
        if not path.name.startswith("context"):
            more = next((terms for kind, terms in special.items() if path.name.startswith(kind)), {})
            members = set(_members(orjson.loads(path.read_bytes())))
            unexplained = {each for each in members - explained - more.keys() if _prefix(each) not in more}
            assert unexplained == set(), path.name


def test_every_own_term_in_a_context_is_on_the_page_about_the_vocabulary() -> None:
    page = (ROOT / "docs" / "federation" / "vocabulary.md").read_text("utf-8")
    own = [
        name
        for context in FOLDER.glob("context*.json")
        for name, meaning in _terms(context.name).items()
        if str(meaning["@id"] if isinstance(meaning, dict) else meaning).startswith("fu:")
    ]
    assert own
    assert [name for name in own if f"`{name}`" not in page] == []


def _terms(name: str = "context.json") -> dict[str, Any]:
    terms: dict[str, Any] = orjson.loads((FOLDER / name).read_bytes())[-1]
    return terms


def _prefix(member: str) -> str:
    return member.partition(":")[0] if ":" in member else ""


def _members(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _members(each)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            if name != "@context":
                yield from _members(part)


def _made() -> Iterator[str]:
    """Yield the types that some module gives to `activity_document`, or passes on to where it is called."""
    types = {
        name
        for name, each in vars(vocab).items()
        if isinstance(each, type) and issubclass(each, vocab.Activity)
    }
    for path in (ROOT / "fediunion").rglob("*.py"):
        source = path.read_text("utf-8")
        if (
            "activity_document(" not in source
            and "pin_document(" not in source
            and "_tell_pin(" not in source
        ):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                given = [each.value for each in node.args if isinstance(each, ast.Constant)]
                yield from (each for each in given if isinstance(each, str) and each in types)
