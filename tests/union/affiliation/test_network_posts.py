"""Posts for the network while relations change: who gets which, and who holds what until it is deleted."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from multidict import CIMultiDict
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import DomainAction
from fediunion.actors.queries import find_local_actor, get_actor
from fediunion.kit.errors import FediUnionError
from fediunion.kit.urls import parse_remote_url
from fediunion.social.moderation.servers import decide_on_host, forget_decision
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.interactions.boosts import boost
from fediunion.social.posts.service.publishing import edit_post, withdraw_post
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.service import offers
from fediunion.union.affiliation.service.trust import decide_trust
from tests.fakes import bonds
from tests.fakes.signing import Forging, signed_headers
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import settle
from tests.union.affiliation.scene import OURS, Scene, act, get, relationship, with_clerks

PEER = "clerks.example"
SECRET = "strike on Monday"


async def suspend_by_us(scene: Scene) -> None:
    """We suspend the relation."""
    await bonds.decide(scene.nurses, PEER, offers.suspend_affiliation)


async def end_by_us(scene: Scene) -> None:
    """We end the relation."""
    await bonds.decide(scene.nurses, PEER, offers.end_affiliation)


async def suspend_by_them(scene: Scene) -> None:
    """The other union suspends the relation."""
    statement = relationship(scene.clerks.uri, OURS) | {"fu:status": "suspended"}
    await scene.clerks.post(f"{OURS}/inbox", act(scene.clerks, "Update", statement))


async def narrow(scene: Scene) -> None:
    """An officer decides that the network is not for them."""
    await scene.nurses.world.db.write(decide_trust, PEER, {Trust.VACANCIES}, by="ana")


async def block(scene: Scene) -> None:
    """A moderator blocks the server, and allows it again while all still waits."""
    await scene.nurses.world.db.write(decide_on_host, PEER, DomainAction.BLOCK, by="ana")
    await settle(scene.nurses)
    await scene.nurses.world.db.write(forget_decision, PEER, by="ana")


LOSSES: tuple[Callable[[Scene], Awaitable[None]], ...] = (
    suspend_by_us,
    end_by_us,
    suspend_by_them,
    narrow,
    block,
)


def got(scene: Scene, type: str) -> list[dict[str, Any]]:
    """Return the activities of a type about notes that the clerks' server got."""
    found = [each.activity for each in scene.clerks.server.received if each.activity["type"] == type]
    return [each for each in found if "/posts/" in str(each["object"])]


async def with_ana(scene: Scene) -> None:
    """Put the relation in force, with a member here who writes."""
    await with_clerks(scene)
    await scene.nurses.member("ana")
    await settle(scene.nurses)


@pytest.mark.parametrize("lose", LOSSES, ids=lambda lose: lose.__name__)
async def test_V24_what_waits_for_a_union_is_not_sent_once_it_may_not_have_it(
    scene: Scene, lose: Callable[[Scene], Awaitable[None]]
) -> None:
    await with_ana(scene)
    scene.clerks.server.answer = 503
    await scene.nurses.post("ana", SECRET, audience=Audience.NETWORK)
    await settle(scene.nurses)
    await lose(scene)
    scene.clerks.server.answer = 202
    scene.clerks.server.received.clear()
    for _ in range(30):
        scene.clock.advance(hours=1)
        await settle(scene.nurses)
    assert got(scene, "Create") == []


async def test_V24_what_has_not_fanned_out_goes_to_those_alone_who_may_have_it_then(scene: Scene) -> None:
    await with_ana(scene)
    await scene.nurses.post("ana", SECRET, audience=Audience.NETWORK)
    await end_by_us(scene)
    await settle(scene.nurses)
    assert got(scene, "Create") == []


async def test_who_has_it_is_told_of_its_end_and_of_no_change_once_the_relation_ended(scene: Scene) -> None:
    await with_ana(scene)
    post = await scene.nurses.post("ana", SECRET, audience=Audience.NETWORK)
    await settle(scene.nurses)
    assert len(got(scene, "Create")) == 1
    await end_by_us(scene)
    await settle(scene.nurses)

    def edit(session: Session) -> None:
        row = session.get_one(Post, post.id)
        edit_post(
            session,
            get_actor(session, row.author_id),
            row,
            text="new words",
            content_warning="",
            sensitive=False,
            language=None,
        )

    def withdraw(session: Session) -> None:
        row = session.get_one(Post, post.id)
        withdraw_post(session, get_actor(session, row.author_id), row)

    await scene.nurses.world.db.write(edit)
    await settle(scene.nurses)
    assert got(scene, "Update") == []
    await scene.nurses.world.db.write(withdraw)
    await settle(scene.nurses)
    assert len(got(scene, "Delete")) == 1
    assert "new words" not in str([each.activity for each in scene.clerks.server.received])


async def _fetch(scene: Scene, actor: StrangeActor, url: str) -> int:
    signed = signed_headers(
        Forging(method="GET"), url=url, body=b"", key=actor.rsa, key_id=actor.key_id, now=scene.clock.now()
    )
    headers = CIMultiDict([*signed, ("accept", "application/activity+json")])
    answer = await scene.internet.send(
        "GET", parse_remote_url(url), headers, None, max_bytes=1 << 20, deadline_seconds=600
    )
    return answer.status


