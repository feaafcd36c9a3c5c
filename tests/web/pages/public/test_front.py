"""The first page: the union's own news, whom to follow, and nobody else."""

import pytest

from fediunion.activitypub.audience import Audience
from tests.attacks.front import statements
from tests.fakes.clock import FakeClock
from tests.fakes.union import TestUnion
from tests.web.pages.public.looking import browse, meta_of


async def test_the_first_page_names_the_union_and_whom_to_follow(union: TestUnion) -> None:
    page = await browse(union, "/")
    assert page.status == 200
    assert b"@union@nurses.test" in page.body
    assert b"@jobs@nurses.test" in page.body
    assert b"@ana" not in page.body
    assert b"@reader" not in page.body
    assert b"No news yet" in page.body


async def test_news_is_what_institutions_post_to_everybody(union: TestUnion) -> None:
    await union.post("jobs", "A nurse is wanted")
    await union.post("jobs", "For ourselves", audience=Audience.LOCAL)
    await union.post("jobs", "Whispered", audience=Audience.UNLISTED)
    await union.post("ana", "I am a member")
    page = await browse(union, "/")
    assert b"A nurse is wanted" in page.body
    for absent in (b"For ourselves", b"Whispered", b"I am a member"):
        assert absent not in page.body


async def test_the_newest_news_comes_first_whoever_posted_it(union: TestUnion, clock: FakeClock) -> None:
    for number in range(6):
        clock.advance(minutes=1)
        await union.post("jobs", f"job number {number}")
        clock.advance(minutes=1)
        await union.post("union", f"news number {number}")
    body = (await browse(union, "/")).body
    assert body.index(b"news number 5") < body.index(b"job number 5") < body.index(b"news number 4")
    assert b"job number 1" in body
    assert b"news number 0" not in body


async def test_the_first_page_tells_machines_what_it_is(union: TestUnion) -> None:
    page = await browse(union, "/")
    assert b'<link rel="canonical" href="https://nurses.test/">' in page.body
    assert meta_of(page, "og:title") == "nurses"
    assert meta_of(page, "robots") is None


@pytest.mark.parametrize("posts", [1, 12])
async def test_the_first_page_costs_the_same_however_much_there_is(union: TestUnion, posts: int) -> None:
    for number in range(posts):
        await union.post("jobs", f"job {number}")
    with statements() as executed:
        assert (await browse(union, "/")).status == 200
    assert len(executed) <= 9, executed


async def test_every_public_page_can_be_asked_for_its_head_only(union: TestUnion) -> None:
    post = await union.post("ana", "Hello #work")
    paths = ("/", "/@ana", f"/@ana/{post.slug}", "/tags/work", "/about", "/@jobs/feed.atom")
    for path in paths:
        whole, head = await browse(union, path), await browse(union, path, method="HEAD")
        assert head.status == 200
        assert head.headers == whole.headers


async def test_a_public_page_may_be_kept_if_it_is_asked_for_again_and_gives_no_cookie(
    union: TestUnion,
) -> None:
    for path in ("/", "/@ana", "/tags/work", "/transparency"):
        page = await browse(union, path)
        assert page.headers["cache-control"] == "no-cache"
        assert "set-cookie" not in page.headers
