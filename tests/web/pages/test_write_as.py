"""Writing for an institution: who is offered it, where it goes, what is refused, and who deletes it."""

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.kit.pages import Page
from fediunion.members.models import Member
from fediunion.social.institutions.models import Editor
from fediunion.social.media.models import Attachment, StoredFile
from fediunion.social.moderation.audit import list_audit
from fediunion.social.posts.models import Post
from fediunion.social.unpublished.models import UnpublishedPost
from tests.oauth.rig import BASE, Browser, Desk, fields_of
from tests.social.builders import local_actor
from tests.web.pages.composing import send_again, send_form
from tests.web.pages.members import press, write
from tests.web.pages.reaching import followers_at
from tests.web.pages.test_compose import choices, picture, posts
from tests.web.pages.test_statements import counted


async def board_of(desk: Desk, *editors: Member, name: str = "jobs") -> Actor:
    """Return a board that these members publish for."""

    def unit(session: Session) -> Actor:
        board = local_actor(session, name, kind=ActorKind.BOARD)
        session.add_all(Editor(actor_id=board.id, member_id=editor.id) for editor in editors)
        return board

    made: Actor = await desk.db.write(unit)
    return made


async def log_of(desk: Desk) -> list[tuple[str, str]]:
    """Return who did what, the first first."""
    entries = await desk.db.read(lambda session: list_audit(session, Page()))
    return [(entry.by, entry.action) for entry in reversed(entries)]


async def say_as(browser: Browser, board: Actor, fields: dict[str, Any], *, query: str = "") -> Any:
    """Write for a board, with the form that shows its audiences."""
    page = f"/compose?write_as={board.id}{query}"
    return await send_form(browser, {"write_as": str(board.id)} | fields, page=page)


async def test_only_editors_are_offered_to_write_for_something(desk: Desk) -> None:
    ana = await desk.member()
    browser = await desk.signed_in()
    async with counted() as before:
        page = (await browser.get("/compose")).text
    assert 'name="write_as"' not in page
    board = await board_of(desk, ana)
    async with counted() as after:
        page = (await browser.get("/compose")).text
    assert re.findall(r'<option value="(\d*)"( selected)?>([^<]+)', page.partition('id="write_as"')[2])[
        :2
    ] == [
        ("", " selected", "me"),
        (str(board.id), "", "\u200e@jobs"),
    ]
    assert sum("editor" in each for each in after) == sum("editor" in each for each in before) == 1


async def test_home_does_not_ask_who_is_an_editor_and_a_thread_asks_once(desk: Desk) -> None:
    ana = await desk.member()
    await board_of(desk, ana)
    post = await write(desk, "ana", "Mine")
    browser = await desk.signed_in()
    for path, asked in (("/home", 0), (f"/posts/{post.id}", 1)):
        async with counted() as ran:
            page = (await browser.get(path)).text
        assert 'id="compose"' in page
        assert sum("editor" in each for each in ran) == asked, path


async def test_an_editor_answers_anybody_for_the_board_from_the_thread(desk: Desk) -> None:
    board = await board_of(desk, await desk.member("ana"))
    await desk.member("ben")
    asked = await write(desk, "ben", "Until when?")
    page = f"/posts/{asked.id}"
    ana, ben = await desk.signed_in(), await desk.signed_in("ben")
    assert 'name="write_as"' not in (await ben.get(page)).text
    first = await send_form(ana, {"text": "Until May", "write_as": str(board.id)}, page=page)
    assert first.status_code == 422
    assert "You changed who writes" in first.text
    again = {"text": "Until May", "write_as": str(board.id), "audience": "local"}
    assert (await send_again(ana, first.text, again)).status_code == 303
    (reply,) = [post for post in await posts(desk) if post.author_id == board.id]
    assert (reply.in_reply_to_id, reply.audience) == (asked.id, "local")
    forged = {"text": "No", "write_as": str(board.id), "shown_as": str(board.id)}
    assert (await send_form(ben, forged, page=page)).status_code == 422


async def test_what_is_written_for_a_board_starts_public_and_counts_its_followers(desk: Desk) -> None:
    ana = await desk.member()
    board = await board_of(desk, ana)
    await followers_at(desk, "jobs", "kim@far.test", "lee@far.test", "mo@other.test")
    browser = await desk.signed_in()
    page = (await browser.get(f"/compose?write_as={board.id}")).text
    assert choices(page) == {
        "local": "",
        "network": "",
        "followers": "",
        "unlisted": "",
        "public": "checked",
    }
    assert "Goes to 2 servers now, and can travel anywhere" in page
    part = (await browser.get(f"/compose/receivers?audience=public&shown_as={board.id}")).text
    assert "Goes to 2 servers now, and can travel anywhere" in part


