"""Boards and their editors, and the union's own pages."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid
from fediunion.kit.pages import Page
from fediunion.members.service import delete_member
from fediunion.social.institutions.models import Editor
from fediunion.social.institutions.queries import institutions_of
from fediunion.social.institutions.service import publish_as
from fediunion.social.moderation.audit import list_audit
from fediunion.social.posts.service.drafts import PostDraft
from fediunion.social.site.models import OwnPage
from tests.oauth.rig import Desk
from tests.web.pages.admin.staff import member_named, sign_in, submit, token_of

BOARDS = "/admin/institutions"
PAGES = "/admin/pages"


async def test_several_members_publish_for_one_board_and_the_log_says_who(desk: Desk) -> None:
    await sign_in(desk, "ana")
    adi = await sign_in(desk, "adi")
    page = await submit(
        adi, BOARDS, BOARDS, kind="board", username="jobs-here", title="Jobs <here>", summary="Ours & theirs"
    )
    assert "Jobs &lt;here&gt;" in page
    (board,) = [row for row in await desk.rows(Actor) if row.username == "jobs-here"]
    assert board.summary == "<p>Ours &amp; theirs</p>"
    await submit(adi, BOARDS, f"{BOARDS}/{board.id}/editors", editor="@ana")
    ana, chief = await member_named(desk, "ana"), await member_named(desk, "adi")

    def publish(session: Session, member_id: int) -> int:
        return publish_as(session, member_id, board.id, PostDraft(text="Nurse", audience=Audience.PUBLIC)).id

    await desk.db.write(publish, ana.id)
    await desk.db.write(publish, chief.id)
    log = await desk.db.read(lambda session: list_audit(session, Page()))
    assert [entry.by for entry in log if entry.action == "institution.post"] == [
        "@adi@us.example",
        "@ana@us.example",
    ]
    await submit(adi, BOARDS, f"{BOARDS}/{board.id}/editors/end", member=str(ana.id))
    assert "@ana@us.example" not in (await adi.get(BOARDS)).text
    assert await desk.db.read(lambda session: list(institutions_of(session, ana.id))) == []
    with pytest.raises(Invalid):
        await desk.db.write(publish, ana.id)


async def test_who_erased_the_account_publishes_for_nobody(desk: Desk) -> None:
    await sign_in(desk, "ana")
    adi = await sign_in(desk, "adi")
    await submit(adi, BOARDS, BOARDS, kind="group", username="ward-3", title="Ward 3")
    (group,) = [row for row in await desk.rows(Actor) if row.username == "ward-3"]
    await submit(adi, BOARDS, f"{BOARDS}/{group.id}/editors", editor="ana")
    ana = await member_named(desk, "ana")
    await desk.on(ana, delete_member)
    assert [row.member_id for row in await desk.rows(Editor)] == [(await member_named(desk, "adi")).id]


async def test_an_institution_may_have_a_name_that_is_kept_from_members_for_it(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    await submit(adi, BOARDS, BOARDS, kind="feed", username="news", title="News")
    assert (await desk.browser().get("/@news")).status_code == 200
    for name in ("instance", "us.example", "s-abcdefghijkl"):
        wanted = {"kind": "feed", "username": name, "title": "Another"}
        assert (await adi.post(BOARDS, await token_of(adi) | wanted)).status_code == 422, name


async def test_a_board_without_a_good_name_is_not_made(desk: Desk) -> None:
    mo, adi = await sign_in(desk, "mo"), await sign_in(desk, "adi")
    token = await token_of(adi)
    assert (await mo.get(BOARDS)).status_code == 404
    for bad in (
        {"kind": "member", "username": "x", "title": "X"},
        {"kind": "board", "username": "adi", "title": "X"},
        {"kind": "board", "username": "us.example", "title": "X"},
        {"kind": "board", "username": "x", "title": " "},
    ):
        answer = await adi.post(BOARDS, token | bad)
        assert answer.status_code == 422, bad
        assert f'value="{bad["username"]}"' in answer.text
    assert (await adi.post(f"{BOARDS}/1/editors", token | {"editor": "ana"})).status_code == 404


async def test_the_own_pages_are_for_everybody_and_cleaned(desk: Desk) -> None:
    adi, mo = await sign_in(desk, "adi"), await sign_in(desk, "mo")
    text = "# Statutes\n\n<script>alert(1)</script> [x](javascript:alert(1))"
    typed = {"slug": "Statutes", "title": "Our statutes", "source": text}
    preview = await adi.post(PAGES, await token_of(adi) | typed | {"preview": "1"})
    assert preview.status_code == 200
    assert await desk.rows(OwnPage) == []
    await submit(adi, PAGES, PAGES, **typed)
    stranger = await desk.http.get("/pages/statutes")
    assert "<h1>Our statutes</h1>" in stranger.text
    assert "<script>alert" not in stranger.text
    assert 'href="javascript:' not in stranger.text
    assert "/pages/statutes" in (await desk.http.get("/pages")).text
    assert (await mo.get(PAGES)).status_code == 404
    assert text.splitlines()[0] in (await adi.get(f"{PAGES}?page=statutes")).text
    await submit(adi, PAGES, f"{PAGES}/remove", slug="statutes")
    assert (await desk.http.get("/pages/statutes")).status_code == 404


@pytest.mark.parametrize(
    "bad",
    [{"slug": "../x"}, {"slug": ""}, {"title": " "}, {"source": ""}],
    ids=["path", "no address", "no title", "no text"],
)
async def test_a_page_that_is_not_whole_is_not_published(desk: Desk, bad: dict[str, str]) -> None:
    adi = await sign_in(desk, "adi")
    typed = {"slug": "x", "title": "T", "source": "Words"} | bad
    answer = await adi.post(PAGES, await token_of(adi) | typed)
    assert answer.status_code == 422
    assert await desk.rows(OwnPage) == []
