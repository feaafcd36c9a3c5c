"""Watching keeps to robots.txt."""

import pytest

from fediunion.kit.errors import TooLarge, Unreachable
from fediunion.union.vacancies.watching.robots import check_robots
from tests.union.vacancies.conftest import vacancies
from tests.union.vacancies.samples import posting
from tests.union.vacancies.watching.conftest import HOME, Watch, page_with
from tests.union.vacancies.watching.test_looking import HTML, feed

_SAYS_NO = b"User-agent: *\nDisallow: /\n\nUser-agent: FediUnion\nDisallow: /private\n"


async def test_a_page_that_its_site_keeps_from_programs_is_not_read(watch: Watch) -> None:
    watch.site.serve("/robots.txt", _SAYS_NO, content_type="text/plain")
    watch.site.serve("/private/jobs", page_with(posting("V-01")), content_type=HTML)
    page = await watch.begin("/private/jobs")
    outcome = "It could not be read: the site asks programs not to read this page (robots.txt)"
    assert await watch.look(page) == outcome
    assert watch.asked("/private/jobs") == []
    watch.site.serve("/jobs", page_with(posting("V-01")), content_type=HTML)
    assert (await watch.look(await watch.begin("/jobs"))).startswith("New: 1,")


async def test_items_of_a_feed_that_the_site_keeps_from_programs_are_not_read(watch: Watch) -> None:
    watch.site.serve("/robots.txt", _SAYS_NO, content_type="text/plain")
    watch.site.serve("/feed", feed("/private/1", "/2"), content_type="application/rss+xml")
    watch.site.serve("/2", page_with(posting("V-02")), content_type=HTML)
    assert "New: 1, " in await watch.look(await watch.begin("/feed", kind="feed"))
    assert watch.asked("/private/1") == []
    assert len(await vacancies(watch.union)) == 1


async def test_robots_txt_is_asked_for_once_an_hour_for_each_site(watch: Watch) -> None:
    for path in ("/1", "/2", "/3"):
        await check_robots(watch.union.world, HOME + path)
    assert len(watch.asked("/robots.txt")) == 1
    watch.clock.advance(minutes=61)
    await check_robots(watch.union.world, f"{HOME}/1")
    assert len(watch.asked("/robots.txt")) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_without_a_robots_txt_everything_may_be_read(watch: Watch, status: int) -> None:
    watch.site.serve("/robots.txt", status=status)
    await check_robots(watch.union.world, f"{HOME}/jobs")


async def test_while_robots_txt_cannot_be_had_nothing_is_read(watch: Watch) -> None:
    watch.site.serve("/robots.txt", status=503)
    with pytest.raises(Unreachable):
        await check_robots(watch.union.world, f"{HOME}/jobs")


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00", b"<html>Not here</html>", b"Disallow: /\n", b""],
    ids=["bytes", "html", "no agent", "empty"],
)
async def test_a_robots_txt_that_says_nothing_readable_forbids_nothing(watch: Watch, body: bytes) -> None:
    watch.site.serve("/robots.txt", body)
    await check_robots(watch.union.world, f"{HOME}/jobs")


async def test_an_endless_robots_txt_is_not_read_to_its_end(watch: Watch) -> None:
    watch.site.serve("/robots.txt", b"Disallow: /x\n" * 100_000)
    with pytest.raises(TooLarge):
        await check_robots(watch.union.world, f"{HOME}/jobs")