async def test_an_editor_publishes_for_the_board_and_the_log_says_who(desk: Desk) -> None:
    ana = await desk.member()
    board = await board_of(desk, ana)
    browser = await desk.signed_in()
    answer = await say_as(browser, board, {"text": "Nurse wanted", "option[]": ["Yes", "No"]})
    (post,) = await posts(desk)
    assert (post.author_id, post.audience, post.wire_type) == (board.id, "public", "Question")
    assert answer.headers["location"].removeprefix(BASE) == f"/posts/{post.id}"
    assert await log_of(desk) == [("@ana@us.example", "institution.post")]


async def test_sending_a_boards_form_twice_makes_one_post(desk: Desk) -> None:
    ana = await desk.member()
    board = await board_of(desk, ana)
    browser = await desk.signed_in()
    page = (await browser.get(f"/compose?write_as={board.id}")).text
    for _ in range(2):
        answer = await send_again(browser, page, {"text": "Once", "write_as": str(board.id)})
        assert answer.status_code == 303
    assert len(await posts(desk)) == len(await log_of(desk)) == 1


async def test_who_changes_the_writer_sees_the_other_audiences_before_it_is_published(desk: Desk) -> None:
    ana = await desk.member()
    board = await board_of(desk, ana)
    browser = await desk.signed_in()
    first = await send_form(browser, {"text": "Nurse", "write_as": str(board.id), "audience": "local"})
    assert first.status_code == 422
    assert "You changed who writes" in first.text
    assert ">\nNurse</textarea>" in first.text
    assert choices(first.text)["public"] == "checked"
    assert await posts(desk) == []
    back = await send_again(browser, first.text, {"text": "Nurse", "write_as": "", "audience": "public"})
    assert back.status_code == 422
    assert choices(back.text)["local"] == "checked"
    again = {"text": "Nurse", "write_as": str(board.id), "audience": "unlisted"}
    assert (await send_again(browser, first.text, again)).status_code == 303
    assert [(post.author_id, post.audience) for post in await posts(desk)] == [(board.id, "unlisted")]


