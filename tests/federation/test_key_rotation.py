"""Keys that change: others go on believing us, and the old ones are worth something for a while only."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.keys import PrivateKey
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import ActorKey
from fediunion.actors.queries import find_actor_by_uri
from fediunion.actors.service import rotate_keys
from tests.fakes.signing import rsa_key
from tests.fakes.union import TestUnion, new_keys
from tests.federation.conftest import ThreeUnions


@pytest.mark.parametrize("leaked", [False, True])
async def test_L31_what_is_signed_with_new_keys_is_believed_at_once(
    unions: ThreeUnions, leaked: bool
) -> None:
    await unions.clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    await unions.nurses.post("ana", "Under the old keys")
    await unions.settle()
    await _rotate(unions.nurses, "ana", leaked=leaked)
    unions.clock.advance(60)
    await unions.nurses.post("ana", "Under the new keys")
    await unions.settle()
    assert await unions.clerks.home("ben") == ["Under the new keys", "Under the old keys"]


async def test_L31_the_others_replace_the_keys_that_they_know(unions: ThreeUnions) -> None:
    await unions.clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    before = await unions.clerks.world.db.read(
        _keys_in_use, (await unions.clerks.actor("ana@nurses.test")).uri
    )
    await _rotate(unions.nurses, "ana", leaked=True)
    await unions.settle()
    await unions.pass_time(hours=2)
    actor = await unions.clerks.actor("ana@nurses.test")
    after = await unions.clerks.world.db.read(_keys_in_use, actor.uri)
    assert after
    assert not after & before


async def _rotate(union: TestUnion, name: str, *, leaked: bool) -> None:
    actor = await union.actor(name)

    def rotate(session: Session, keys: NewKeys) -> None:
        found = find_actor_by_uri(session, actor.uri)
        assert found is not None
        rotate_keys(session, found, keys, keep_old=not leaked)

    # Not one of the few RSA keys that actors in tests share.
    keys = replace(new_keys(union.world.settings), rsa=PrivateKey("rsa", rsa_key(9)))
    await union.world.db.write(rotate, keys)


def _keys_in_use(session: Session, uri: str) -> set[str]:
    actor = find_actor_by_uri(session, uri)
    if actor is None:
        return set()
    return set(
        session.scalars(
            select(ActorKey.public).where(ActorKey.actor_id == actor.id, ActorKey.retired_at.is_(None))
        )
    )
