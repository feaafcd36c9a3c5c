"""Writing: who will receive it, what is refused with everything kept, and what is published once."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import DomainRule, Reach
from fediunion.members.models import Member
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post
from fediunion.social.unpublished.models import UnpublishedPost
from tests.oauth.rig import Desk, fields_of
from tests.social.builders import remote_actor
from tests.web.pages.composing import send_again, send_form
from tests.web.pages.members import press, write
from tests.web.pages.reaching import followers_at, set_reach


async def posts(desk: Desk) -> list[Post]:
    """Return what is there, in no order."""
    return [post for post in await desk.rows(Post) if post.deleted_at is None]


def picture() -> bytes:
    """Return a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(file, "PNG")
    return file.getvalue()


def choices(page: str) -> dict[str, str]:
    """Return the radios of the audience by value: "checked", "disabled" or ""."""
    found = re.findall(r'name="audience" id="[^"]*" value="(\w+)"( checked)?( disabled)?', page)
    return {value: (checked or disabled).strip() for value, checked, disabled in found}


async def test_a_hidden_member_begins_with_this_server_and_can_go_no_further(desk: Desk) -> None:
    await desk.member()
    page = (await (await desk.signed_in()).get("/compose")).text
    assert choices(page) == {
        "direct": "",
        "local": "checked",
        "network": "disabled",
        "followers": "",
        "unlisted": "disabled",
        "public": "disabled",
    }
    assert "you are hidden" in page
    assert "Goes to no other server" in page


async def test_others_begin_with_their_followers_and_see_the_servers_that_receive_it(desk: Desk) -> None:
    await desk.member()
    await set_reach(desk, "ana", Reach.PUBLIC)
    await followers_at(desk, "ana", "kim@far.test", "lee@far.test", "mo@other.test")
    page = (await (await desk.signed_in()).get("/compose")).text
    assert choices(page)["followers"] == "checked"
    followers = page.partition("who-4")[2].partition("</details>")[0]
    assert "<summary>Goes to 2 other servers</summary>" in followers
    assert re.findall(r'<bdi class="code">([^<]+)</bdi> <span class="soft">([^<]+)', followers) == [
        ("far.test", "2 followers"),
        ("other.test", "1 follower"),
    ]
    assert "Goes to 2 servers now, and can travel anywhere" in page
    home = (await (await desk.signed_in()).get("/home")).text
    assert "Goes to 2 other servers" in home


async def test_a_blocked_server_is_told_to_be_left_out(desk: Desk) -> None:
    await desk.member()
    await set_reach(desk, "ana", Reach.PUBLIC)
    await followers_at(desk, "ana", "kim@far.test")
    await desk.db.write(
        lambda session: session.add(DomainRule(host="far.test", action="block", created_at=desk.clock.now()))
    )
    page = (await (await desk.signed_in()).get("/compose")).text
    assert "Left out, for this server blocks them: far.test" in page
    assert "Goes to 0 servers now" in page


async def test_counting_again_names_who_is_mentioned_and_keeps_the_words(desk: Desk) -> None:
    await desk.member()
    await set_reach(desk, "ana", Reach.PUBLIC)
    await desk.db.write(lambda session: remote_actor(session, "far.test", "kim"))
    browser = await desk.signed_in()
    answer = await send_form(browser, {"text": "@kim@far.test hello", "do": "count"})
    assert "@kim@far.test hello</textarea>" in answer.text
    assert '<span class="soft">@kim@far.test</span>' in answer.text
    assert "Will not see it: @kim@far.test" in answer.text
    assert await posts(desk) == []
    part = (await browser.get("/compose/receivers?named=@kim@far.test&audience=public")).text
    assert "Goes to 1 server now" in part
    assert "<html" not in part


@pytest.mark.parametrize(
    ("audience", "open_to"),
    [
        (Audience.LOCAL, {"direct", "local"}),
        (Audience.FOLLOWERS, {"direct", "local", "network", "followers"}),
        (Audience.PUBLIC, {"direct", "local", "network", "followers", "unlisted", "public"}),
    ],
    ids=["local", "followers", "public"],
)
async def test_an_answer_reaches_no_further_than_what_it_answers(
    desk: Desk, audience: Audience, open_to: set[str]
) -> None:
    await desk.member()
    await set_reach(desk, "ana", Reach.PUBLIC)
    post = await write(desk, "ana", "Hello", audience=audience)
    browser = await desk.signed_in()
    shown = choices((await browser.get(f"/compose?reply={post.id}")).text)
    assert {value for value, state in shown.items() if state != "disabled"} == open_to
    await send_form(browser, {"text": "Wider", "audience": "public"}, page=f"/compose?reply={post.id}")
    (answer,) = [each for each in await posts(desk) if each.in_reply_to_id == post.id]
    assert (answer.source, answer.audience) == ("Wider", audience)