async def test_V01_a_post_for_the_network_is_there_for_the_network_and_for_nobody_else(scene: Scene) -> None:
    await with_ana(scene)
    other = await Stranger(scene.internet, "nosy.example", clock=scene.clock).start()
    nosy = other.add_actor("nosy", type="Organization")
    post = await scene.nurses.post("ana", SECRET, audience=Audience.NETWORK)
    for url in (post.uri, f"{post.uri}/activity", f"{post.uri}/replies"):
        assert await _fetch(scene, nosy, url) == 404, url
    assert await _fetch(scene, scene.clerks, post.uri) == 200
    await narrow(scene)
    assert await _fetch(scene, scene.clerks, post.uri) == 404


async def test_I5_replies_to_what_is_for_the_network_stay_in_it_and_nobody_passes_it_on(scene: Scene) -> None:
    await with_ana(scene)
    post = await scene.nurses.post("ana", SECRET, audience=Audience.NETWORK)
    reply = await scene.nurses.post("ana", "yes", audience=Audience.PUBLIC, in_reply_to=post.uri)
    assert reply.audience == Audience.NETWORK

    def pass_on(session: Session) -> None:
        ana = find_local_actor(session, "ana")
        assert ana is not None
        boost(session, ana, post.id)

    with pytest.raises(FediUnionError):
        await scene.nurses.world.db.write(pass_on)
    try:
        quote = await scene.nurses.post("ana", "look", quote_of_id=post.id)
    except FediUnionError:
        return
    assert quote.audience == Audience.NETWORK


async def test_A15_a_peer_passes_nothing_on_that_is_for_the_network(scene: Scene) -> None:
    await with_ana(scene)
    post = await scene.nurses.post("ana", SECRET, audience=Audience.NETWORK)
    await settle(scene.nurses)
    public = ["https://www.w3.org/ns/activitystreams#Public"]
    announce = scene.clerks.activity("Announce", post.uri, to=public)
    outcome = await scene.deliver(announce)
    assert outcome != "done"
    kept = await scene.nurses.find_post(post.uri)
    assert kept is not None
    assert kept.boosts_count == 0


async def test_V02_V06_V08_no_page_feed_or_app_of_a_stranger_shows_what_is_for_the_network(
    scene: Scene,
) -> None:
    await with_ana(scene)
    public = await scene.nurses.post("ana", "open to all")
    post = await scene.nurses.post("ana", SECRET, audience=Audience.NETWORK)
    nothing = post.id + 1

    def path_of(url: str) -> str:
        return url.removeprefix("https://nurses.test")

    for address in ("/api/v1/statuses/{}", "/api/v1/statuses/{}/context", "/api/v1/statuses/{}/history"):
        asked = [await get(scene, address.format(each), "application/json") for each in (post.id, nothing)]
        assert [each.status_code for each in asked] in ([404, 404], [401, 401])
        assert asked[0].content == asked[1].content
    assert (await get(scene, path_of(post.url or post.uri), "text/html")).status_code == 404
    assert (await get(scene, path_of(public.url or public.uri), "text/html")).status_code == 200
    for path in ("/@ana", "/@ana.rss", "/@ana.atom", "/api/v1/timelines/public", "/sitemap.xml", "/"):
        for accept in ("text/html", "application/json", "application/activity+json"):
            assert SECRET.encode() not in (await get(scene, path, accept)).content
    assert SECRET.encode() not in (await get(scene, "/actors/ana/outbox?page=true")).content


TWINS = (
    "http://clerks.example/users/union",
    "https://CLERKS.example/users/union",
    "https://clerks.example:443/users/union",
    "https://clerks.example/users/union/",
    "https://clerks.example/users/union#main",
    "https://clerks.example./users/union",
)


@pytest.mark.parametrize("twin", TWINS)
async def test_S44_a_union_is_named_by_its_one_id_and_by_no_twin_of_it(scene: Scene, twin: str) -> None:
    outcome = await scene.deliver(act(scene.clerks, "Offer", relationship(twin, OURS)))
    theirs = {child for child, *_ in await bonds.states(scene.nurses)}
    assert outcome != "done" or theirs == {PEER}
    ours = OURS.replace(
        "https://nurses.test", twin.partition("/users")[0].replace("clerks.example", "nurses.test")
    )
    if ours != OURS and "CLERKS" not in twin:
        await scene.deliver(act(scene.clerks, "Offer", relationship(scene.clerks.uri, ours, 2)))
    hosts = {host for pair in await bonds.states(scene.nurses) for host in pair[:2]}
    assert hosts <= {PEER, "nurses.test"}


async def test_a_union_is_not_affiliated_to_itself(scene: Scene) -> None:
    for child, parent in ((OURS, OURS), (scene.clerks.uri, scene.clerks.uri)):
        outcome = await scene.deliver(act(scene.clerks, "Offer", relationship(child, parent)))
        assert outcome != "done"
    assert await bonds.states(scene.nurses) == []
