"""Each kind of activity and object that comes is understood, or kept with the reason why not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from fediunion.inbox.queries import list_inbox_activities
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Json, StrangeActor, Stranger
from tests.fakes.union import TestUnion, settle

INBOX = "https://nurses.test/inbox"
ANA = "https://nurses.test/actors/ana"


@dataclass
class Scene:
    """A union with the member ana, and the stranger ben elsewhere."""

    union: TestUnion
    ben: StrangeActor

    async def outcome(self, activity: dict[str, object]) -> str:
        """Let ben send an activity; return what became of it."""
        assert (await self.ben.post(INBOX, activity)).status == 202
        await settle(self.union)
        (newest,) = await self.union.world.db.read(list_inbox_activities, limit=1)
        assert newest.uri == activity["id"]
        return newest.outcome


@pytest.fixture
async def scene(databases: Databases, clock: FakeClock) -> AsyncIterator[Scene]:
    internet = FakeInternet()
    union = await TestUnion.start(internet, "nurses.test", databases.with_tables(), clock)
    await union.member("ana")
    ben = (await Stranger(internet, "elsewhere.test", clock=clock).start()).add_actor("ben")
    yield Scene(union, ben)
    await union.close()


async def test_every_type_of_post_is_kept_with_its_text(scene: Scene) -> None:
    for kind in ("Note", "Question", "Article", "Page", "Event", "Image", "Audio", "Video"):
        title: Json = {} if kind in ("Note", "Question") else {"name": f"Title of {kind}"}
        choices: Json = {"oneOf": [{"type": "Note", "name": "yes"}]} if kind == "Question" else {}
        mention = {"type": "Mention", "href": ANA, "name": "@ana@nurses.test"}
        note = scene.ben.note(f"Text of {kind}", cc=[ANA], tag=[mention], type=kind, **title, **choices)
        assert await scene.outcome(scene.ben.create(note)) == "done", kind
        post = await scene.union.find_post(note["id"])
        assert post is not None, kind
        assert f"Text of {kind}" in post.content


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [
        ("Join", "refused: is about no call of ours"),
        ("Leave", "refused: is about no call of ours"),
        ("Invite", "not handled: "),
        ("Offer", "not handled: "),
        ("View", "not handled: "),
        ("Dislike", "done"),
        ("EmojiReact", "done"),
    ],
)
async def test_what_is_done_about_a_post_of_ours_is_understood_or_kept_with_the_reason(
    scene: Scene, kind: str, becomes: str
) -> None:
    post = await scene.union.post("ana", "Read this")
    outcome = await scene.outcome(scene.ben.activity(kind, post.uri))
    assert outcome.startswith(becomes), outcome
    assert outcome != "not handled: "
