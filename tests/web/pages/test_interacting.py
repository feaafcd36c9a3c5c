"""A member whom another server sent here does what the link is about with one button."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.social.posts.models import Favourite, Post
from tests.oauth.rig import Browser, Desk
from tests.web.pages.members import press


async def _asked(desk: Desk) -> tuple[Browser, Post]:
    """Return the browser of Ana, and a post of Ben's."""
    await desk.member("ana")
    await desk.union.member("ben")
    return await desk.signed_in("ana"), await desk.union.post("ben", "Pass it on")


def _path(post: Post, intent: str) -> str:
    return f"/authorize_interaction?{urlencode({'uri': post.uri, 'intent': intent})}"


@pytest.mark.parametrize(
    ("intent", "button", "told"),
    [("announce", "Boost it", "You have boosted it."), ("like", "Mark it", "one of your favourites")],
    ids=["boost", "favourite"],
)
async def test_one_button_boosts_or_favours_and_leads_to_the_post(
    desk: Desk, intent: str, button: str, told: str
) -> None:
    browser, post = await _asked(desk)
    path = _path(post, intent)
    assert button in (await browser.get(path)).text
    answer = await press(browser, path, "/authorize_interaction", uri=post.uri, intent=intent)
    assert answer.headers["location"].startswith(f"/posts/{post.id}")
    assert told in (await browser.get(answer.headers["location"])).text

    def count(session: Session) -> int:
        boosts = select(func.count()).select_from(Post).where(Post.boost_of_id == post.id)
        favourites = select(func.count()).select_from(Favourite).where(Favourite.post_id == post.id)
        return (session.scalar(boosts) or 0) + (session.scalar(favourites) or 0)

    assert await desk.db.read(count) == 1


async def test_what_is_no_post_is_led_to_and_nothing_found_is_said(desk: Desk) -> None:
    browser, post = await _asked(desk)
    path = _path(post, "follow")
    answer = await press(browser, path, "/authorize_interaction", uri="@ben@us.example", intent="follow")
    assert answer.headers["location"] == "/@ben"
    answer = await press(browser, path, "/authorize_interaction", uri="https://far.example/1", intent="like")
    assert "Nothing was found" in (await browser.get(answer.headers["location"])).text


async def test_looking_does_nothing_and_a_stranger_is_asked_to_sign_in(desk: Desk) -> None:
    browser, post = await _asked(desk)
    await browser.get(_path(post, "announce"))
    assert await desk.db.read(lambda session: session.scalar(select(func.count()).select_from(Post))) == 1
    page = (await desk.browser().get(_path(post, "announce"))).text
    assert "/sign-in?next=" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