async def test_an_answer_names_whom_it_answers(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    post = await write(desk, "ben", "Question for @ana", content_warning="Health")
    page = (await (await desk.signed_in()).get(f"/compose?reply={post.id}")).text
    assert "@ben </textarea>" in page
    assert 'name="warning" type="text" value="Health"' in page


async def test_a_new_post_is_in_the_language_in_which_its_writer_reads(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    old = await write(desk, "ana", "Not said")
    french = await write(desk, "ben", "Bonjour", language="fr")
    browser = await desk.signed_in()
    answer = f"/compose?reply={french.id}"
    for path, language in (("/compose", "en"), ("/compose?lang=ar", "ar"), (answer, "fr")):
        page = (await browser.get(path)).text
        assert f'<option value="{language}" selected>' in page, path
    assert '<option value="en" selected>' not in (await browser.get(f"/compose?edit={old.id}")).text


async def test_an_address_in_a_text_counts_as_apps_count_it(desk: Desk) -> None:
    await desk.member()
    text = "x" * (10_000 - 24) + " https://news.example/" + "a" * 200
    browser = await desk.signed_in()
    await send_form(browser, {"text": text})
    assert [each.source for each in await posts(desk)] == [text]
    assert 'maxlength="30000"' in (await browser.get("/compose")).text


async def test_a_post_is_published_with_everything_that_was_chosen(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    fields = {
        "text": "Which *day*?",
        "warning": "Dates",
        "language": "fr",
        "markdown": "1",
        "option[]": ["Monday", "", "Tuesday"],
        "poll_seconds": "3600",
        "poll_multiple": "1",
        "quote_policy": "nobody",
    }
    answer = await send_form(browser, fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    (post,) = await posts(desk)
    assert (post.content_warning, post.language, post.audience) == ("Dates", "fr", "local")
    assert "<em>day</em>" in post.content
    (poll,) = await desk.rows(Poll)
    assert [option["name"] for option in poll.options] == ["Monday", "Tuesday"]
    assert poll.multiple
    assert poll.ends_at == desk.clock.now() + timedelta(hours=1)
    assert "Your post is published." in (await browser.get("/home")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 10_001},
        {"text": "Fine", "language": "not a language"},
        {"text": "Fine", "option[]": ["only one"]},
        {"text": "Fine", "at": "tomorrow"},
        {"text": "Fine", "at": "2020-01-01T10:00"},
    ],
    ids=["empty", "too long", "language", "poll", "no moment", "past"],
)
async def test_what_cannot_be_published_comes_back_as_it_was_typed(desk: Desk, wrong: dict[str, Any]) -> None:
    await desk.member()
    answer = await send_form(await desk.signed_in(), {"warning": "Kept <b>"} | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="Kept &lt;b&gt;"' in answer.text
    assert wrong["text"][:50] in answer.text
    assert await posts(desk) == []


async def test_sending_the_same_form_twice_makes_one_post(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    page = (await browser.get("/compose")).text
    for _ in range(2):
        assert (await send_again(browser, page, {"text": "Once"})).status_code == 303
    assert len(await posts(desk)) == 1


async def test_files_are_described_before_they_are_published(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    first = await send_form(browser, {"text": "Look"}, files=[picture()])
    assert first.status_code == 422
    assert "Describe each in words" in first.text
    assert await posts(desk) == []
    (upload,) = await desk.rows(Attachment)
    fields = {
        "text": "Look",
        "file[]": str(upload.id),
        f"description-{upload.id}": "A red square",
        f"focus-{upload.id}": "-1,1",
    }
    assert (await send_again(browser, first.text, fields)).status_code == 303
    (attachment,) = await desk.rows(Attachment)
    assert attachment.post_id == (await posts(desk))[0].id
    assert (attachment.description, attachment.focal_x, attachment.focal_y) == ("A red square", -1, 1)
    home = (await browser.get("/local")).text
    assert 'alt="A red square"' in home
    assert "focus-top-start" in home


async def test_a_file_that_is_not_taken_is_said_and_the_words_stay(desk: Desk) -> None:
    await desk.member()
    answer = await send_form(await desk.signed_in(), {"text": "Look"}, files=[b"MZ no picture"])
    assert answer.status_code == 422
    assert "This kind of file is not taken here." in answer.text
    assert ">\nLook</textarea>" in answer.text


async def test_M14_somebody_elses_upload_is_not_posted(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    ben = await desk.signed_in("ben")
    await send_form(ben, {"text": "Look"}, files=[picture()])
    (upload,) = await desk.rows(Attachment)
    answer = await send_form(await desk.signed_in(), {"text": "Mine", "file[]": str(upload.id)})
    assert answer.status_code in (404, 422)
    assert await posts(desk) == []


async def test_a_draft_is_kept_gone_on_with_and_published(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    assert (await send_form(browser, {"text": "Half a tho", "do": "draft"})).headers["location"] == "/drafts"
    (draft,) = await desk.rows(UnpublishedPost)
    path = f"/compose?draft={draft.id}"
    listed = (await browser.get("/drafts")).text
    assert "Half a tho" in listed
    assert path.replace("&", "&amp;") in listed
    assert (await send_form(browser, {"text": "Half", "do": "draft"}, page=path)).status_code == 303
    assert len(await desk.rows(UnpublishedPost)) == 1
    assert (await send_form(browser, {"text": "A whole thought"}, page=path)).status_code == 303
    assert await desk.rows(UnpublishedPost) == []
    assert [post.source for post in await posts(desk)] == ["A whole thought"]


async def test_a_scheduled_post_waits_in_the_writers_own_zone(desk: Desk) -> None:
    member = await desk.member()

    def unit(session: Session, row: Member) -> None:
        row.settings = {**row.settings, "time_zone": "Africa/Nairobi"}

    await desk.on(member, unit)
    browser = await desk.signed_in()
    day = (desk.clock.now() + timedelta(days=3)).date()
    answer = await send_form(browser, {"text": "Later", "at": f"{day}T09:30"})
    assert answer.headers["location"] == "/scheduled"
    (row,) = await desk.rows(UnpublishedPost)
    assert row.publish_at == datetime(day.year, day.month, day.day, 6, 30, tzinfo=UTC)
    page = (await browser.get(f"/compose?scheduled={row.id}")).text
    assert f'value="{day}T09:30"' in page
    moved = {"text": "Later still", "at": f"{day}T10:30"}
    assert (await send_form(browser, moved, page=f"/compose?scheduled={row.id}")).status_code == 303
    (row,) = await desk.rows(UnpublishedPost)
    assert (row.publish_at.hour, row.wish["text"]) == (7, "Later still")
    gone = await press(browser, "/scheduled", f"/scheduled/{row.id}/delete")
    assert gone.status_code == 303
    assert await desk.rows(UnpublishedPost) == []
    assert await posts(desk) == []


async def test_another_members_drafts_and_posts_are_not_there(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    ben = await desk.signed_in("ben")
    await send_form(ben, {"text": "Private thought", "do": "draft"})
    (draft,) = await desk.rows(UnpublishedPost)
    post = await write(desk, "ben", "Hello")
    ana = await desk.signed_in()
    token = fields_of((await ana.get("/compose")).text)
    for path in (f"/compose?draft={draft.id}", f"/compose?scheduled={draft.id}", f"/compose?edit={post.id}"):
        assert (await ana.get(path)).status_code == 404
    assert (await ana.post(f"/drafts/{draft.id}/delete", token)).status_code == 404
    assert (await send_form(ana, {"text": "x", "edit": str(post.id)})).status_code == 404
    assert (await send_form(ana, {"text": "x", "draft": str(draft.id)})).status_code == 404
    assert len(await desk.rows(UnpublishedPost)) == 1
    assert "Private thought" not in (await ana.get("/drafts")).text


async def test_a_post_is_changed_with_its_words_as_they_were_typed(desk: Desk) -> None:
    await desk.member()
    post = await write(desk, "ana", "Some *words*")
    browser = await desk.signed_in()
    path = f"/compose?edit={post.id}"
    page = (await browser.get(path)).text
    assert "Some *words*</textarea>" in page
    assert 'name="audience"' not in page
    assert (await send_form(browser, {"text": "Other words"}, page=path)).status_code == 303
    assert [each.source for each in await posts(desk)] == ["Other words"]


async def test_an_empty_list_of_drafts_leads_to_writing(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    assert "There are no drafts." in (await browser.get("/drafts")).text
    assert "Nothing is scheduled." in (await browser.get("/scheduled")).text


async def test_a_text_that_another_server_sends_is_there_to_be_read_and_changed(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    shared = (await browser.get("/share", params={"text": "Come & see <b>"})).text
    path = re.search(r'href="(/compose[^"]+)"', shared.partition("<main")[2])
    assert path is not None
    page = (await browser.get(path[1].replace("&amp;", "&"))).text
    assert ">\nCome &amp; see &lt;b&gt;</textarea>" in page
    assert await posts(desk) == []


async def test_O15_who_would_get_it_is_shown_as_usual_for_an_audience_that_there_is_not(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    usual, strange = [await browser.get(f"/compose/receivers?audience={name}") for name in ("", "everyone")]
    assert (strange.status_code, strange.text) == (200, usual.text)
