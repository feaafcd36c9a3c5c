"""A post's page for members: its thread, what one does with it, and how it read before."""

import re

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.social.moderation.models import Report
from fediunion.social.posts.models import Bookmark, Favourite, Pin, PollVote, Post, ThreadMute
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.unpublished.models import UnpublishedPost
from tests.oauth.rig import Browser, Desk, fields_of
from tests.web.pages.composing import send_form
from tests.web.pages.members import press, write
from tests.web.pages.reaching import set_reach


async def send(browser: Browser, path: str, **fields: str) -> int:
    """Send a form with the token of this browser; return the status."""
    token = fields_of((await browser.get("/settings/apps")).text)
    if "form_token" not in token:
        token = fields_of((await browser.get("/compose")).text)
    return (await browser.post(path, {"form_token": token["form_token"]} | fields)).status_code


async def test_a_thread_shows_what_it_answers_and_the_answers(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    first = await write(desk, "ben", "First")
    second = await write(desk, "ana", "Second", in_reply_to_id=first.id)
    third = await write(desk, "ben", "Third", in_reply_to_id=second.id)
    page = (await (await desk.signed_in()).get(f"/posts/{second.id}")).text
    at = [page.index(f'id="post-{post.id}"') for post in (first, second, third)]
    assert at == sorted(at)
    assert 'class="focus-post' in page[at[0] : at[2]]


async def test_V07_what_is_not_for_the_reader_leaves_no_trace_in_a_thread(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben"), await desk.member("cleo")
    first = await write(desk, "ben", "First")
    secret = await write(desk, "ben", "@cleo between us", in_reply_to_id=first.id, audience=Audience.DIRECT)
    browser = await desk.signed_in()
    page = (await browser.get(f"/posts/{first.id}")).text
    assert "between us" not in page
    assert str(secret.id) not in page
    for path in ("", "/history", "/favourites", "/boosts", "/quoting", "/delete"):
        assert (await browser.get(f"/posts/{secret.id}{path}")).status_code == 404
    for action in ("favourite", "boost", "bookmark", "vote", "mute", "pin", "delete", "quotes"):
        status = await send(
            browser, f"/posts/{secret.id}/{action}", **{"choice[]": "0", "quote_policy": "nobody"}
        )
        assert status == 404, action
    assert (await desk.rows(Favourite), await desk.rows(Bookmark)) == ([], [])


@pytest.mark.parametrize(
    ("action", "table"),
    [("favourite", Favourite), ("bookmark", Bookmark), ("mute", ThreadMute)],
    ids=["favourite", "bookmark", "mute"],
)
async def test_a_button_does_it_and_takes_it_back(desk: Desk, action: str, table: type[Favourite]) -> None:
    await desk.member("ana"), await desk.member("ben")
    post = await write(desk, "ben", "Hello")
    browser = await desk.signed_in()
    page = await browser.get("/local")
    fields = fields_of(page.text)
    answer = await browser.post(
        f"/posts/{post.id}/{action}", fields | {"undo": "0", "back": "/local?max_id=9"}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/local?max_id=9#post-{post.id}"
    assert len(await desk.rows(table)) == 1
    assert (await browser.post(f"/posts/{post.id}/{action}", fields | {"undo": "1"})).status_code == 303
    assert await desk.rows(table) == []


async def test_W07_a_button_leads_back_to_a_page_of_ours_only(desk: Desk) -> None:
    await desk.member("ana")
    post = await write(desk, "ana", "Hello")
    browser = await desk.signed_in()
    fields = fields_of((await browser.get("/local")).text) | {"back": "//evil.example/"}
    answer = await browser.post(f"/posts/{post.id}/favourite", fields)
    assert answer.headers["location"] == f"/#post-{post.id}"


async def test_what_stays_here_has_a_lock_and_is_not_boosted(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    post = await write(desk, "ben", "Stays")
    browser = await desk.signed_in()
    page = (await browser.get("/local")).text
    assert "Boost: not possible. This post stays on this server." in re.sub(r"<[^>]+>", "", page)
    assert f"/posts/{post.id}/boost" not in page.partition("<main")[2].partition("post-acts")[2]
    assert await send(browser, f"/posts/{post.id}/boost") == 422


async def test_a_public_post_is_boosted_and_counted(desk: Desk) -> None:
    await desk.member("ana")
    board = await desk.union.member("board")
    post = await desk.union.post("board", "Open to all")
    browser = await desk.signed_in()
    assert board.reach == Reach.PUBLIC
    assert await send(browser, f"/posts/{post.id}/boost") == 303
    page = (await browser.get(f"/posts/{post.id}")).text
    assert re.search(r'formaction="[^"]*/boost" name="undo" value="1"', page)
    boosts = (await browser.get(f"/posts/{post.id}/boosts")).text
    assert "@ana@us.example" in boosts


async def test_an_unknown_deed_is_no_page(desk: Desk) -> None:
    await desk.member("ana")
    post = await write(desk, "ana", "Hello")
    browser = await desk.signed_in()
    assert await send(browser, f"/posts/{post.id}/paint") == 404
    assert await send(browser, f"/posts/{1 << 64}/favourite") == 404


async def test_one_vote_is_counted_and_the_numbers_are_shown(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    ends_at = desk.clock.now().replace(year=desk.clock.now().year + 1)
    poll = PollDraft(options=["Monday", "Tuesday"], ends_at=ends_at)
    post = await write(desk, "ben", "Which day?", poll=poll)
    browser = await desk.signed_in()
    assert await send(browser, f"/posts/{post.id}/vote") == 422
    assert (
        await press(browser, f"/posts/{post.id}", f"/posts/{post.id}/vote", **{"choice[]": "1"})
    ).status_code == 303
    assert [vote.choice for vote in await desk.rows(PollVote)] == [1]
    page = (await browser.get(f"/posts/{post.id}")).text
    assert "100 %" in page
    assert "your vote" in page


async def test_ones_own_post_is_pinned_and_anothers_is_not(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await set_reach(desk, "ana", Reach.PUBLIC)
    own = await write(desk, "ana", "Mine", audience=Audience.PUBLIC)
    other = await write(desk, "ben", "Yours")
    browser = await desk.signed_in()
    assert "Pin to your profile" in (await browser.get(f"/posts/{own.id}")).text
    assert await send(browser, f"/posts/{own.id}/pin") == 303
    assert await send(browser, f"/posts/{other.id}/pin") == 404
    assert [pin.post_id for pin in await desk.rows(Pin)] == [own.id]


async def test_deleting_asks_first_and_then_takes_the_post_away(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    own, other = await write(desk, "ana", "Mine"), await write(desk, "ben", "Yours")
    browser = await desk.signed_in()
    asked = (await browser.get(f"/posts/{own.id}/delete")).text
    assert "Delete this post?" in asked
    assert (await browser.get(f"/posts/{other.id}/delete")).status_code == 404
    assert await send(browser, f"/posts/{other.id}/delete", do="delete") == 404
    assert await send(browser, f"/posts/{own.id}/delete", do="delete") == 303
    assert (await browser.get(f"/posts/{own.id}")).status_code == 404


async def test_a_post_that_is_written_anew_is_a_draft_with_its_words(desk: Desk) -> None:
    await desk.member("ana")
    own = await write(desk, "ana", "With a tpyo", content_warning="Careful")
    browser = await desk.signed_in()
    answer = await press(browser, f"/posts/{own.id}/delete", f"/posts/{own.id}/delete", do="redraft")
    (draft,) = await desk.rows(UnpublishedPost)
    assert answer.headers["location"] == f"/compose?draft={draft.id}"
    page = (await browser.get(answer.headers["location"])).text
    assert "With a tpyo" in page
    assert 'value="Careful"' in page
    assert (await send_form(browser, {"text": "Without"}, page=answer.headers["location"])).status_code == 303
    texts = [post.source for post in await desk.rows(Post) if post.deleted_at is None]
    assert texts == ["Without"]
    assert await desk.rows(UnpublishedPost) == []


async def test_versions_show_what_was_changed_and_nothing_is_run(desk: Desk) -> None:
    await desk.member("ana")
    own = await write(desk, "ana", "At nine <script> in the hall")
    browser = await desk.signed_in()
    changed = await send_form(
        browser, {"text": "At ten <script> in the hall"}, page=f"/compose?edit={own.id}"
    )
    assert changed.headers["location"] == f"/posts/{own.id}"
    page = (await browser.get(f"/posts/{own.id}/history")).text
    assert "<del>nine</del> <ins>ten</ins>" in page
    assert "<script> in" not in page


async def test_a_report_names_the_post_and_its_author(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    other = await write(desk, "ben", "Bad")
    author = await desk.union.actor("ben")
    browser = await desk.signed_in()
    path = f"/report/{author.id}"
    answer = await press(
        browser, f"{path}?post={other.id}", path, post=str(other.id), category="spam", comment="x"
    )
    assert answer.status_code == 303
    (row,) = await desk.rows(Report)
    assert (row.target_id, row.post_uris, row.category) == (author.id, [other.uri], "spam")
    wrong = await press(browser, path, path, category="nonsense", comment="my words")
    assert wrong.status_code == 422
    assert "my words" in wrong.text


async def test_a_quote_shows_what_it_quotes_and_no_link_to_it_besides(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    for name in ("ana", "ben"):
        await set_reach(desk, name, Reach.PUBLIC)
    quoted = await write(desk, "ben", "Quote me", audience=Audience.PUBLIC)
    quoting = await write(desk, "ana", "As Ben says", audience=Audience.PUBLIC, quote_of_id=quoted.id)
    assert "quote-inline" in quoting.content
    page = (await (await desk.signed_in()).get(f"/posts/{quoting.id}")).text
    assert "Quote me" in page
    assert "quote-inline" not in page


async def test_who_may_quote_is_changed_for_ones_own_post(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    own, other = await write(desk, "ana", "Mine"), await write(desk, "ben", "Yours")
    browser = await desk.signed_in()
    assert await send(browser, f"/posts/{own.id}/quotes", quote_policy="nobody") == 303
    assert await send(browser, f"/posts/{own.id}/quotes", quote_policy="x") == 422
    assert await send(browser, f"/posts/{other.id}/quotes", quote_policy="nobody") == 404


async def test_the_public_address_of_a_post_leads_members_to_its_thread(desk: Desk) -> None:
    await desk.member("ana")
    own = await write(desk, "ana", "Mine")
    browser = await desk.signed_in()
    answer = await browser.get(f"/@ana/{own.slug}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/posts/{own.id}")
    assert (await browser.get("/@ana/nothing")).status_code == 404
    assert (await desk.browser().get(f"/@ana/{own.slug}")).status_code == 404


async def test_V02_no_page_of_a_thread_is_there_for_strangers(desk: Desk) -> None:
    await desk.member("ana")
    own = await write(desk, "ana", "Mine")
    for path in ("", "/history", "/favourites", "/boosts", "/quoting"):
        answer = await desk.browser().get(f"/posts/{own.id}{path}")
        assert answer.status_code == 303
        assert "Mine" not in answer.text


async def test_further_replies_stand_on_a_further_page(desk: Desk) -> None:
    await desk.member("ana")
    first = await write(desk, "ana", "First")
    replies = [(await write(desk, "ana", f"Reply {n}", in_reply_to_id=first.id)).id for n in range(43)]
    browser = await desk.signed_in()
    page = (await browser.get(f"/posts/{first.id}")).text
    onward = re.search(r'rel="next" href="([^"]+)"', page)
    assert onward is not None
    second = (await browser.get(onward[1])).text
    found = [int(each) for part in (page, second) for each in re.findall(r'data-id="(\d+)"', part)]
    assert sorted(found) == sorted(replies)


async def test_V02_the_public_address_of_a_post_tells_a_member_nothing_that_its_page_would_not(
    desk: Desk,
) -> None:
    for name in ("ana", "ben", "cleo"):
        await desk.member(name)
    secret = await write(desk, "ana", "@ben for you alone", audience=Audience.DIRECT)
    shared = await write(desk, "ana", "For all of us")
    for reader, found in (("ben", 303), ("ana", 303), ("cleo", 404)):
        browser = await desk.signed_in(reader)
        pages = [await browser.get(path) for path in (f"/@ana/{secret.slug}", "/@ana/aaaaaaaaaaaa")]
        assert [page.status_code for page in pages] == [found, 404]
        if found == 404:
            assert pages[0].text.replace(str(secret.slug), "aaaaaaaaaaaa") == pages[1].text
        assert (await browser.get(f"/@Ana/{shared.slug}")).status_code == 303
        # Under the name of another there is no such post.
        assert (await browser.get(f"/@ben/{shared.slug}")).status_code == 404
        assert (await browser.get(f"/@nobody/{shared.slug}")).status_code == 404
