"""Rows of posts: previews of links, and custom emoji in names and texts as pictures."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Reach
from fediunion.social.emoji.models import CustomEmoji
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.posts.service.interactions import boost, favourite
from tests.oauth.rig import Desk
from tests.web.pages.members import follow, write
from tests.web.pages.reaching import set_reach

CARD: dict[str, Any] = {
    "url": "https://news.example/strike?a=1&b=2",
    "title": "Strike <b>ends</b>",
    "description": "After nine weeks",
    "provider_name": "",
    "language": "fr",
    "image": "https://news.example/p.jpg",
    "image_description": "A crowd",
    "card_id": 7,
}
BLOB = {"shortcode": "blob", "url": "https://far.test/blob.png"}


async def change(desk: Desk, table: type[Any], row_id: int, **values: Any) -> None:
    """Give a row other values."""

    def unit(session: Session) -> None:
        for name, value in values.items():
            setattr(session.get_one(table, row_id), name, value)

    await desk.db.write(unit)


async def carded(desk: Desk, card: dict[str, Any], **values: Any) -> str:
    """Return home as ana sees it, with a post that has a card."""
    await desk.member("ana")
    post = await write(desk, "ana", "Read https://news.example/strike")
    await change(desk, Post, post.id, card=card, **values)
    page = (await (await desk.signed_in()).get("/home")).text
    assert "news.example/strike" in page
    return page


async def test_H10_a_link_shows_what_its_page_says_of_itself_as_text(desk: Desk) -> None:
    page = await carded(desk, CARD)
    assert 'href="https://news.example/strike?a=1&amp;b=2" rel="nofollow noopener noreferrer"' in page
    assert '<b dir="auto" lang="fr">Strike &lt;b&gt;ends&lt;/b&gt;</b>' in page
    assert "After nine weeks" in page
    assert "<bdi>news.example</bdi>" in page
    picture = re.findall(r'<img src="([^"]+)" alt="A crowd" loading="lazy">', page)
    assert [address.startswith("https://us.example/media/cards/7/") for address in picture] == [True]


@pytest.mark.parametrize(
    "card",
    [{}, {"url": CARD["url"]}, CARD | {"title": " "}, CARD | {"url": "javascript:alert(1)"}, {"title": "x"}],
    ids=["none", "no title", "blank title", "script", "no address"],
)
async def test_H12_what_is_no_card_is_not_shown(desk: Desk, card: dict[str, Any]) -> None:
    assert "link-card" not in await carded(desk, card)


async def test_the_picture_of_a_sensitive_post_is_not_shown(desk: Desk) -> None:
    page = await carded(desk, CARD, sensitive=True)
    assert "After nine weeks" in page
    assert "/media/cards/" not in page


async def test_strangers_see_the_card_of_a_public_post(desk: Desk) -> None:
    await desk.member("ana")
    await set_reach(desk, "ana", Reach.PUBLIC)
    post = await write(desk, "ana", "Read https://news.example/strike", audience=Audience.PUBLIC)
    await change(desk, Post, post.id, card=CARD)
    assert "After nine weeks" in (await desk.browser().get("/@ana")).text


async def named(desk: Desk, name: str) -> Actor:
    """Let a member's name have an emoji and a tag."""
    await desk.member(name)
    actor = await desk.union.actor(name)
    await change(desk, Actor, actor.id, display_name="Ben :blob: <i>", emojis=[BLOB])
    return actor


PICTURE = (
    r'Ben <img class="emoji" src="https://us\.example/media/remote/emoji/[^"]+" alt=":blob:" title=":blob:"'
    r' loading="lazy"> &lt;i&gt;'
)


async def test_H10_emoji_in_names_are_pictures_in_rows_profiles_and_notifications(desk: Desk) -> None:
    await desk.member("ana")
    ben = await named(desk, "ben")
    await follow(desk, "ana", "ben")
    await set_reach(desk, "ana", Reach.PUBLIC)
    own = await write(desk, "ana", "Mine", audience=Audience.PUBLIC)
    await write(desk, "ben", "His")

    def unit(session: Session) -> None:
        favourite(session, session.get_one(Actor, ben.id), own.id)
        boost(session, session.get_one(Actor, ben.id), own.id)

    await desk.db.write(unit)
    browser = await desk.signed_in()
    for path in ("/home", "/@ben", "/notifications", f"/posts/{own.id}/favourites"):
        page = (await browser.get(path)).text
        assert re.search(PICTURE, page), path
        assert "<i>" not in page, path
        assert 'aria-label="Post by Ben :blob: &lt;i&gt;"' in page or path not in ("/home", "/@ben")
    assert re.search(rf"\u2068{PICTURE}\u2069 likes your post", (await browser.get("/notifications")).text)
    french = (await browser.get("/notifications?lang=fr")).text
    assert re.search(rf"\u2068{PICTURE}\u2069", french)


async def test_emoji_in_the_text_of_a_post_are_pictures_for_members_too(desk: Desk) -> None:
    await desk.member("ana")
    post = await write(desk, "ana", "So :blob: it is")
    await change(desk, Post, post.id, emojis=[BLOB])
    page = (await (await desk.signed_in()).get(f"/posts/{post.id}")).text
    assert re.search(r'So <img class="emoji" src="[^"]+" alt=":blob:"', page)


async def test_H10_emoji_in_a_warning_and_in_answers_of_a_poll_are_pictures(desk: Desk) -> None:
    await desk.member("ana")
    await set_reach(desk, "ana", Reach.PUBLIC)
    fist = CustomEmoji(
        shortcode="fist", shortcode_key="fist", file_name="fist.png", created_at=desk.clock.now()
    )
    await desk.db.write(lambda session: session.add(fist))
    poll = PollDraft(options=("Yes :fist: <i>", "No"), ends_at=desk.clock.now() + timedelta(days=1))
    post = await write(
        desk, "ana", "Well?", audience=Audience.PUBLIC, content_warning="Vote :fist: <b>", poll=poll
    )
    browser = await desk.signed_in()
    for page in (await browser.get(f"/posts/{post.id}"), await desk.browser().get(f"/@ana/{post.slug}")):
        for words, after in (("Vote", "&lt;b&gt;"), ("Yes", "&lt;i&gt;")):
            assert re.search(rf'{words} <img class="emoji" src="[^"]+" alt=":fist:"[^>]*> {after}', page.text)
