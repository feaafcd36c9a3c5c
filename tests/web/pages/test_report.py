"""Reporting as a member: which rules were broken, and what officers and apps see of that."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from fediunion.config import Settings
from fediunion.social.moderation.models import Report
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import BASE, Browser, Desk, desk_for, fields_of
from tests.web.pages.admin.staff import sign_in

RULES = ("Be kind.", "Nobody names <members> to employers.", "No advertising.")


@pytest.fixture
async def ruled(databases: Databases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Desk]:
    """An instance with three rules."""

    def with_rules(settings: Settings) -> Settings:
        return replace(settings, instance=replace(settings.instance, rules=RULES))

    async with desk_for(databases.with_tables(), tmp_path, clock, change=with_rules) as opened:
        yield opened


async def send(browser: Browser, path: str, *rules: str, **fields: str) -> tuple[int, str]:
    """Send the form of a report; return the status, and the page or where it leads."""
    token = fields_of((await browser.get(path)).text)["form_token"]
    answer = await browser.http.post(
        path,
        data={"form_token": token, "rule[]": list(rules)} | fields,
        headers={"Origin": BASE, "Sec-Fetch-Site": "same-origin"},
    )
    return answer.status_code, answer.text or answer.headers["location"]


async def test_the_rules_that_were_broken_are_chosen_and_shown_to_moderators(ruled: Desk) -> None:
    await ruled.member("ben")
    ana, mo = await sign_in(ruled, "ana"), await sign_in(ruled, "mo")
    path = f"/report/{(await ruled.union.actor('ben')).id}"
    page = (await ana.get(path)).text
    assert "Nobody names &lt;members&gt; to employers." in page
    status, _ = await send(ana, path, "3", "2", category="other", comment="Look")
    assert status == 303
    (row,) = await ruled.rows(Report)
    assert row.category == "violation"
    assert [list(pair) for pair in row.broken_rules] == [[2, RULES[1]], [3, RULES[2]]]
    shown = (await mo.get(f"/admin/reports/{row.id}")).text
    assert "2. Nobody names &lt;members&gt; to employers." in shown
    assert "3. No advertising." in shown
    assert "Be kind." not in shown


@pytest.mark.parametrize("number", ["0", "4", "-1", "x", "9" * 30], ids=["0", "4", "-1", "x", "long"])
async def test_what_is_no_rule_is_told_and_everything_typed_stays(ruled: Desk, number: str) -> None:
    await ruled.member("ben")
    ana = await sign_in(ruled, "ana")
    path = f"/report/{(await ruled.union.actor('ben')).id}"
    status, page = await send(ana, path, "2", number, category="violation", comment="my words")
    assert status == 422
    assert "This is no rule of ours." in page
    assert "my words" in page
    assert 'value="2" checked' in page
    assert await ruled.rows(Report) == []


async def test_without_rules_nothing_is_asked_about_them(desk: Desk) -> None:
    await desk.member("ben")
    ana = await sign_in(desk, "ana")
    path = f"/report/{(await desk.union.actor('ben')).id}"
    assert "Which rules were broken?" not in (await ana.get(path)).text
    assert (await send(ana, path, category="spam"))[0] == 303
    assert (await desk.rows(Report))[0].broken_rules == []
