"""The numbers in the menu: of what is new, to whom it concerns, in one statement, and live."""

import json
import re

from fediunion.members.models import MemberState
from fediunion.social.follows.restrictions import block
from fediunion.social.notifications.models import Notification
from fediunion.social.timelines.markers import NOTIFICATIONS, mark_read_until
from fediunion.web.counts import load_counts
from tests.attacks.front import statements
from tests.oauth.rig import Browser, Desk
from tests.web.pages.admin.staff import sign_in
from tests.web.pages.admin.test_reports import reported
from tests.web.pages.members import follow, write
from tests.web.pages.test_live import hearing

COUNT = re.compile(r'data-menu-count="([\w-]+)"( hidden)?><span>(\d+)</span>')


async def menu(browser: Browser, path: str = "/home") -> dict[str, int]:
    """Return the numbers that a page shows, by the entry that they stand beside."""
    shown = await browser.get(path)
    assert shown.status_code == 200
    return {key: int(number) for key, hidden, number in COUNT.findall(shown.text) if not hidden}


async def test_what_is_new_stands_beside_its_entry_until_it_was_read(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben"), await desk.member("cleo")
    ana = await desk.signed_in("ana")
    assert await menu(ana) == {}
    await write(desk, "ben", "@ana one"), await write(desk, "ben", "@ana two")
    await follow(desk, "cleo", "ana", asks=True)
    newest = max(row.id for row in await desk.rows(Notification))
    assert await menu(ana) == {"notifications": 3, "follow-requests": 1}
    assert await menu(ana, "/more") == {"notifications": 3, "follow-requests": 1}
    me = await desk.union.actor("ana")
    await desk.db.write(lambda session: mark_read_until(session, me.id, {NOTIFICATIONS: newest}))
    assert await menu(ana) == {"follow-requests": 1}
    assert await menu(await desk.signed_in("ben")) == {}


async def test_who_is_blocked_is_not_counted(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await write(desk, "ben", "@ana one")
    ana, ben = await desk.union.actor("ana"), await desk.union.actor("ben")
    await desk.db.write(lambda session: block(session, ana, ben))
    assert await menu(await desk.signed_in("ana")) == {}


async def test_what_waits_for_officers_is_counted_for_them_alone(desk: Desk) -> None:
    ana, mo = await sign_in(desk, "ana"), await sign_in(desk, "mo")
    await reported(desk)
    await desk.member("first", state=MemberState.PENDING)
    found = await menu(mo)
    assert found["admin"] == 1
    assert found["notifications"] == 1
    assert (await menu(mo, "/admin"))["reports"] == 1
    assert not (await menu(ana)).keys() & {"admin", "reports", "requests"}


async def test_the_numbers_take_one_statement_and_only_on_pages(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    ana = await desk.signed_in("ana")
    for number in range(5):
        await write(desk, "ben", f"@ana number {number}")
    me = await desk.union.actor("ana")
    with statements() as executed:
        for role in ("member", "owner"):
            await desk.db.read(load_counts, me.id, role)
    assert len(executed) == 2
    with statements() as page:
        await ana.get("/keys")
    with statements() as fetched:
        await ana.get("/keys", headers={"sec-fetch-dest": "empty"})
    assert len(page) == len(fetched) + 1


async def test_an_open_page_hears_of_new_numbers(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    async with hearing(desk, await desk.signed_in("ana"), "/live/local") as local:
        assert (await local.text()).startswith("retry: ")
        await write(desk, "ben", "@ana look")
        heard = {await local.text(), await local.text()}
        (counts,) = (text for text in heard if text.startswith("event: counts\ndata: "))
        assert json.loads(counts.split("data: ")[1]) == {"notifications": 1, "follow-requests": 0}


async def test_an_open_page_hears_nothing_of_what_others_are_told(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben"), await desk.member("cleo")
    async with hearing(desk, await desk.signed_in("ana"), "/live/home") as home:
        assert (await home.text()).startswith("retry: ")
        await write(desk, "ben", "@cleo look")
        await write(desk, "ben", "@ana look")
        assert '"notifications": 1' in await home.text()
