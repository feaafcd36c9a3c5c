"""What other unions say of themselves, and what ours says: level, sector and region."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.documents import actor_document
from fediunion.actors.queries import keys_of
from fediunion.config import UnionLevel, UnionRegion
from fediunion.union.affiliation.queries import our_union
from fediunion.union.directory.describing import describe_unions
from fediunion.union.directory.documents import Description, description_in
from fediunion.union.directory.models import DescribedUnion
from tests.union.affiliation.scene import Scene, with_clerks


async def described(scene: Scene) -> list[tuple[str, str, str, str]]:
    """Return what is kept of others."""

    def read(session: Session) -> list[tuple[str, str, str, str]]:
        return [(row.uri, row.level, row.sector, row.region) for row in session.query(DescribedUnion)]

    return await scene.nurses.world.db.read(read)


async def test_a_union_of_the_network_is_asked_once_a_day_what_it_is(scene: Scene) -> None:
    await with_clerks(scene)
    scene.clock.advance(days=2)
    scene.clerks.more |= {"fu:level": "national", "fu:sector": "Care", "fu:uniRegion": "africa"}
    scene.clerks.serve()
    for _ in range(2):
        await describe_unions(scene.nurses.world, {})
        assert await described(scene) == [(scene.clerks.uri, "national", "Care", "africa")]
    asked = len(scene.clerks.server.fetches(scene.clerks.uri))
    await describe_unions(scene.nurses.world, {})
    assert len(scene.clerks.server.fetches(scene.clerks.uri)) == asked


async def test_who_does_not_answer_stays_as_known(scene: Scene) -> None:
    await with_clerks(scene)
    scene.clock.advance(days=2)
    scene.clerks.more |= {"fu:level": "national"}
    scene.clerks.serve()
    await describe_unions(scene.nurses.world, {})
    scene.clock.advance(days=2)
    scene.clerks.server.withdraw(scene.clerks.uri, status=503)
    await describe_unions(scene.nurses.world, {})
    assert await described(scene) == [(scene.clerks.uri, "national", "", "")]


async def test_nobody_is_asked_whom_no_relation_shows(scene: Scene) -> None:
    await scene.nurses.actor("union@clerks.example")
    await describe_unions(scene.nurses.world, {})
    assert await described(scene) == []


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"fu:level": "global"}, Description(level="global")),
        ({"https://w3id.org/fediunion/ns#level": "local"}, Description(level="local")),
        ({"fu:level": "boss", "fu:uniRegion": "mars"}, Description()),
        ({"fu:level": ["global"], "fu:sector": 5, "fu:uniRegion": {}}, Description()),
        ({"fu:sector": "x" * 101}, Description()),
        ({"fu:sector": "<b>Care</b>"}, Description(sector="<b>Care</b>")),
        ({}, Description()),
    ],
    ids=["short", "long", "unknown words", "wrong types", "too long", "markup is text", "nothing"],
)
def test_only_words_that_we_know_are_kept(said: dict[str, Any], read: Description) -> None:
    assert description_in(said) == read


async def test_our_union_says_what_it_is_where_that_is_configured(scene: Scene) -> None:
    settings = scene.nurses.world.settings
    instance = replace(
        settings.instance, level=UnionLevel.STAFF_UNION, sector="Care", region=UnionRegion.EUROPA
    )

    def documents(session: Session) -> tuple[dict[str, Any], dict[str, Any]]:
        union = our_union(session)
        said = replace(settings, instance=instance)
        keys = keys_of(session, union.id)
        return actor_document(union, keys, said), actor_document(union, keys, settings)

    with_words, without = await scene.nurses.world.db.read(documents)
    assert description_in(with_words) == Description("staff-union", "Care", "europa")
    assert not {"fu:level", "fu:sector", "fu:uniRegion"} & set(without)
