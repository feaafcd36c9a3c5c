"""/tags/{tag}: public posts of this instance, and of nobody who is not public."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from tests.attacks.front import statements
from tests.fakes.clock import FakeClock
from tests.fakes.union import TestUnion
from tests.web.pages.public.looking import browse, change, meta_of


async def test_a_hashtag_shows_the_public_posts_with_it(union: TestUnion) -> None:
    await union.post("jobs", "A nurse is wanted #Work")
    await union.post("ana", "I apply #work")
    await union.post("ana", "Something else #play")
    page = await browse(union, "/tags/WORK")
    assert page.status == 200
    assert b"A nurse is wanted" in page.body
    assert b"I apply" in page.body
    assert b"Something else" not in page.body
    assert meta_of(page, "robots") == "noindex"


@pytest.mark.parametrize("audience", [each for each in Audience if each is not Audience.PUBLIC])
async def test_V10_a_hashtag_shows_nothing_that_is_not_public(union: TestUnion, audience: Audience) -> None:
    await union.post("jobs", "Not for this page #work", audience=audience)
    page, unused = await browse(union, "/tags/work"), await browse(union, "/tags/mork")
    assert page.body == unused.body.replace(b"mork", b"work")


@pytest.mark.parametrize("reach", [Reach.HIDDEN, Reach.FOLLOWABLE])
async def test_I4_a_hashtag_of_a_member_who_is_not_public_is_one_that_nobody_used(
    union: TestUnion, reach: Reach
) -> None:
    await union.post("ana", "I was here #work")
    await change(union, "ana", reach=reach)
    page, unused = await browse(union, "/tags/work"), await browse(union, "/tags/mork")
    assert page.body == unused.body.replace(b"mork", b"work")


async def test_H23_what_is_no_hashtag_has_no_page_and_an_odd_one_is_quoted(union: TestUnion) -> None:
    for wrong in ("a b", "<script>", "1", "a\r\nSet-Cookie:x", "a" * 500):
        assert (await browse(union, f"/tags/{wrong}")).status == 404, wrong
    page = await browse(union, "/tags/مرحبا")
    assert b'<link rel="canonical" href="https://nurses.test/tags/%D9%85%D8%B1' in page.body


async def test_older_posts_with_a_hashtag_are_on_further_pages(union: TestUnion, clock: FakeClock) -> None:
    for number in range(21):
        clock.advance(minutes=1)
        await union.post("jobs", f"job number {number:02} #work")
    with statements() as executed:
        first = (await browse(union, "/tags/work")).body.decode()
    assert len(executed) <= 9, executed
    older = first.partition('rel="next" href="')[2].partition('"')[0]
    assert "job number 00" not in first
    assert b"job number 00" in (await browse(union, older)).body
