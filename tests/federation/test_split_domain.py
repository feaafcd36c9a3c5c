"""A union whose handles are at one domain and whose server is at another."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from fediunion.activitypub.webfinger import find_actor_uri
from fediunion.actors.signing import instance_signer
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.stranger import Json
from tests.fakes.union import TestUnion, running, settle

SERVER = "https://fedi.union.test"


def _addresses(value: object) -> Iterable[str]:
    """Yield every address of the union that is in a document."""
    if isinstance(value, dict):
        value = [part for name, part in value.items() if name != "@context"]
    if isinstance(value, list):
        for part in value:
            yield from _addresses(part)
    elif isinstance(value, str) and value.startswith("https://") and "union.test" in value:
        yield value


async def test_handles_are_at_the_one_domain_and_addresses_at_the_other(
    databases: Databases, clock: FakeClock, tmp_path: Path
) -> None:
    internet = FakeInternet()
    plain = settings_for("union.test", tmp_path, databases.with_tables())
    settings = replace(plain, instance=replace(plain.instance, web_domain="fedi.union.test"))
    union = await TestUnion.start(internet, "union.test", settings.database.url, clock, settings=settings)
    internet.join("union.test", union.app)
    nurses = await TestUnion.start(internet, "nurses.test", databases.with_tables(), clock)
    async with running(union, nurses):
        for home, name in ((union, "ana"), (union, "cleo"), (nurses, "ben")):
            await home.member(name)
        await nurses.follow("ben", "ana@fedi.union.test")
        await settle(union, nurses)
        ana = await nurses.actor("ana@union.test")
        assert (ana.uri, ana.host, ana.handle_host) == (
            f"{SERVER}/actors/ana",
            "fedi.union.test",
            "union.test",
        )
        for handle in ("ana@union.test", "ana@fedi.union.test"):
            found = await find_actor_uri(nurses.world.client, handle)
            assert found.actor_uri == ana.uri

        post = await union.post("ana", "@cleo@union.test @cleo@fedi.union.test, look")
        await settle(union, nurses)
        received = await nurses.find_post(post.uri)
        assert received is not None
        document: Json = {}
        signer = await instance_signer(nurses.world)
        for address in (ana.uri, f"{ana.outbox_url}?page=true", post.uri):
            document = await nurses.world.client.fetch_object(address, signer)
            assert [each for each in _addresses(document) if not each.startswith(f"{SERVER}/")] == []
        assert [each["name"] for each in document["tag"] if each["type"] == "Mention"] == ["@cleo@union.test"]

        reply = await nurses.post("ben", "@ana@union.test I see", in_reply_to_id=received.id)
        await settle(union, nurses)
        arrived = await union.find_post(reply.uri)
        assert arrived is not None
        assert arrived.in_reply_to_id == post.id
