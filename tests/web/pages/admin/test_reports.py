"""Reports: who reads them, what is decided, and the appeal of the member."""

import re

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import find_local_actor
from fediunion.db import now_of
from fediunion.kit.pages import Page
from fediunion.members.models import Member, MemberState, Role
from fediunion.members.queries import find_member_of
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.models import Decision, Report
from fediunion.social.moderation.reports import report
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.interactions import boost
from tests.oauth.rig import Browser, Desk, fields_of
from tests.social.builders import local_actor, member_of, post_by
from tests.web.pages.admin.staff import member_named, sign_in, submit, token_of


async def reported(desk: Desk, text: str = "Vote for me", audience: Audience = Audience.PUBLIC) -> int:
    """Let ana, a member who exists, be reported by ben for a post; return the id of the report."""

    def work(session: Session) -> int:
        ana, ben = find_local_actor(session, "ana"), local_actor(session, "ben")
        if find_member_of(session, ben.id) is None:
            member_of(session, ben)
        assert ana is not None
        post = post_by(session, ana, audience, text=text, mentions=[ben])
        session.flush()
        return report(session, ben, ana, post_ids=[post.id], comment="It is <b>spam</b>").id

    found: int = await desk.db.write(work)
    return found


async def actions(desk: Desk) -> list[str]:
    """Return what the log says was done, the newest first."""
    rows = await desk.db.read(lambda session: list_audit(session, Page()))
    return [row.action for row in rows]


async def decide(browser: Browser, number: int, measure: str, reason: str = "Rule 2") -> str:
    """Send the decision about a report; return the page that follows."""
    path = f"/admin/reports/{number}"
    return await submit(browser, path, f"{path}/decide", measure=measure, reason=reason)


async def test_a_report_shows_what_was_said_without_markup_and_the_post(desk: Desk) -> None:
    ana, mo = await sign_in(desk, "ana"), await sign_in(desk, "mo")
    number = await reported(desk)
    assert (await ana.get(f"/admin/reports/{number}")).status_code == 404
    assert "@ana@us.example" in (await mo.get("/admin/reports")).text
    text = (await mo.get(f"/admin/reports/{number}")).text
    assert "It is &lt;b&gt;spam&lt;/b&gt;" in text
    assert "Vote for me" in text
    assert "@ben@us.example" in text


