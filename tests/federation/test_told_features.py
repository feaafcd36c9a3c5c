"""What NodeInfo says that others may rely on, each seen to work on a running union."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.webfinger import INTENT_REL
from fediunion.actors.endpoints import FEATURES
from fediunion.social.posts.models import Post
from tests.app.asking import Answered, ask
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion, settle

DOCUMENT = [("Accept", "application/activity+json")]
INBOX = "https://nurses.test/inbox"


@dataclass
class Scene:
    """A union with the member ana, whom the stranger ben follows, and her first post."""

    union: TestUnion
    ben: StrangeActor
    post: Post

    async def get(self, path: str) -> Answered:
        return await ask(self.union.app, path, host=self.union.domain, headers=DOCUMENT)

    async def document(self, address: str) -> Any:
        answered = await self.get(address.removeprefix("https://nurses.test"))
        assert answered.status == 200
        return answered.json


Witness: TypeAlias = Callable[[Scene], Awaitable[None]]


@pytest.fixture
async def scene(databases: Databases, clock: FakeClock) -> AsyncIterator[Scene]:
    internet = FakeInternet()
    union = await TestUnion.start(internet, "nurses.test", databases.with_tables(), clock)
    await union.member("ana")
    ben = (await Stranger(internet, "elsewhere.test", clock=clock).start()).add_actor("ben")
    assert (await ben.post(INBOX, ben.activity("Follow", "https://nurses.test/actors/ana"))).status == 202
    await settle(union)
    post = await union.post("ana", "The first")
    await settle(union)
    yield Scene(union, ben, post)
    await union.close()


async def quotes_need_consent(scene: Scene) -> None:
    note = await scene.document(scene.post.uri)
    assert "canQuote" in note["interactionPolicy"]
    quoting = scene.ben.note("Look", quote=scene.post.uri)
    asking = scene.ben.activity("QuoteRequest", scene.post.uri, instrument=quoting)
    assert (await scene.ben.post(INBOX, asking)).status == 202
    await settle(scene.union)
    answers = [each.activity for each in scene.ben.server.received if each.activity["type"] == "Accept"]
    about = answers[-1]["object"]
    assert asking["id"] in (about, about.get("id") if isinstance(about, dict) else about)
    assert (await scene.document(answers[-1]["result"]))["type"] == "QuoteAuthorization"


async def actors_name_their_handle(scene: Scene) -> None:
    assert (await scene.document("/actors/ana"))["webfinger"] == "ana@nurses.test"


async def intents_are_offered(scene: Scene) -> None:
    jrd = await scene.document("/.well-known/webfinger?resource=acct:ana@nurses.test")
    offered = {link["rel"] for link in jrd["links"] if link["rel"].startswith(INTENT_REL)}
    assert {f"{INTENT_REL}{name}" for name in ("Object", "Follow", "Announce", "Like", "Create")} == offered


async def keys_are_multikeys(scene: Scene) -> None:
    (key,) = (await scene.document("/actors/ana"))["assertionMethod"]
    assert (key["type"], key["controller"]) == ("Multikey", "https://nurses.test/actors/ana")


async def actors_say_what_they_implement(scene: Scene) -> None:
    implemented = (await scene.document("/actors/ana"))["generator"]["implements"]
    assert "https://datatracker.ietf.org/doc/html/rfc9421" in [each["href"] for each in implemented]


async def public_activities_carry_a_proof(scene: Scene) -> None:
    sent = [each.activity for each in scene.ben.server.received if each.activity["type"] == "Create"]
    assert sent[0]["proof"]["cryptosuite"] == "eddsa-jcs-2022"


async def followers_are_compared(scene: Scene) -> None:
    await scene.union.post("ana", "For followers", audience=Audience.FOLLOWERS)
    await settle(scene.union)
    header = scene.ben.server.received[-1].headers["Collection-Synchronization"]
    address = header.split('url="')[1].partition('"')[0]
    # Only servers may ask, and only for their own people.
    assert (await scene.get(address.removeprefix("https://nurses.test"))).status == 401


async def the_server_has_an_actor(scene: Scene) -> None:
    jrd = await scene.document("/.well-known/webfinger?resource=https://nurses.test")
    assert "https://nurses.test/actors/instance" in [link.get("href") for link in jrd["links"]]


async def threads_are_collections(scene: Scene) -> None:
    context = await scene.document((await scene.document(scene.post.uri))["context"])
    assert context["type"] in ("Collection", "OrderedCollection")
    first = await scene.document(context["first"])
    assert scene.post.uri in first["orderedItems"]


async def nobody_speaks_for_another_origin(scene: Scene) -> None:
    foreign = scene.ben.note("Forged", id="https://bank.test/notes/1", attributedTo="https://bank.test/boss")
    await scene.ben.post(INBOX, scene.ben.create(foreign, id=f"{scene.ben.uri}#creates/9"))
    await settle(scene.union)
    assert await scene.union.find_post("https://bank.test/notes/1") is None


async def message_signatures_are_read(scene: Scene) -> None:
    note = scene.ben.note("Signed the new way", to=["https://nurses.test/actors/ana"])
    assert (await scene.ben.post(INBOX, scene.ben.create(note), scheme="rfc9421")).status == 202
    await settle(scene.union)
    assert await scene.union.find_post(note["id"]) is not None


WITNESSES: Final[Mapping[str, Witness]] = {
    "fep-044f": quotes_need_consent,
    "fep-2c59": actors_name_their_handle,
    "fep-3b86": intents_are_offered,
    "fep-521a": keys_are_multikeys,
    "fep-844e": actors_say_what_they_implement,
    "fep-8b32": public_activities_carry_a_proof,
    "fep-8fcf": followers_are_compared,
    "fep-d556": the_server_has_an_actor,
    "fep-f228": threads_are_collections,
    "fep-fe34": nobody_speaks_for_another_origin,
    "rfc9421": message_signatures_are_read,
}


async def test_nodeinfo_tells_the_features_that_are_seen_to_work_here_and_no_other(scene: Scene) -> None:
    told = (await scene.document("/nodeinfo/2.1"))["metadata"]["features"]
    assert told == list(FEATURES)
    assert set(told) == set(WITNESSES)


@pytest.mark.parametrize("feature", FEATURES)
async def test_what_is_told_works(scene: Scene, feature: str) -> None:
    await WITNESSES[feature](scene)
