"""/settings/invites: made, shown, revoked, by those whom the union lets invite."""

import re

import pytest

from fediunion.config import InviteMakers, RegistrationMode
from fediunion.members.invites.models import Invite
from fediunion.members.models import Role
from tests.oauth.rig import Desk, fields_of
from tests.web.pages.accounts.conftest import Opening
from tests.web.pages.accounts.people import join, send

PAGE = "/settings/invites"


async def test_W18_the_page_is_for_those_who_may_invite(desk: Desk) -> None:
    await desk.member("ana")
    await desk.member("mod", role=Role.MODERATOR)
    assert (await desk.browser().get(PAGE)).status_code == 303
    ana, mod = await desk.signed_in("ana"), await desk.signed_in("mod")
    assert (await ana.get(PAGE)).status_code == 404
    fields = fields_of((await ana.get("/sign-out")).text)
    assert (await ana.post(PAGE, fields | {"uses": "1", "days": "1"})).status_code == 404
    page = await mod.get(PAGE)
    assert "No invitation yet" in page.text
    assert PAGE in (await mod.get("/settings/security")).text
    assert await desk.rows(Invite) == []


async def test_an_invitation_is_made_used_and_counted(opened: Opening) -> None:
    async with opened(mode=RegistrationMode.INVITE, invites_by=InviteMakers.MEMBER) as desk:
        await desk.member("ana")
        ana = await desk.signed_in()
        await send(ana, PAGE, uses="2", days="3", note="For <Clara>")
        page = (await ana.get(PAGE)).text
        assert "The invitation is made" in page
        assert "For &lt;Clara&gt;" in page
        (path,) = re.findall(r"https://us\.example(/invite/[\w-]+)", page)
        assert (await join(desk.browser(), path)).status_code == 200
        page = (await ana.get(PAGE)).text
        assert "1 person came" in page
        assert "1 place left" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"uses": "11"}, "An invitation is for 10 people at most."),
        ({"uses": ""}, "An invitation is for 10 people at most."),
        ({"uses": "-1"}, "This has to be a number."),
        ({"days": "31"}, "An invitation lives 30 days at most."),
        ({"days": ""}, "This has to be a number."),
        ({"days": "٣"}, "This has to be a number."),
    ],
    ids=str,
)
async def test_what_is_wrong_is_said_and_nothing_is_made(
    opened: Opening, typed: dict[str, str], sentence: str
) -> None:
    async with opened(invites_by=InviteMakers.MEMBER) as desk:
        await desk.member("ana")
        answer = await send(
            await desk.signed_in(), PAGE, **{"uses": "1", "days": "7", "note": "kept"} | typed
        )
        assert (answer.status_code, sentence in answer.text) == (422, True)
        assert 'value="kept"' in answer.text
        assert await desk.rows(Invite) == []


async def test_a_member_has_five_open_ones_and_revokes_one_for_another(opened: Opening) -> None:
    async with opened(invites_by=InviteMakers.MEMBER) as desk:
        await desk.member("ana")
        await desk.member("ben")
        ana, ben = await desk.signed_in("ana"), await desk.signed_in("ben")
        for _ in range(5):
            assert (await send(ana, PAGE, uses="1", days="7")).status_code == 303
        full = await send(ana, PAGE, uses="1", days="7")
        assert (full.status_code, "You have 5 open invitations" in full.text) == (422, True)
        page = (await ana.get(PAGE)).text
        revoke = re.findall(r'action="(/settings/invites/\d+/revoke)"', page)[0]
        link = re.findall(r"https://us\.example(/invite/[\w-]+)", page)[0]
        assert (await ben.post(revoke, fields_of((await ben.get(PAGE)).text))).status_code == 404
        assert (await ana.post(revoke, fields_of(page))).status_code == 303
        assert (await ben.post(f"{PAGE}/{1 << 70}/revoke", fields_of(page))).status_code in (403, 404)
        page = (await ana.get(PAGE)).text
        assert "Revoked" in page
        assert link not in page
        assert (await desk.browser().get(link)).status_code == 404
        assert (await send(ana, PAGE, uses="1", days="7")).status_code == 303


async def test_an_officer_invites_everybody_who_has_the_link(desk: Desk) -> None:
    await desk.member("mod", role=Role.MODERATOR)
    mod = await desk.signed_in("mod")
    await send(mod, PAGE, uses="", days="365")
    page = (await mod.get(PAGE)).text
    assert "no limit" in page
    desk.clock.advance(hours=2)
    assert [row.uses_left for row in await desk.rows(Invite)] == [None]
