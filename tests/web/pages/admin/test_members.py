"""Accounts: finding them, deciding about them, roles, and who asks to come in."""

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.pages import Page
from fediunion.members.invites.service import invite_link, make_invite, use_invite
from fediunion.members.models import Member, MemberState, Role, SignUp
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.models import TwoPersonRequest
from tests.oauth.rig import PASSWORD, Desk
from tests.web.pages.admin.staff import member_named, sign_in, submit, token_of


async def actor_id(desk: Desk, name: str) -> int:
    """Return the actor of a member."""
    (found,) = [row for row in await desk.rows(Actor) if row.username == name]
    return int(found.id)


async def last_action(desk: Desk) -> str:
    """Return what the log says was done last."""
    rows = await desk.db.read(lambda session: list_audit(session, Page()))
    return rows[0].action if rows else ""


async def test_accounts_are_found_by_the_beginning_of_their_name(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    found = (await mo.get("/admin/members?q=an")).text
    assert "@ana@us.example" in found
    assert "@mo@us.example</bdi></a></th>" not in found
    assert "Nobody is found" in (await mo.get("/admin/members?q=%25")).text
    assert "Nobody is found" in (await mo.get("/admin/members?origin=remote")).text


async def test_V02_no_page_of_a_moderator_shows_an_email_address(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    for path in ("/admin/members", f"/admin/members/{await actor_id(desk, 'ana')}"):
        assert "ana@us.example" not in (await mo.get(path)).text.replace("@ana@us.example", "")


async def test_a_suspension_is_made_and_taken_back(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo = await sign_in(desk, "mo")
    path = f"/admin/members/{await actor_id(desk, 'ana')}"
    page = await submit(mo, path, f"{path}/decide", measure="suspend", reason="Rule 1")
    assert "Suspended" in page
    assert "Rule 1" in page
    assert (await member_named(desk, "ana")).state == MemberState.SUSPENDED
    await submit(mo, path, f"{path}/unsuspend")
    assert await last_action(desk) == "actor.unsuspend"


async def test_deleting_is_for_admins_and_asks_for_the_password(desk: Desk) -> None:
    await sign_in(desk, "ana")
    mo, adi = await sign_in(desk, "mo"), await sign_in(desk, "adi")
    path = f"/admin/members/{await actor_id(desk, 'ana')}"
    await submit(mo, path, f"{path}/decide", measure="suspend", reason="Rule 1")
    assert (await mo.post(f"{path}/erase", await token_of(mo))).status_code == 404
    desk.clock.advance(minutes=11)
    answer = await adi.post(f"{path}/erase", await token_of(adi))
    assert "/sign-in/again" in answer.headers["location"]
    await adi.post("/sign-in/again", await token_of(adi) | {"password": PASSWORD, "next": path})
    assert (await adi.post(f"{path}/erase", await token_of(adi))).status_code == 303
    assert await last_action(desk) == "actor.erase"


@pytest.mark.parametrize(("role", "status"), [("moderator", 303), ("admin", 422), ("king", 422)])
async def test_W18_roles_below_the_own_one_are_given(desk: Desk, role: str, status: int) -> None:
    await sign_in(desk, "ana")
    adi = await sign_in(desk, "adi")
    path = f"/admin/members/{await actor_id(desk, 'ana')}/role"
    answer = await adi.post(path, await token_of(adi) | {"role": role, "why": "Elected"})
    assert answer.status_code == status
    expected = Role.MODERATOR if status == 303 else Role.MEMBER
    assert (await member_named(desk, "ana")).role == expected


async def test_the_owners_role_takes_two_persons(desk: Desk) -> None:
    await sign_in(desk, "ana")
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    path = f"/admin/members/{await actor_id(desk, 'ana')}"
    assert (await adi.post(f"{path}/role", await token_of(adi) | {"role": "owner"})).status_code == 422
    await submit(adi, path, f"{path}/role", role="owner", why="Elected")
    (request,) = await desk.rows(TwoPersonRequest)
    two = f"/admin/two-persons/{request.id}"
    assert f"{two}/approve" not in (await adi.get("/admin/two-persons")).text
    assert (await adi.post(f"{two}/approve", await token_of(adi))).status_code == 422
    assert "Decided by" not in (await olu.get("/admin/two-persons")).text
    after = await submit(olu, "/admin/two-persons", f"{two}/approve")
    assert "Decided by <bdi>@olu@us.example</bdi>" in after
    assert (await member_named(desk, "ana")).role == Role.OWNER


async def test_exports_are_asked_for_with_a_reason(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    path, token = "/admin/two-persons", await token_of(adi)
    assert (await adi.post(path, token | {"act": "key_export", "reason": ""})).status_code == 422
    assert (await adi.post(path, token | {"act": "owner_role", "reason": "x"})).status_code == 422
    assert "We move" in await submit(adi, path, path, act="full_export", reason="We move")
    desk.clock.advance(hours=25)
    assert "Too old" in (await (await desk.signed_in("adi")).get(path)).text


async def test_who_asks_for_an_account_is_let_in_or_refused(desk: Desk) -> None:
    mo = await sign_in(desk, "mo")
    for name in ("zoe", "yan"):
        member = await desk.member(name, state=MemberState.PENDING)

        def ask(session: Session, row: Member) -> None:
            now = now_of(session)
            session.add(SignUp(member_id=row.id, reason="I am a <nurse>", created_at=now, confirmed_at=now))

        await desk.on(member, ask)
    text = (await mo.get("/admin/requests")).text
    assert "I am a &lt;nurse&gt;" in text
    zoe, yan = await actor_id(desk, "zoe"), await actor_id(desk, "yan")
    await submit(mo, "/admin/requests", f"/admin/requests/{zoe}/approve")
    await submit(mo, "/admin/requests", f"/admin/requests/{yan}/reject", reason="We do not know you")
    assert await last_action(desk) == "member.reject"
    assert "Nobody waits" in (await mo.get("/admin/requests")).text
    assert (await mo.post(f"/admin/requests/{zoe}/approve", await token_of(mo))).status_code == 422


async def test_who_invited_a_newcomer_is_shown_to_officers(desk: Desk) -> None:
    mo = await sign_in(desk, "mo")
    ana = await desk.member("ana")
    path = f"/admin/members/{await actor_id(desk, 'ana')}"
    assert "Invited by" not in (await mo.get(path)).text
    made = await desk.on(await member_named(desk, "mo"), make_invite)
    await desk.on(ana, lambda session, member: use_invite(session, made.code, member))
    page = (await mo.get(path)).text
    assert "Invited by" in page
    assert "@mo" in page


async def test_invitations_are_made_and_revoked(desk: Desk) -> None:
    mo, mia = await sign_in(desk, "mo"), await sign_in(desk, "mia")
    path = "/admin/invites"
    page = await submit(mo, path, path, uses="", days="30", note="For ward 3")
    link = invite_link("", desk.union.world.settings)
    assert link in page
    assert link not in (await mia.get(path)).text
    assert (await mo.post(path, await token_of(mo) | {"uses": "x", "days": "1"})).status_code == 422
    (number,) = [part.split("/")[0] for part in page.split(f'action="{path}/')[1:]]
    assert "Over" in await submit(mia, path, f"{path}/{number}/revoke")
    assert await last_action(desk) == "invite.revoke"
