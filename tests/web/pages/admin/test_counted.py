"""How many statements the pages of officers take: as many for much as for little."""

from fediunion.members.models import MemberState
from tests.attacks.front import statements
from tests.oauth.rig import Browser, Desk
from tests.web.pages.admin.staff import sign_in, submit
from tests.web.pages.admin.test_reports import reported

PATHS = (
    "/admin",
    "/admin/reports",
    "/admin/members",
    "/admin/requests",
    "/admin/servers",
    "/admin/peers",
    "/admin/audit",
    "/admin/institutions",
    "/audit",
)


async def counted(browser: Browser, path: str) -> int:
    """Return how many statements a page takes."""
    with statements() as executed:
        assert (await browser.get(path)).status_code == 200
    return len(executed)


async def test_more_rows_take_no_more_statements(desk: Desk) -> None:
    await sign_in(desk, "ana")
    olu = await sign_in(desk, "olu")
    await reported(desk)
    await submit(olu, "/admin/servers", "/admin/servers", host="a.test", action="silence")
    await desk.member("first", state=MemberState.PENDING)
    few = {path: await counted(olu, path) for path in PATHS}
    for number in range(3):
        await reported(desk)
        await submit(olu, "/admin/servers", "/admin/servers", host=f"b{number}.test", action="silence")
        await desk.member(f"more{number}", state=MemberState.PENDING)
    assert {path: await counted(olu, path) for path in PATHS} == few
    assert max(few.values()) <= 20