async def test_a_boost_in_a_report_shows_what_was_boosted_and_whose_it_is(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")

    def work(session: Session, *, removes: bool = False) -> int:
        ana, ben = find_local_actor(session, "ana"), find_local_actor(session, "ben")
        assert ana is not None
        if ben is None:
            ben = local_actor(session, "ben")
            member_of(session, ben)
        post = post_by(session, ben, Audience.PUBLIC, text="Words of ben")
        session.flush()
        boosted = boost(session, ana, post.id)
        session.flush()
        number = report(session, ben, ana, post_ids=[boosted.id], comment="See").id
        if removes:
            post.deleted_at = now_of(session)
        return number

    text = (await mo.get(f"/admin/reports/{await desk.db.write(work)}")).text
    assert "Words of ben" in text
    assert "@ben@us.example" in text.partition("Words of ben")[0].rpartition("<h2")[2]
    gone = await desk.db.write(lambda session: work(session, removes=True))
    text = (await mo.get(f"/admin/reports/{gone}")).text
    assert "Words of ben" not in text
    assert "not there any more" in text


async def test_V17_each_look_at_a_direct_message_in_a_report_is_in_the_log(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    open_one, direct = await reported(desk), await reported(desk, "psst", Audience.DIRECT)
    await mo.get(f"/admin/reports/{open_one}")
    assert await actions(desk) == []
    for _ in range(2):
        assert "psst" in (await mo.get(f"/admin/reports/{direct}")).text
    assert await actions(desk) == ["report.read_direct"] * 2


async def test_a_warning_closes_the_report_and_the_member_reads_the_reasons(desk: Desk) -> None:
    ana, mo = await sign_in(desk, "ana"), await sign_in(desk, "mo")
    number = await reported(desk)
    page = await decide(mo, number, "warn")
    assert f"/admin/reports/{number}/reopen" in page
    assert await actions(desk) == ["report.resolve", "actor.warn"]
    assert "Rule 2" in (await ana.get("/settings/decisions")).text
    assert "Rule 2" not in (await mo.get("/settings/decisions")).text


async def test_a_removed_post_is_gone_and_counted(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    await decide(mo, await reported(desk), "remove")
    (post,) = await desk.rows(Post)
    assert post.deleted_at is not None
    (decision,) = await desk.rows(Decision)
    assert decision.posts == 1


async def test_a_decision_without_a_reason_keeps_what_was_typed(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    path = f"/admin/reports/{await reported(desk)}"
    token = fields_of((await mo.get(path)).text)["form_token"]
    answer = await mo.post(f"{path}/decide", {"form_token": token, "measure": "limit", "reason": " "})
    assert answer.status_code == 422
    assert 'value="limit" checked' in answer.text
    assert (await desk.rows(Report))[0].state == "open"
    assert (await mo.post(f"{path}/decide", {"form_token": token, "measure": "bite"})).status_code == 422


async def test_W18_a_moderator_decides_nothing_about_another_moderator(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    ana = await member_named(desk, "ana")
    await desk.on(ana, lambda _session, row: setattr(row, "role", Role.MODERATOR))
    path = f"/admin/reports/{await reported(desk)}"
    token = fields_of((await mo.get(path)).text)["form_token"]
    answer = await mo.post(f"{path}/decide", {"form_token": token, "measure": "suspend", "reason": "x"})
    assert answer.status_code == 422
    assert {row.state for row in await desk.rows(Member)} == {MemberState.ACTIVE}


async def test_a_member_appeals_once_and_another_moderator_takes_the_limit_back(desk: Desk) -> None:
    ana, mo, mia = await sign_in(desk, "ana"), await sign_in(desk, "mo"), await sign_in(desk, "mia")
    await decide(mo, await reported(desk), "limit")
    (decision,) = await desk.rows(Decision)
    path = f"/settings/decisions/{decision.id}/appeal"
    desk.clock.advance(hours=1)
    waits = await submit(ana, "/settings/decisions", path, text="It was a joke")
    assert "waits for another" in waits
    assert waits.count("<time") == 2
    assert (await ana.post(path, await token_of(ana) | {"text": "Again"})).status_code == 403
    assert (await mia.post(path, await token_of(mia) | {"text": "Mine"})).status_code == 404
    own = (await mo.get("/admin/appeals")).text
    assert "It was a joke" in own
    assert own.count("<time") == 2
    assert f'action="/admin/appeals/{decision.id}"' not in own
    await submit(mia, "/admin/appeals", f"/admin/appeals/{decision.id}", verdict="take-back", answer="Right")
    assert (await actions(desk))[:2] == ["actor.unsilence", "appeal.taken_back"]
    told = (await ana.get("/settings/decisions")).text
    assert "Right" in told
    assert "mia" not in told
    for officer in (mo, mia):
        stands = (await officer.get(f"/admin/members/{decision.target_id}")).text
        both = r"<b>Limited</b>.*@mo@us.example.*Taken back after an appeal.*@mia@us.example"
        assert re.search(both, stands)


async def test_moderators_share_out_reports_with_notes(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    path = f"/admin/reports/{await reported(desk)}"
    assert f"{path}/unassign" in await submit(mo, path, f"{path}/assign")
    assert "Seen twice" in await submit(mo, path, f"{path}/notes", note="Seen twice")
    assert re.search(r"<td><bdi>@mo@us.example</bdi>", (await mo.get("/admin/reports")).text)
    await submit(mo, path, f"{path}/unassign")
    assert await actions(desk) == ["report.unassign", "report.note", "report.assign"]


async def test_no_reports_are_an_empty_list(desk: Desk) -> None:
    mo = await sign_in(desk, "mo")
    assert "No reports" in (await mo.get("/admin/reports")).text
    assert (await mo.get("/admin/reports/1")).status_code == 404
    assert (await mo.get(f"/admin/reports/{1 << 63}")).status_code == 404
