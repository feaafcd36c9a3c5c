"""Who may say what: the rules that both inboxes and everything fetched are held to."""

from typing import Any

import pytest

from fediunion.activitypub.authority import (
    Sender,
    check_activity,
    check_fetched,
    check_key_origin,
    check_known_object,
    check_shared_key,
    is_ours,
    key_among,
    key_of_owner,
    may_prove,
    sender_of,
    vouches_for_object,
)
from fediunion.activitypub.parse import parse_activity, parse_actor, parse_object
from fediunion.activitypub.vocab import Activity, ActorDocument
from fediunion.kit.errors import BadSignature, Refused

OURS = frozenset({"us.example"})
ALICE = "https://good.example/users/alice"
BOB = "https://good.example/users/bob"
VICTIM = "https://victim.example/users/v"
MINE = "https://us.example/actors/a"


def activity(type: str, object: Any, *, actor: str = ALICE, **more: Any) -> Activity:
    """Return an activity of alice."""
    return parse_activity(
        {"id": "https://good.example/activities/1", "type": type, "actor": actor, "object": object, **more}
    )


def note(**more: Any) -> dict[str, Any]:
    """Return a note of alice."""
    return {
        "id": "https://good.example/notes/1",
        "type": "Note",
        "attributedTo": ALICE,
        "content": "x",
    } | more


def test_the_owner_of_the_key_is_the_actor() -> None:
    assert sender_of(ALICE, ALICE) is Sender.ITSELF


@pytest.mark.parametrize("actor", [BOB, "https://GOOD.example/users/bob", f"{ALICE}/", f"{ALICE}?x"])
def test_S27_S31_another_actor_on_the_same_host_is_a_neighbour(actor: str) -> None:
    assert sender_of(ALICE, actor) is Sender.NEIGHBOUR


@pytest.mark.parametrize("actor", [VICTIM, "https://good.example:8443/users/alice"])
def test_S27_an_actor_elsewhere_makes_it_a_forwarded_activity(actor: str) -> None:
    assert sender_of(ALICE, actor) is Sender.FORWARDER


def person(uri: str, *keys: dict[str, str] | str) -> ActorDocument:
    """Return an actor whose document lists keys."""
    document = {"id": uri, "type": "Person", "inbox": f"{uri}/inbox", "preferredUsername": "a"}
    return parse_actor({**document, "publicKey": list(keys)})


KEY = f"{ALICE}#main-key"


@pytest.mark.parametrize(
    "listed", [KEY, {"id": KEY, "owner": BOB}, {"id": KEY, "owner": ALICE}], ids=["id", "own", "owner's"]
)
def test_S31_a_key_that_an_actor_lists_speaks_for_it(listed: dict[str, str] | str) -> None:
    assert check_shared_key(person(BOB, f"{BOB}#main-key", listed), BOB, KEY, ALICE).id == KEY


@pytest.mark.parametrize(
    ("actor", "actor_uri", "key"),
    [
        (person(BOB, f"{BOB}#main-key"), BOB, KEY),
        (person(BOB, f"{KEY}-2"), BOB, KEY),
        (person(BOB, {"id": KEY, "owner": VICTIM}), BOB, KEY),
        (person(ALICE, KEY), BOB, KEY),
        (person(VICTIM, KEY), VICTIM, KEY),
        (person("http://good.example/users/bob", KEY), "http://good.example/users/bob", KEY),
    ],
    ids=["not listed", "another id", "another owner", "another document", "another host", "another scheme"],
)
def test_S31_a_key_that_an_actor_does_not_list_does_not(
    actor: ActorDocument, actor_uri: str, key: str
) -> None:
    with pytest.raises(BadSignature) as caught:
        check_shared_key(actor, actor_uri, key, ALICE)
    assert caught.value.reason == "actor-mismatch"


def test_S23_a_key_belongs_to_an_actor_of_its_own_server() -> None:
    check_key_origin(KEY, ALICE)
    for owner in (VICTIM, "http://good.example/users/alice", "https://good.example:444/users/alice", ""):
        with pytest.raises(BadSignature) as caught:
            check_key_origin(KEY, owner)
        assert caught.value.reason == "key-owner"


def test_S25_a_key_is_found_by_just_its_id() -> None:
    keys = person(ALICE, f"{KEY}-2", {"id": "https://GOOD.example:443/users/alice#main-key", "owner": ALICE})
    assert key_among(keys.public_keys, KEY).owner == ALICE
    for other in (ALICE, f"{ALICE}#Main-key", f"{ALICE}/#main-key", f"{ALICE}?x#main-key"):
        with pytest.raises(BadSignature) as caught:
            key_among(keys.public_keys, other)
        assert caught.value.reason == "key-not-listed"


def test_S31_a_key_is_its_owners_where_the_owner_says_so() -> None:
    assert key_of_owner(person(ALICE, KEY), ALICE, KEY).id == KEY
    for document in (person(BOB, KEY), person(ALICE, {"id": KEY, "owner": BOB})):
        with pytest.raises(BadSignature) as caught:
            key_of_owner(document, ALICE, KEY)
        assert caught.value.reason == "key-owner"


