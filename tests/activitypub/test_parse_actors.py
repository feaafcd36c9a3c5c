"""Actors from elsewhere: what each must have, and the shapes of the rest."""

import pytest

from fediunion.activitypub.parse import parse_actor
from fediunion.activitypub.vocab import ACTOR_TYPES, KeyDocument
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

ACTOR = "https://good.example/actors/1"


def actor(**more: object) -> JsonObject:
    return {"id": ACTOR, "type": "Person", "preferredUsername": "bob", "inbox": f"{ACTOR}/inbox"} | more


def refusal(**more: object) -> str:
    with pytest.raises(BadDocument) as caught:
        parse_actor(actor(**more))
    return caught.value.reason


@pytest.mark.parametrize("type", ACTOR_TYPES)
def test_all_five_types_are_accepted(type: str) -> None:
    assert parse_actor(actor(type=type)).type == type
    assert parse_actor(actor(type=["https://x.example/Union", type])).type == type


def test_an_actor_without_inbox_or_any_name_is_refused() -> None:
    assert refusal(inbox=None) == "incomplete-actor"
    assert refusal(preferredUsername=None) == "incomplete-actor"
    assert (
        parse_actor(actor(preferredUsername=None, webfinger="acct:bob@good.example")).webfinger
        == "bob@good.example"
    )


@pytest.mark.parametrize("username", ["bob smith", "bob@x", "../x", "bob\n", ".bob", "<b>"])
def test_a_username_that_is_none_is_refused(username: str) -> None:
    assert refusal(preferredUsername=username) == "bad-username"


@pytest.mark.parametrize(
    ("type", "id", "accepted"),
    [
        ("Application", "https://good.example:8080/users/good.example:8080", True),
        ("Service", "https://good.example:8080/users/good.example:8080", True),
        ("Person", "https://good.example:8080/users/good.example:8080", False),
        ("Application", "https://other.example:8080/users/good.example:8080", False),
        ("Application", "https://good.example/users/good.example:8080", False),
    ],
    ids=["instance actor", "service", "person", "of another host", "without the port"],
)
def test_the_actor_of_a_server_may_be_called_like_its_host_with_a_port(
    type: str, id: str, accepted: bool
) -> None:
    named = {"type": type, "id": id, "preferredUsername": "good.example:8080", "inbox": f"{id}/inbox"}
    if accepted:
        assert parse_actor(actor(**named)).preferred_username == "good.example-8080"
    else:
        assert refusal(**named) == "bad-username"


@pytest.mark.parametrize("id", [None, f"{ACTOR}#main-key", "acct:bob@good.example", "x"])
def test_P13_an_actor_needs_an_id_without_fragment(id: object) -> None:
    assert refusal(id=id) == "bad-id"


def test_what_is_no_actor_is_refused() -> None:
    assert refusal(type="Note") == "bad-type"


@pytest.mark.parametrize("webfinger", ["bob", "bob@", "@", "bob@host", "bob@x.example/y", "b b@x.example", 7])
def test_a_webfinger_address_that_is_none_is_left_out(webfinger: object) -> None:
    assert parse_actor(actor(webfinger=webfinger)).webfinger is None


def test_pictures_endpoints_and_collections_in_any_shape() -> None:
    read = parse_actor(
        actor(
            icon=[{"type": "Image", "url": [{"type": "Link", "href": "https://good.example/a.png"}]}],
            image={"type": "Image", "url": "https://good.example/b.svg"},
            endpoints={"sharedInbox": "https://good.example/inbox"},
            followers={"id": f"{ACTOR}/followers", "type": "Collection"},
            url=[{"type": "Link", "mediaType": "text/html", "href": "https://good.example/@bob"}],
        )
    )
    assert (read.icon_url, read.image_url) == ("https://good.example/a.png", None)
    assert (read.shared_inbox, read.followers) == ("https://good.example/inbox", f"{ACTOR}/followers")
    assert read.url == "https://good.example/@bob"
    assert (
        parse_actor(actor(endpoints="x", sharedInbox="https://good.example/inbox")).shared_inbox is not None
    )


def test_profile_fields_are_read_from_one_or_many_and_capped() -> None:
    pronouns = {"type": "PropertyValue", "name": "Pronouns", "value": "they"}
    assert parse_actor(actor(attachment=pronouns)).fields == (("Pronouns", "they"),)
    others = [
        {"type": "schema:PropertyValue", "name": "A", "value": None},
        {"type": "Image", "url": "https://x.example"},
    ]
    assert parse_actor(actor(attachment=others)).fields == (("A", ""),)
    assert len(parse_actor(actor(attachment=[pronouns] * 500)).fields) == 50


def test_switches_are_true_only_when_they_are() -> None:
    read = parse_actor(
        actor(manuallyApprovesFollowers="yes", discoverable=True, indexable="x", suspended=True)
    )
    assert (read.manually_approves_followers, read.discoverable, read.indexable, read.suspended) == (
        False,
        True,
        None,
        True,
    )


def test_aliases_and_moves_are_ids() -> None:
    read = parse_actor(actor(alsoKnownAs="https://old.example/1", movedTo={"id": "https://new.example/1"}))
    assert (read.also_known_as, read.moved_to) == (("https://old.example/1",), "https://new.example/1")
    assert parse_actor(actor(alsoKnownAs=None)).also_known_as == ()


def test_keys_of_both_kinds_are_read_and_their_declared_owner_is_kept() -> None:
    rsa = {"id": f"{ACTOR}#main-key", "owner": "https://victim.example/1", "publicKeyPem": "PEM"}
    ed25519 = {
        "id": f"{ACTOR}#ed25519-key",
        "type": "Multikey",
        "controller": ACTOR,
        "publicKeyMultibase": "z6Mk",
    }
    assert parse_actor(
        actor(publicKey=rsa, assertionMethod=[ed25519, "https://good.example/keys/2"])
    ).public_keys == (
        KeyDocument(id=f"{ACTOR}#main-key", owner="https://victim.example/1", pem="PEM"),
        KeyDocument(id=f"{ACTOR}#ed25519-key", owner=ACTOR, multibase="z6Mk"),
        KeyDocument(id="https://good.example/keys/2", owner=ACTOR),
    )
    assert parse_actor(actor(publicKey={"id": "x", "publicKeyPem": "PEM"})).public_keys == ()


def test_what_the_software_implements_is_read_from_actor_and_generator() -> None:
    rfc_9421 = {"href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC-9421"}
    read = parse_actor(
        actor(generator={"type": "Application", "implements": [rfc_9421]}, implements="https://x.example/y")
    )
    assert read.implements == ("https://x.example/y", "https://datatracker.ietf.org/doc/html/rfc9421")
