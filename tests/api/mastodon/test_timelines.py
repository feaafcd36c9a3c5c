"""Timelines through the client interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, update

from fediunion.actors.models import Actor
from fediunion.social.posts.models import Post
from tests.api.rig import Client, Rig


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is asked of any database."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def ids(client: Client, path: str, **params: Any) -> list[str]:
    return [each["id"] for each in await client.get(f"/api/v1/timelines/{path}", **params)]


async def test_home_shows_what_is_followed_and_the_own_posts(ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    followed, own = await ana.publish("From Ana"), await ben.publish("From Ben")
    assert await ids(ben, "home") == [own["id"], followed["id"]]
    assert await ids(ana, "home") == [followed["id"]]
    page = await ben.get("/api/v1/timelines/home")
    assert page[1]["content"] == followed["content"]
    assert page[0] == await ben.get(f"/api/v1/statuses/{own['id']}")


async def test_home_costs_few_queries_whatever_stands_in_it(rig: Rig, ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    posts = await rig.posts(ana, [f"Post {number} #tag" for number in range(45)])
    for post in posts[:3]:
        await ben.post(f"/api/v1/statuses/{post.id}/favourite")
        await ana.post(f"/api/v1/statuses/{post.id}/reblog")
    with statements() as first:
        assert len(await ben.get("/api/v1/timelines/home", limit=40)) == 40
    assert len(first) <= 20
    with statements() as again:
        assert len(await ben.get("/api/v1/timelines/home", limit=40)) == 40
    assert len(again) <= 3, again


async def test_one_status_costs_one_query_once_it_was_shown(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Hello")
    await rig.anonymous.get(f"/api/v1/statuses/{status['id']}")
    with statements() as asked:
        await rig.anonymous.get(f"/api/v1/statuses/{status['id']}")
    assert len(asked) <= 2, asked


async def test_what_was_shown_before_is_shown_as_it_is_now(rig: Rig, ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    status = await ana.publish("First")
    assert "First" in (await ben.get("/api/v1/timelines/home"))[0]["content"]
    await ana.post(f"/api/v1/statuses/{status['id']}/favourite")
    assert (await ben.get("/api/v1/timelines/home"))[0]["favourites_count"] == 1
    await ana.publish("@ben reply", in_reply_to_id=status["id"])
    home = {each["id"]: each for each in await ben.get("/api/v1/timelines/home")}
    assert home[status["id"]]["replies_count"] == 1
    assert home[status["id"]]["account"]["statuses_count"] == 2
    await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Second"})
    home = {each["id"]: each for each in await ben.get("/api/v1/timelines/home")}
    assert "Second" in home[status["id"]]["content"]
    await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    assert status["id"] not in await ids(ben, "home")


async def test_what_is_kept_for_one_reader_is_not_shown_to_another(
    rig: Rig, ana: Client, ben: Client
) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    status = await ana.publish("For followers", visibility="private")
    carla = await rig.member("carla")
    assert await ids(ben, "home") == [status["id"]]
    for stranger in (carla, rig.anonymous):
        assert (await stranger.ask("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    await ana.post(f"/api/v1/accounts/{ben.id}/remove_from_followers")
    assert (await ben.ask("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    assert await ids(ben, "home") == []


async def test_a_suspended_author_is_gone_from_what_was_shown(rig: Rig, ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    await ana.publish("Hello")
    assert len(await ids(ben, "home")) == 1
    now = rig.world.clock.now()
    await rig.world.db.write(
        lambda session: session.execute(
            update(Actor).where(Actor.id == ana.actor_id).values(suspended_at=now)
        ).close()
    )
    assert await ids(ben, "home") == []


async def test_a_boost_of_what_is_deleted_is_gone_with_it(ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    assert len(await ids(ben, "home")) == 1
    await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    assert await ids(ben, "home") == []


async def test_the_local_timeline_shows_members_what_stays_here(rig: Rig, ana: Client, ben: Client) -> None:
    public = await ana.publish("Public")
    inside = await ana.publish("Inside", local_only=True)
    network = await ana.publish("Network", audience="network")
    await ana.publish("Quietly", visibility="unlisted")
    await ana.publish("Followers", visibility="private")
    members = await ids(ben, "public", local="true")
    assert members == [network["id"], inside["id"], public["id"]]
    assert await ids(rig.anonymous, "public", local=True) == [public["id"]]
    assert await ids(ben, "public") == [public["id"]]
    assert await ids(ben, "public", remote=True) == []
    assert [each["id"] for each in await ben.get("/api/fediunion/v1/timelines/network")] == [network["id"]]


async def test_of_many_hashtags_the_first_count(rig: Rig, ana: Client) -> None:
    first, last = await ana.publish("#t0"), await ana.publish("#t8")
    tags = [f"t{number}" for number in range(9)]
    assert await ids(rig.anonymous, "tag/foo", **{"any[]": tags}) == [first["id"]]
    assert await ids(rig.anonymous, "tag/foo", **{"any[]": ["t8"], "none[]": tags}) == [last["id"]]


async def test_a_hashtag_is_read_in_any_spelling(rig: Rig, ana: Client) -> None:
    one, both = await ana.publish("#Strike"), await ana.publish("#strike #Fund")
    assert await ids(rig.anonymous, "tag/STRIKE") == [both["id"], one["id"]]
    assert await ids(rig.anonymous, "tag/strike", **{"all[]": "fund"}) == [both["id"]]
    assert await ids(rig.anonymous, "tag/strike", **{"none[]": "fund"}) == [one["id"]]
    assert await ids(rig.anonymous, "tag/other", **{"any[]": "fund"}) == [both["id"]]
    assert (await rig.anonymous.ask("GET", "/api/v1/timelines/tag/%20")).status_code == 404
    shown = await rig.anonymous.get("/api/v1/tags/Strike")
    assert (shown["name"], shown["history"]) == ("strike", [])


async def test_posts_with_numbers_beyond_a_page_are_all_there(rig: Rig, ana: Client) -> None:
    posts = await rig.posts(ana, [f"Post {number}" for number in range(90)])
    wanted = [str(post.id) for post in posts]
    context = await ana.publish("last", in_reply_to_id=wanted[0])
    found = await ana.get("/api/v1/statuses", **{"id[]": wanted})
    assert [each["id"] for each in found] == wanted[:40]
    assert context["in_reply_to_id"] == wanted[0]


async def test_a_long_thread_is_shown_whole_to_members(rig: Rig, ana: Client) -> None:
    first: Post = (await rig.posts(ana, ["Start"]))[0]
    await rig.posts(ana, [f"Reply {number}" for number in range(90)], in_reply_to_id=first.id)
    path = f"/api/v1/statuses/{first.id}/context"
    assert len((await ana.get(path))["descendants"]) == 90
    assert len((await rig.anonymous.get(path))["descendants"]) == 60