async def test_O12_a_forged_institution_publishes_nothing(desk: Desk) -> None:
    ben = await desk.member("ben")
    await desk.member("ana")
    board = await board_of(desk, ben)
    browser = await desk.signed_in()
    other = await desk.union.actor("ben")
    for number in (board.id, other.id, 1):
        forged = {"text": "Forged words", "write_as": str(number), "shown_as": str(number)}
        answer = await send_form(browser, forged | {"audience": "public"})
        assert answer.status_code == 422
        assert "You are no editor of this institution." in answer.text
        assert ">\nForged words</textarea>" in answer.text
    page = (await browser.get(f"/compose?write_as={board.id}")).text
    assert "You are no editor of this institution." in page
    assert 'name="write_as"' not in page
    assert (await posts(desk), await log_of(desk)) == ([], [])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"do": "draft"}, "A draft cannot be an institution&#39;s"),
        ({"at": "2090-01-01T10:00"}, "An institution&#39;s post cannot wait"),
        ({"audience": "direct"}, "Institutions send no messages"),
    ],
    ids=["draft", "scheduled", "message"],
)
async def test_what_institutions_do_not_do_is_said_and_the_words_stay(
    desk: Desk, fields: dict[str, str], told: str
) -> None:
    ana = await desk.member()
    board = await board_of(desk, ana)
    answer = await say_as(await desk.signed_in(), board, {"text": "Kept words"} | fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert ">\nKept words</textarea>" in answer.text
    assert f'<option value="{board.id}" selected>' in answer.text
    assert (await posts(desk), await desk.rows(UnpublishedPost)) == ([], [])


async def test_a_message_is_not_answered_for_an_institution(desk: Desk) -> None:
    ana = await desk.member()
    await desk.member("ben")
    board = await board_of(desk, ana)
    message = await write(desk, "ben", "@ana @jobs between us", audience=Audience.DIRECT)
    browser = await desk.signed_in()
    answer = await say_as(browser, board, {"text": "No"}, query=f"&reply={message.id}")
    assert answer.status_code == 422
    assert "The institution cannot answer or quote this" in answer.text
    assert [post.id for post in await posts(desk)] == [message.id]


async def test_the_page_of_a_boards_post_answers_for_the_board(desk: Desk) -> None:
    ana = await desk.member()
    board = await board_of(desk, ana)
    post = await write(desk, "jobs", "Nurse wanted", audience=Audience.PUBLIC)
    browser = await desk.signed_in()
    path = f"/posts/{post.id}"
    first = await send_form(browser, {"text": "Still open", "write_as": str(board.id)}, page=path)
    assert "You changed who writes" in first.text
    fields = {"text": "Still open", "write_as": str(board.id), "audience": "public"}
    answer = await send_again(browser, first.text, fields)
    (reply,) = [each for each in await posts(desk) if each.in_reply_to_id == post.id]
    assert (reply.author_id, reply.source) == (board.id, "Still open")
    assert answer.status_code == 303


async def test_pictures_become_the_boards_and_nobody_elses_are_taken(desk: Desk) -> None:
    ana = await desk.member()
    await desk.member("ben")
    board = await board_of(desk, ana)
    browser = await desk.signed_in()
    first = await send_form(
        browser,
        {"text": "Look", "write_as": str(board.id)},
        page=f"/compose?write_as={board.id}",
        files=[picture()],
    )
    (upload,) = await desk.rows(Attachment)
    fields = {"text": "Look", "write_as": str(board.id), "file[]": str(upload.id)}
    answer = await send_again(browser, first.text, fields | {f"description-{upload.id}": "Red"})
    assert answer.status_code == 303
    (attachment,) = await desk.rows(Attachment)
    assert (attachment.owner_id, attachment.description) == (board.id, "Red")
    assert attachment.post_id == (await posts(desk))[0].id
    assert {file.owner_id for file in await desk.rows(StoredFile)} == {board.id}
    await send_form(await desk.signed_in("ben"), {"text": "Mine"}, files=[picture()])
    (bens,) = [each for each in await desk.rows(Attachment) if each.id != upload.id]
    answer = await say_as(browser, board, {"text": "Taken", "file[]": str(bens.id)})
    assert answer.status_code in (404, 422)
    assert len(await posts(desk)) == 1


async def test_an_editor_deletes_a_boards_post_and_the_log_says_who(desk: Desk) -> None:
    ana = await desk.member()
    await desk.member("ben")
    await board_of(desk, ana)
    post = await write(desk, "jobs", "Nurse wanted", audience=Audience.PUBLIC)
    path = f"/posts/{post.id}"
    ben, browser = await desk.signed_in("ben"), await desk.signed_in()
    assert f"{path}/delete" not in (await ben.get(path)).text
    token = {"form_token": fields_of((await ben.get("/compose")).text)["form_token"]}
    assert (await ben.get(f"{path}/delete")).status_code == 404
    assert (await ben.post(f"{path}/delete", token)).status_code == 404
    assert f'href="{path}/delete"' in (await browser.get(path)).text
    assert "redraft" not in (await browser.get(f"{path}/delete")).text
    refused = await press(browser, f"{path}/delete", f"{path}/delete", do="redraft")
    assert refused.status_code == 422
    assert [each.id for each in await posts(desk)] == [post.id]
    assert (await press(browser, f"{path}/delete", f"{path}/delete")).status_code == 303
    assert await posts(desk) == []
    assert await log_of(desk) == [("@ana@us.example", "institution.delete")]
    assert [each.deleted_at is None for each in await desk.rows(Post)].count(True) == 0


async def test_an_editor_changes_a_boards_post_with_its_pictures_and_the_log_says_who(desk: Desk) -> None:
    ana, cleo = await desk.member(), await desk.member("cleo")
    await desk.member("ben")
    board = await board_of(desk, ana, cleo)
    browser, other, ben = await desk.signed_in(), await desk.signed_in("cleo"), await desk.signed_in("ben")
    first = await send_form(
        browser, {"write_as": str(board.id)}, page=f"/compose?write_as={board.id}", files=[picture()]
    )
    (red,) = await desk.rows(Attachment)
    await send_again(browser, first.text, {"text": "Old", "write_as": str(board.id), "file[]": str(red.id)})
    (post,) = await posts(desk)
    path = f"/compose?edit={post.id}"
    assert path in (await other.get(f"/posts/{post.id}")).text
    assert path not in (await ben.get(f"/posts/{post.id}")).text
    assert (await ben.get(path)).status_code == 404
    forged = {"text": "Forged", "edit": str(post.id), "file[]": str(red.id)}
    assert (await send_form(ben, forged)).status_code == 404
    assert (await send_form(ben, forged | {"do": "count"})).status_code == 404
    more = await send_form(other, {"text": "New", "file[]": str(red.id)}, page=path, files=[picture()])
    (fresh,) = [each for each in await desk.rows(Attachment) if each.id != red.id]
    assert f'value="{red.id}"' in more.text
    fields = {"text": "New", "file[]": [str(red.id), str(fresh.id)]}
    assert (await send_again(other, more.text, fields)).status_code == 303
    assert [(each.author_id, each.source) for each in await posts(desk)] == [(board.id, "New")]
    assert {(each.owner_id, each.post_id) for each in await desk.rows(Attachment)} == {(board.id, post.id)}
    assert await log_of(desk) == [
        ("@ana@us.example", "institution.post"),
        ("@cleo@us.example", "institution.edit"),
    ]
