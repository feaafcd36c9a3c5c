"""Six audiences across three unions: who reads what, and what never leaves."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import FediUnionError
from fediunion.social.posts.fetching import fetch_post
from fediunion.world import World
from tests.federation import acts
from tests.federation.conftest import ThreeUnions

# Who can open the post. Ben follows Ana from elsewhere, Dora at home; Chris is only named; Eve is nobody.
READERS = {
    Audience.PUBLIC: {"ben", "dora", "chris", "eve"},
    Audience.UNLISTED: {"ben", "dora", "chris", "eve"},
    Audience.FOLLOWERS: {"ben", "dora", "chris"},
    Audience.NETWORK: {"dora"},
    Audience.LOCAL: {"dora"},
    Audience.DIRECT: {"chris"},
}
# Where the words travel to.
HOSTS = {
    Audience.PUBLIC: {"clerks.test", "drivers.test"},
    Audience.UNLISTED: {"clerks.test", "drivers.test"},
    Audience.FOLLOWERS: {"clerks.test", "drivers.test"},
    Audience.NETWORK: set(),
    Audience.LOCAL: set(),
    Audience.DIRECT: {"drivers.test"},
}


@pytest.mark.parametrize("audience", list(Audience))
async def test_a_post_is_read_by_its_audience_and_its_words_go_nowhere_else(
    unions: ThreeUnions, audience: Audience
) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await nurses.follow("dora", "ana")
    await nurses.actor("chris@drivers.test")
    await unions.settle()

    with acts.listening(unions.internet) as delivered:
        post = await nurses.post("ana", "@chris@drivers.test the ward is short of staff", audience=audience)
        await unions.settle()

    places = {"ben": clerks, "eve": clerks, "dora": nurses, "chris": drivers}
    readers = {name for name, union in places.items() if await acts.sees(union, name, post.uri)}
    assert readers == READERS[audience]
    told = {request.url.split("/")[2] for request in delivered if b"short of staff" in (request.body or b"")}
    assert told == HOSTS[audience]


async def test_what_is_for_one_server_is_sent_once_to_its_shared_inbox(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await clerks.follow("ben", "ana@nurses.test")
    await clerks.follow("eve", "ana@nurses.test")
    await unions.settle()
    with acts.listening(unions.internet) as delivered:
        await nurses.post("ana", "Once is enough")
        await unions.settle()
    assert [request.url for request in delivered] == ["https://clerks.test/inbox"]
    assert await clerks.home("ben") == await clerks.home("eve") == ["Once is enough"]


async def test_a_direct_post_is_sent_to_the_inbox_of_the_one_it_is_for(unions: ThreeUnions) -> None:
    chris = await unions.nurses.actor("chris@drivers.test")
    with acts.listening(unions.internet) as delivered:
        await unions.nurses.post("ana", "@chris@drivers.test between us", audience=Audience.DIRECT)
        await unions.settle()
    assert [request.url for request in delivered] == [chris.inbox_url]


async def test_a_reply_reaches_no_further_than_what_it_answers(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ben@clerks.test")
    await unions.settle()
    post = await nurses.post("ana", "For followers", audience=Audience.FOLLOWERS)
    await unions.settle()
    answer = await clerks.post("ben", "@ana@nurses.test thank you", in_reply_to=post.uri)
    await unions.settle()
    assert answer.audience == Audience.FOLLOWERS
    assert await acts.sees(nurses, "ana", answer.uri)
    assert not await acts.sees(nurses, "dora", answer.uri)
    assert not await acts.sees(clerks, "eve", answer.uri)


async def test_a_private_post_asked_for_by_another_server_is_as_if_it_did_not_exist(
    unions: ThreeUnions,
) -> None:
    nurses, drivers = unions.nurses, unions.drivers
    answers = set()
    for audience in (Audience.FOLLOWERS, Audience.NETWORK, Audience.LOCAL):
        post = await nurses.post("ana", "Not for everybody", audience=audience)
        answers.add(await _refusal(drivers.world, post.uri))
    answers.add(await _refusal(drivers.world, "https://nurses.test/actors/ana/posts/aaaaaaaaaaaa"))
    assert len(answers) == 1


async def _refusal(world: World, uri: str) -> tuple[str, str]:
    with pytest.raises(FediUnionError) as caught:
        await fetch_post(world, uri)
    return type(caught.value).__name__, str(caught.value).replace(uri, "…")
