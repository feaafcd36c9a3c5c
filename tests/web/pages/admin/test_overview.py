"""The first page of officers."""

import pytest

from fediunion.jobs.queue import enqueue
from fediunion.members.models import MemberState
from fediunion.social.moderation.samples import note_sample
from tests.oauth.rig import Desk
from tests.web.pages.admin.staff import sign_in


@pytest.mark.parametrize("path", ["/admin", "/admin/more"])
async def test_the_pages_of_officers_are_nothing_to_members_and_strangers(desk: Desk, path: str) -> None:
    assert (await desk.http.get(path)).headers["location"].startswith("/sign-in")
    ana, mo = await sign_in(desk, "ana"), await sign_in(desk, "mo")
    assert (await ana.get(path)).status_code == 404
    assert (await mo.get(path)).status_code == 200


async def test_the_menu_shows_a_moderator_what_a_moderator_may_open(desk: Desk) -> None:
    mo, adi = await sign_in(desk, "mo"), await sign_in(desk, "adi")
    assert "/admin/deliveries" not in (await mo.get("/admin/more")).text
    assert "/admin/deliveries" in (await adi.get("/admin/more")).text


async def test_each_drawing_has_a_unit_and_a_table(desk: Desk) -> None:
    mo = await sign_in(desk, "mo")
    text = (await mo.get("/admin")).text
    assert text.count("<figure") == text.count("<figcaption") == text.count('<table class="tab">') == 7
    assert "style=" not in text


async def test_who_still_waits_to_be_let_in_is_no_new_account(desk: Desk) -> None:
    mo = await sign_in(desk, "mo")
    await desk.member("zoe", state=MemberState.PENDING)
    assert "<dd>1<small>+ 1 this week</small></dd>" in (await mo.get("/admin")).text


async def test_the_longest_waits_of_a_week_are_drawn_with_their_figures(desk: Desk) -> None:
    world = desk.union.world
    mo = await sign_in(desk, "mo")
    assert "The first figures come" in (await mo.get("/admin")).text
    await world.db.write(note_sample)
    await world.db.write(lambda session: enqueue(session, "posts.backfill", number=1))
    desk.clock.advance(hours=4)
    await world.db.write(note_sample)
    text = (await (await desk.signed_in("mo")).get("/admin")).text
    assert "How long jobs and deliveries waited at most" in text
    assert text.count('class="line"') == text.count('class="line line-b"') == 1
    assert '<td class="num">240</td>' in text
