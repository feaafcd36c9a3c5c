"""Posts that are fetched are read as the documents that features recognise, as those that arrive."""

from dataclasses import dataclass, replace

from fediunion.activitypub.vocab import DocumentClaim, Note, extend_document
from fediunion.social.posts.fetching import fetch_document
from tests.social.posts.scene import Scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Rota(Note):
    """A Note with a `rota`, for this test."""

    weeks: int


CLAIM = DocumentClaim(
    Note,
    lambda document: "rota" in document,
    lambda note: extend_document(note, Rota, weeks=note.raw["rota"]),
)


async def test_a_fetched_post_is_what_a_feature_recognises_in_it(scene: Scene) -> None:
    world = replace(scene.union.world, claims=(CLAIM,))
    claimed, plain = scene.bob.note("Weeks", rota=6), scene.bob.note("Weeks")
    found = await fetch_document(world, claimed["id"])
    assert isinstance(found, Rota)
    assert found.weeks == 6
    assert type(await fetch_document(world, plain["id"])) is Note