def test_S42_a_proof_needs_a_key_of_the_actors_own_server() -> None:
    assert may_prove(KEY, ALICE)
    assert not may_prove(KEY, VICTIM)


@pytest.mark.parametrize(
    "uri",
    ["https://us.example/x", "https://US.example/x", "https://us.example./x", "https://us.example:443/x"],
)
def test_F13_every_spelling_of_our_host_is_ours(uri: str) -> None:
    assert is_ours(uri, OURS)


@pytest.mark.parametrize("uri", ["https://us.example.evil.example/", "https://us.example:444/", "no address"])
def test_other_hosts_are_not_ours(uri: str) -> None:
    assert not is_ours(uri, OURS)


@pytest.mark.parametrize(
    "refused",
    [
        activity("Follow", MINE, actor=MINE),
        activity("Follow", MINE, actor=VICTIM),
        activity("Create", note(id=f"{MINE}/posts/1")),
        activity("Create", note(attributedTo=MINE)),
        activity("Update", note(id=f"{MINE}/posts/1")),
        activity("Update", {"id": BOB, "type": "Person", "inbox": f"{BOB}/inbox", "preferredUsername": "b"}),
        activity("Delete", f"{MINE}/posts/1"),
        activity("Delete", "https://victim.example/notes/1"),
        activity("Delete", "http://good.example/notes/1"),
        activity("Delete", "https://good.example:8443/notes/1"),
        activity("Delete", {"id": BOB, "type": "Person", "inbox": f"{BOB}/inbox", "preferredUsername": "b"}),
        activity("Undo", "https://victim.example/likes/1"),
        activity("Undo", {"id": "https://good.example/l/1", "type": "Like", "actor": BOB, "object": MINE}),
        activity("Move", BOB, target=VICTIM),
    ],
    ids=[
        *("as one of ours", "S27 id elsewhere", "F14 create ours", "create by ours", "A04 update ours"),
        *(
            "A07 update another actor",
            "A04 delete ours",
            "A01 delete elsewhere",
            "other scheme",
            "other port",
        ),
        *("A03 delete another actor", "A16 undo elsewhere", "A16 undo another's", "A25 move another"),
    ],
)
def test_what_nobody_may_do_is_refused(refused: Activity) -> None:
    with pytest.raises(Refused):
        check_activity(refused, OURS)


@pytest.mark.parametrize(
    "fine",
    [
        activity("Create", note()),
        activity("Create", note(attributedTo=VICTIM)),
        activity(
            "Update", {"id": ALICE, "type": "Person", "inbox": f"{ALICE}/inbox", "preferredUsername": "a"}
        ),
        activity("Delete", "https://good.example/notes/1"),
        activity("Delete", ALICE),
        activity("Undo", "https://good.example/likes/1"),
        activity("Undo", {"type": "Follow", "actor": ALICE, "object": MINE}),
        activity("Announce", f"{MINE}/posts/1"),
        activity("Move", ALICE, target=VICTIM),
    ],
)
def test_what_an_actor_may_do_is_not_refused(fine: Activity) -> None:
    check_activity(fine, OURS)


@pytest.mark.parametrize("author", [ALICE, [ALICE], {"id": ALICE, "type": "Person"}, [VICTIM, ALICE]])
def test_an_author_vouches_for_a_post_in_every_form_of_attribution(author: Any) -> None:
    assert vouches_for_object(activity("Create", note(attributedTo=author)))


@pytest.mark.parametrize(
    "unproven",
    [
        activity("Create", note(attributedTo=BOB)),
        activity("Create", note(attributedTo=None)),
        activity("Create", note(id="https://victim.example/notes/1")),
        activity("Create", "https://good.example/notes/1"),
        activity("Announce", note()),
        activity(
            "Update", {"id": ALICE, "type": "Person", "inbox": f"{ALICE}/inbox", "preferredUsername": "a"}
        ),
    ],
    ids=["A09 other author", "no author", "A10 other host", "bare id", "A13 announce", "F24 actor"],
)
def test_what_an_actor_cannot_vouch_for_has_to_be_fetched(unproven: Activity) -> None:
    assert not vouches_for_object(unproven)


@pytest.mark.parametrize("kind", ["Delete", "Update"])
def test_A03_a_known_actor_is_deleted_and_updated_by_itself_only(kind: str) -> None:
    with pytest.raises(Refused):
        check_known_object(activity(kind, BOB), "actor")
    check_known_object(activity(kind, ALICE), "actor")
    check_known_object(activity(kind, "https://good.example/notes/1"), "post")


def test_F23_what_was_fetched_belongs_to_where_it_came_from() -> None:
    fetched = parse_object(note())
    check_fetched(fetched, "https://good.example/notes/1")
    with pytest.raises(Refused):
        check_fetched(fetched, "https://evil.example/notes/1")
    with pytest.raises(Refused):
        check_fetched(parse_object(note(attributedTo=VICTIM)), "https://good.example/notes/1")
