"""Activities within activities, and what else an activity may be about or carry."""

import pytest

from fediunion.activitypub.parse import (
    parse_activity,
    parse_collection,
    parse_keys,
    parse_object,
)
from fediunion.activitypub.vocab import (
    Accept,
    ActorDocument,
    Announce,
    Create,
    Delete,
    EmojiReact,
    Flag,
    Follow,
    Like,
    Link,
    Move,
    Note,
    QuoteRequest,
    Tombstone,
    Undo,
    UnknownObject,
)
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


def test_nested_activities_are_read_three_deep() -> None:
    follow = {
        "id": "https://us.example/f/1",
        "type": "Follow",
        "actor": "https://us.example/a",
        "object": ACTOR,
    }
    accept = parse_activity(activity("Accept", follow))
    assert isinstance(accept, Accept)
    assert isinstance(accept.object, Follow)
    assert accept.object.object == Link(id=ACTOR, type="Link", raw={"id": ACTOR})
    create = activity("Create", note(), id="https://good.example/c/1")
    undo = parse_activity(activity("Undo", activity("Announce", create, id="https://good.example/b/1")))
    assert isinstance(undo, Undo)
    assert isinstance(undo.object, Announce)
    assert isinstance(undo.object.object, Create)
    assert isinstance(undo.object.object.object, Note)
    deeper = activity(
        "Announce",
        activity("Undo", undo.raw["object"], id="https://good.example/d/1"),
        id="https://g.example/e",
    )
    assert refusal(deeper) == "bad-object"


def test_an_embedded_follow_needs_no_id_and_a_reference_needs_no_type() -> None:
    follow = {"type": "Follow", "actor": ACTOR, "object": "https://us.example/actors/1"}
    undo = parse_activity(activity("Undo", follow))
    assert isinstance(undo.object, Follow)
    assert undo.object.id == ""
    assert isinstance(parse_activity(activity("Like", {"id": "https://us.example/notes/1"})).object, Link)
    assert isinstance(parse_activity(activity("Like", [{"id": "https://us.example/notes/1"}])).object, Link)


def test_an_embedded_object_that_cannot_be_read_counts_as_its_id_unless_it_is_to_be_stored() -> None:
    stub = {"id": "https://good.example/actors/2", "type": "Person"}
    assert isinstance(parse_activity(activity("Delete", stub)).object, Link)
    assert refusal(activity("Update", stub)) == "incomplete-actor"


def test_type_names_with_the_vocabularys_prefix_mean_the_same() -> None:
    assert isinstance(parse_activity(activity("as:Like")), Like)
    assert isinstance(parse_activity(activity("https://www.w3.org/ns/activitystreams#Like")), Like)


def test_a_report_names_all_that_is_reported() -> None:
    flag = parse_activity(activity("Flag", [ACTOR, "https://us.example/notes/1"], content="spam"))
    assert isinstance(flag, Flag)
    assert (flag.objects, flag.object.id, flag.content) == (
        (ACTOR, "https://us.example/notes/1"),
        ACTOR,
        "spam",
    )


def test_A28_a_report_of_a_thousand_objects_is_capped() -> None:
    flag = parse_activity(activity("Flag", [f"https://us.example/notes/{n}" for n in range(1000)]))
    assert isinstance(flag, Flag)
    assert len(flag.objects) == 100


def test_reactions_carry_their_emoji() -> None:
    tag = [
        {
            "type": "Emoji",
            "name": ":solidarity:",
            "icon": {"type": "Image", "url": "https://good.example/s.png"},
        }
    ]
    like = parse_activity(activity("Like", content=":solidarity:", tag=tag))
    assert isinstance(like, Like)
    assert like.content == ":solidarity:"
    assert [emoji.shortcode for emoji in like.emojis] == ["solidarity"]
    misskey = parse_activity(activity("Like", _misskey_reaction="❤"))
    assert isinstance(misskey, Like)
    assert misskey.content == "❤"
    assert isinstance(parse_activity(activity("EmojiReact", content="🔥")), EmojiReact)


def test_answers_requests_and_moves_carry_what_they_are_about() -> None:
    accept = parse_activity(activity("Accept", result="https://us.example/stamps/1"))
    assert isinstance(accept, Accept)
    assert accept.result == "https://us.example/stamps/1"
    request = parse_activity(activity("QuoteRequest", instrument=note()))
    assert isinstance(request, QuoteRequest)
    assert isinstance(request.instrument, Note)
    move = parse_activity(activity("Move", ACTOR, target="https://new.example/actors/1"))
    assert isinstance(move, Move)
    assert move.target == "https://new.example/actors/1"


def test_a_tombstone_an_actor_and_a_thing_without_id_are_read_inside_activities() -> None:
    tombstone = {"id": "https://good.example/notes/1", "type": "Tombstone", "formerType": "Note"}
    deleted = parse_activity(activity("Delete", tombstone))
    assert isinstance(deleted, Delete)
    assert isinstance(deleted.object, Tombstone)
    assert deleted.object.former_type == "Note"
    person = {"id": ACTOR, "type": "Person", "inbox": f"{ACTOR}/inbox", "preferredUsername": "bob"}
    assert isinstance(parse_activity(activity("Update", person)).object, ActorDocument)
    offered = parse_activity(activity("Offer", {"type": "Agreement", "name": "x"})).object
    assert isinstance(offered, UnknownObject)
    assert offered.id == ""


def test_collections_and_pages_are_read() -> None:
    page = {
        "type": "CollectionPage",
        "items": ["https://good.example/notes/2"],
        "next": "https://good.example/r?p=2",
    }
    document = {"id": "https://good.example/r", "type": "Collection", "totalItems": 3, "first": page}
    collection = parse_collection(document)
    assert (collection.total_items, collection.first_page, collection.hidden) == (3, page, False)
    assert parse_collection(page).items == ("https://good.example/notes/2",)
    hidden = parse_collection(
        {"id": "https://good.example/f", "type": "OrderedCollection", "totalItems": 812}
    )
    assert (hidden.hidden, hidden.total_items) == (True, 812)
    with pytest.raises(BadDocument):
        parse_collection(note())
    with pytest.raises(BadDocument):
        parse_object({"id": "https://good.example/x"})


def test_keys_are_read_from_the_actor_a_stub_and_the_key_itself() -> None:
    key = {"id": f"{ACTOR}/main-key", "owner": ACTOR, "publicKeyPem": "PEM"}
    stub = {"id": ACTOR, "type": "Person", "preferredUsername": "bob", "publicKey": key}
    assert [(found.id, found.owner, found.pem) for found in parse_keys(stub)] == [
        (f"{ACTOR}/main-key", ACTOR, "PEM")
    ]
    assert parse_keys(key | {"type": "CryptographicKey"}) == parse_keys(stub)
    assert parse_keys({"id": f"{ACTOR}/main-key", "publicKeyPem": "PEM"}) == ()
