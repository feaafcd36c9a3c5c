"""Actors of ours: names, keys at rest, reach; and what of a remote document is believed."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor
from fediunion.actors.events import ActorDeleted, ActorKeysRotated
from fediunion.actors.keys import private_key_of
from fediunion.actors.models import Actor, ActorKey, ActorKind, Reach
from fediunion.actors.queries import find_actor_by_handle, find_actor_by_uri, instance_actor, keys_of
from fediunion.actors.remote import resolve_actor
from fediunion.actors.service import (
    mark_actor_deleted,
    record_remote_actor,
    rotate_keys,
    set_reach,
)
from fediunion.db.known_uris import TOMBSTONE, find_known_uri
from fediunion.jobs.models import Job
from fediunion.kit.errors import BadConfiguration, BadDocument, Gone, Invalid, Refused
from tests.actors.home import Home, keys_for
from tests.fakes.stranger import Stranger


def _record(session: Session, document: dict[str, Any], *, fetched: bool = False) -> Actor:
    return record_remote_actor(session, parse_actor(document), fetched=fetched)


def _jobs(session: Session) -> list[str]:
    return sorted(session.scalars(select(Job.kind)))


async def test_a_name_is_taken_in_every_case_and_for_ever(home: Home) -> None:
    await home.add("ana")
    for name in ("ana", "ANA"):
        with pytest.raises(Invalid) as caught:
            await home.add(name)
        assert caught.value.field == "username"
    await home.change("ana", mark_actor_deleted)
    with pytest.raises(Invalid):
        await home.add("ana")


@pytest.mark.parametrize("name", ["", "ä", "a b", ".a", "a.", "a..b", "a-.b", "a" * 31, "a@b", "a/b", "-a"])
async def test_names_that_other_servers_cannot_read_are_refused(home: Home, name: str) -> None:
    with pytest.raises(Invalid):
        await home.add(name)


@pytest.mark.parametrize("name", ["marta.v", "rep-41", "blue-heron", "_x_", "0"])
async def test_dots_and_dashes_inside_are_fine(home: Home, name: str) -> None:
    assert (await home.add(name)).uri == f"https://union.test/actors/{name}"


async def test_private_keys_are_sealed_with_a_key_that_is_not_in_the_database(home: Home) -> None:
    ana = await home.add("ana")
    rows = await home.world.db.read(keys_of, ana.id)
    assert {row.algorithm for row in rows} == {"rsa", "ed25519"}
    for row in rows:
        assert row.sealed_private is not None
        assert b"PRIVATE" not in row.sealed_private
        assert private_key_of(row, home.settings).algorithm == row.algorithm
    first, second = rows
    first.sealed_private = second.sealed_private
    with pytest.raises(BadConfiguration):
        private_key_of(first, home.settings)


async def test_rotation_announces_itself_to_the_features(home: Home) -> None:
    ana = await home.add("ana")
    await home.change("ana", rotate_keys, keys_for(home.settings, 2))
    assert home.announced == [ActorKeysRotated(ana.id)]


@pytest.mark.parametrize(
    ("reach", "locked", "discoverable"),
    [(Reach.HIDDEN, True, False), (Reach.FOLLOWABLE, True, False), (Reach.PUBLIC, False, True)],
)
async def test_reach_decides_who_may_find_and_follow(
    home: Home, reach: Reach, locked: bool, discoverable: bool
) -> None:
    ana = await home.add("ana", reach=reach, locked=False)
    assert (ana.reach, ana.locked, ana.discoverable, ana.indexable) == (reach, locked, discoverable, False)


async def test_institutions_are_public_and_have_no_reach(home: Home) -> None:
    jobs = await home.add("jobs", kind=ActorKind.BOARD, reach=Reach.HIDDEN)
    assert (jobs.reach, jobs.discoverable) == (Reach.PUBLIC, True)
    with pytest.raises(Invalid):
        await home.change("jobs", set_reach, Reach.HIDDEN)


async def test_the_institutional_actors_are_made_once(home: Home) -> None:
    actor = await home.world.db.read(instance_actor)
    assert (actor.kind, actor.uri) == (ActorKind.INSTANCE, "https://union.test/actors/instance")
    assert actor.display_name == "union.test"


async def test_deletion_empties_the_actor_buries_its_id_and_is_announced_once(home: Home) -> None:
    ana = await home.add("ana", display_name="Ana", summary="<p>x</p>")
    await home.change("ana", mark_actor_deleted)
    await home.change("ana", mark_actor_deleted)
    stored = await home.world.db.read(find_actor_by_uri, ana.uri)
    known = await home.world.db.read(find_known_uri, ana.uri)
    assert stored is not None
    assert (stored.display_name, stored.summary, stored.deleted_at) == ("", "", home.clock.now())
    assert known is not None
    assert known.kind == TOMBSTONE
    assert home.announced == [ActorDeleted(ana.id, ana.uri, local=True)]
    assert len(await home.world.db.read(keys_of, ana.id)) == 2


async def test_F24_a_delivered_update_changes_the_profile_and_not_the_keys(
    home: Home, good: Stranger
) -> None:
    alice = good.add_actor("alice")
    known = await resolve_actor(home.world, alice.uri)
    before = [row.public for row in await home.world.db.read(keys_of, known.id)]
    document = alice.document() | {"name": "Alice again"}
    other = good.add_actor("other").document()["publicKey"]["publicKeyPem"]
    document["publicKey"] = document["publicKey"] | {"publicKeyPem": other}
    changed = await home.world.db.write(_record, document)
    assert changed.display_name == "Alice again"
    assert [row.public for row in await home.world.db.read(keys_of, known.id)] == before
    assert "actors.refresh" in await home.world.db.read(_jobs)


async def test_an_update_with_the_same_keys_asks_for_nothing(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    await resolve_actor(home.world, alice.uri)
    await home.world.db.write(_record, alice.document())
    assert await home.world.db.read(_jobs) == ["actors.learn_host", "actors.verify_handle"]


async def test_a_new_actor_that_was_only_delivered_has_no_keys_yet(home: Home, good: Stranger) -> None:
    actor = await home.world.db.write(_record, good.add_actor("alice").document())
    assert await home.world.db.read(keys_of, actor.id) == []
    assert actor.fetched_at is None


async def test_V33_a_buried_actor_does_not_come_back(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    await resolve_actor(home.world, alice.uri)

    def bury(session: Session) -> None:
        actor = find_actor_by_uri(session, alice.uri)
        assert actor is not None
        mark_actor_deleted(session, actor)

    await home.world.db.write(bury)
    with pytest.raises(Gone):
        await home.world.db.write(_record, alice.document(), fetched=True)


async def test_F14_a_document_cannot_have_an_id_of_ours(home: Home, evil: Stranger) -> None:
    mallory = evil.add_actor("mallory").document()
    forged = {"id": "https://union.test/actors/union", "inbox": "https://union.test/actors/union/inbox"}
    with pytest.raises(Refused):
        await home.world.db.write(_record, mallory | forged, fetched=True)


async def test_what_strangers_write_is_cleaned_and_cut(home: Home, evil: Stranger) -> None:
    document = evil.add_actor("mallory").document() | {
        "name": "A\u202e\nB" + "x" * 5000,
        "summary": "<script>alert(1)</script><p onclick='x'>hi</p>" + "y" * 100_000,
        "attachment": [
            {"type": "PropertyValue", "name": "site", "value": "<a href='javascript:x'>z</a>"},
            *({"type": "PropertyValue", "name": f"n{number}", "value": "v"} for number in range(60)),
        ],
        "alsoKnownAs": [f"https://evil.example/{number}" for number in range(200)],
    }
    actor = await home.world.db.write(_record, document, fetched=True)
    assert actor.display_name.startswith("A B")
    assert len(actor.display_name) <= 100
    assert "script" not in actor.summary
    assert "onclick" not in actor.summary
    assert len(actor.summary.encode()) <= 20_000
    assert "javascript" not in actor.fields[0]["value"]
    assert (len(actor.fields), len(actor.also_known_as)) == (20, 20)


async def test_trap_8_lemmy_users_with_single_pictures_and_no_extras_are_taken(
    home: Home, good: Stranger
) -> None:
    base = good.add_actor("picard").document()
    wanted = ("@context", "id", "type", "preferredUsername", "inbox", "outbox", "publicKey")
    document = {name: base[name] for name in wanted}
    document |= {"icon": {"type": "Image", "url": "https://good.example/pictrs/a.png"}, "endpoints": None}
    actor = await home.world.db.write(_record, document, fetched=True)
    assert actor.icon_url == "https://good.example/pictrs/a.png"
    assert (actor.followers_url, actor.shared_inbox_url, actor.display_name) == (None, None, "")


async def test_an_actor_without_any_name_is_refused(home: Home, good: Stranger) -> None:
    document = good.add_actor("alice").document()
    del document["preferredUsername"]
    with pytest.raises(BadDocument):
        await home.world.db.write(_record, document, fetched=True)


async def test_FEP_2c59_a_webfinger_member_alone_gives_the_name_but_not_its_host(
    home: Home, good: Stranger
) -> None:
    document = good.add_actor("alice").document() | {"webfinger": "alice@apex.example"}
    del document["preferredUsername"]
    actor = await home.world.db.write(_record, document, fetched=True)
    assert (actor.username, actor.handle_host) == ("alice", "good.example")
    assert await home.world.db.read(find_actor_by_handle, "alice", "apex.example") is None


async def test_what_a_document_says_of_a_move_is_shown_and_is_no_move_yet(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice", movedTo="https://new.example/users/alice")
    moved = await home.world.db.write(_record, alice.document(), fetched=True)
    assert (moved.moved_to_uri, moved.moved_at) == ("https://new.example/users/alice", None)


async def test_keys_that_an_actor_no_longer_lists_are_forgotten(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    actor = await home.world.db.write(_record, alice.document(), fetched=True)
    assert len(await home.world.db.read(keys_of, actor.id)) == 2
    document = alice.document() | {"assertionMethod": []}
    await home.world.db.write(_record, document, fetched=True)
    (left,) = await home.world.db.read(keys_of, actor.id)
    assert left.key_uri == alice.key_id
    assert (await home.world.db.read(lambda session: session.get_one(ActorKey, left.id))).actor_id == actor.id
