"""Activities from elsewhere: what must be there, what may be written how, and what is refused."""

import math
from typing import Any

import pytest

from fediunion.activitypub.parse import (
    UNKNOWN_ACTIVITY_TYPE,
    parse_activity,
)
from fediunion.activitypub.vocab import ACTIVITY_CLASSES, PUBLIC, Note
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

ACTOR = "https://good.example/actors/1"


def activity(type: str = "Like", object: object = "https://us.example/notes/1", **more: object) -> JsonObject:
    return {"id": "https://good.example/a/1", "type": type, "actor": ACTOR, "object": object} | more


def note(**more: object) -> JsonObject:
    return {
        "id": "https://good.example/notes/1",
        "type": "Note",
        "attributedTo": ACTOR,
        "content": "<p>Hi</p>",
    } | more


def refusal(document: object) -> str:
    with pytest.raises(BadDocument) as caught:
        parse_activity(document)
    return caught.value.reason


@pytest.mark.parametrize("cls", ACTIVITY_CLASSES, ids=lambda cls: cls.type_name)
def test_every_activity_type_is_read_as_its_class(cls: type[Any]) -> None:
    read = parse_activity(activity(cls.type_name, to=[PUBLIC], cc="https://good.example/actors/1/followers"))
    assert type(read) is cls
    assert read.object.id == "https://us.example/notes/1"
    assert (read.actor, read.to, read.cc) == (ACTOR, (PUBLIC,), (f"{ACTOR}/followers",))


def test_P03_a_type_nobody_knows_is_told_apart_from_a_malformed_one() -> None:
    assert refusal(activity("Teleport")) == UNKNOWN_ACTIVITY_TYPE
    assert refusal(note()) == UNKNOWN_ACTIVITY_TYPE
    for malformed in (None, "", 7, {"a": 1}, [], ["Create"], ["Create", "Like"], "x" * 300):
        assert refusal(activity() | {"type": malformed}) == "bad-type"
    assert refusal({key: value for key, value in activity().items() if key != "type"}) == "bad-type"


@pytest.mark.parametrize("document", [None, [], "text", 7, math.nan, {1: 2}, {"a": {1, 2}}])
def test_P03_what_is_no_json_object_is_refused(document: object) -> None:
    assert refusal(document) in ("not-an-object", "not-json")


@pytest.mark.parametrize(
    "id",
    [
        *(
            None,
            "",
            7,
            "relative/1",
            "/a/1",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https:///x",
        ),
        *("https://x.example/" + "a" * 10_000, "https://x.example/a b", "https://x.example/\r\nHost: y"),
        *("https://u@x.example/1", "https://x.example\\@y.example/", "https://x.example/<script>"),
    ],
)
def test_P13_an_id_that_is_no_plain_web_address_is_refused(id: object) -> None:
    assert refusal(activity() | {"id": id}) == "bad-id"
    assert refusal(activity("Create", note() | {"id": id})) == "bad-id"


def test_P13_a_fragment_is_allowed_on_activities_and_not_on_actors_and_posts() -> None:
    assert parse_activity(activity(id="https://good.example/a#likes/1")).id.endswith("#likes/1")
    assert refusal(activity(actor=f"{ACTOR}#key")) == "bad-actor"
    assert refusal(activity("Create", note(id="https://good.example/notes/1#x"))) == "bad-id"


def test_P13_a_poll_vote_may_have_a_fragment_because_mastodons_have() -> None:
    vote = note(id=f"{ACTOR}#votes/1", name="Yes", inReplyTo="https://us.example/notes/1") | {"content": None}
    assert isinstance(parse_activity(activity("Create", vote)).object, Note)


@pytest.mark.parametrize(
    "object", [None, 7, True, [], ["https://x.example/1"] * 1000, [[note()]], {}, {"type": []}]
)
def test_P14_an_object_that_is_none_is_refused(object: object) -> None:
    assert refusal(activity("Create", object)) in ("bad-object", "bad-type")


def test_P14_an_activity_cannot_be_done_to_itself() -> None:
    assert refusal(activity("Like", "https://good.example/a/1")) == "bad-object"
    assert refusal(activity("Undo", activity("Like"))) == "bad-object"
    inner = activity("Like", "https://good.example/b/1", id="https://good.example/b/1")
    assert refusal(activity("Announce", inner)) == "bad-object"


def test_P14_an_endless_document_is_refused() -> None:
    endless = activity("Undo")
    endless["object"] = endless
    assert refusal(endless) == "not-json"


@pytest.mark.parametrize(
    "actor", [None, "", 7, [], {}, {"name": "x"}, {"id": None}, {"id": "x"}, [ACTOR, ACTOR]]
)
def test_S29_an_actor_without_one_id_is_refused(actor: object) -> None:
    assert refusal(activity() | {"actor": actor}) == "bad-actor"


def test_S29_an_embedded_actor_is_nothing_but_its_id() -> None:
    embedded = {"id": "https://victim.example/actors/1", "type": "Person", "publicKey": {"publicKeyPem": "x"}}
    assert parse_activity(activity() | {"actor": embedded}).actor == "https://victim.example/actors/1"
    assert parse_activity(activity() | {"actor": [ACTOR]}).actor == ACTOR


@pytest.mark.parametrize("keyword", ["@graph", "@included", "@reverse", "@nest"])
def test_S41_json_ld_keywords_that_change_the_meaning_are_refused_at_any_depth(keyword: str) -> None:
    assert refusal(activity() | {keyword: []}) == "json-ld-keyword"
    assert refusal(activity("Create", note(tag=[{keyword: {}}]))) == "json-ld-keyword"
    said = parse_activity(activity("Create", note(content=f'use "{keyword}": with care'))).object
    assert isinstance(said, Note)
    assert keyword in (said.content or "")


def test_S41_an_inline_context_changes_nothing() -> None:
    context = {
        "@context": {"actor": "as:object", "object": "as:actor", "a": "b", "b": "@graph", "to": "as:bto"}
    }
    plain = parse_activity(activity("Create", note()))
    tricked = parse_activity(context | activity("Create", note()))
    assert (plain.actor, plain.object, plain.to) == (tricked.actor, tricked.object, tricked.to)


def test_P20_bto_and_bcc_are_nowhere_in_what_is_kept() -> None:
    secret = {"bto": ["https://us.example/actors/9"], "bcc": "https://us.example/actors/9", "as:bto": "x"}
    read = parse_activity(
        activity("Create", note(**secret, tag=[{"type": "Hashtag", "name": "#a", **secret}])) | secret
    )
    assert "bto" not in repr(read)
    assert "bcc" not in repr(read)
    assert "actors/9" not in repr(read)


def test_P12_zero_characters_are_stripped_from_what_is_shown_and_what_is_kept() -> None:
    read = parse_activity(activity("Create", note(content="a\x00b", name="c\x00d")))
    assert isinstance(read.object, Note)
    assert (read.object.content, read.object.name) == ("ab", "cd")
    assert "\x00" not in str(read.raw)


def test_P12_text_that_no_database_could_store_is_refused() -> None:
    assert refusal(activity("Create", note(content="\ud800"))) == "not-json"


def test_P24_keys_with_a_meaning_elsewhere_are_inert() -> None:
    odd = {"__proto__": {"admin": True}, "constructor": 1, "_sa_instance_state": 1, "self": 1, "metadata": 1}
    read = parse_activity(activity("Create", note(**odd)) | odd)
    assert read.object == parse_activity(activity("Create", note())).object or isinstance(read.object, Note)
    assert read.object.id == "https://good.example/notes/1"
    assert not hasattr(read, "metadata")
    assert not hasattr(read.object, "constructor")
