"""/about, /rules, /privacy and /transparency: what configuration and code say, and nothing of anybody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from fediunion import __version__
from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.config import FederationMode
from fediunion.config.sections import Transparency
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, running
from tests.web.pages.public.looking import browse

PAGES = ["/about", "/rules", "/privacy", "/transparency"]


@asynccontextmanager
async def telling(
    databases: Databases, clock: FakeClock, directory: Path, **sections: dict[str, object]
) -> AsyncIterator[TestUnion]:
    """Start a union whose sections of the configuration have these values."""
    url = databases.with_tables()
    settings = settings_for("nurses.test", directory, url)
    for name, values in sections.items():
        settings = replace(settings, **{name: replace(getattr(settings, name), **values)})
    union = await TestUnion.start(FakeInternet(), "nurses.test", url, clock, settings=settings)
    async with running(union):
        yield union


async def test_about_says_who_runs_what(databases: Databases, clock: FakeClock, tmp_path: Path) -> None:
    told = {
        "administrators": ("A. Nurse", "B. Clerk"),
        "controller": "The Union, 1 Road",
        "hosting": "Iceland",
    }
    instance: dict[str, object] = {"contact": "desk@nurses.test", "description": "For <nurses>"}
    async with telling(databases, clock, tmp_path, transparency=dict(told), instance=instance) as union:
        body = (await browse(union, "/about")).body.decode()
        for expected in ("A. Nurse, B. Clerk", "The Union, 1 Road", "Iceland", "desk@nurses.test"):
            assert expected in body
        assert "For &lt;nurses&gt;" in body
        assert f"FediUnion {__version__}" in body
        assert "@union@nurses.test" in body


async def test_what_is_not_configured_is_not_said(union: TestUnion) -> None:
    body = (await browse(union, "/about")).body
    assert b"Administered by" not in body
    body = (await browse(union, "/transparency")).body
    assert b"does not publish how many requests" in body


async def test_H10_rules_are_text(databases: Databases, clock: FakeClock, tmp_path: Path) -> None:
    instance: dict[str, object] = {"rules": ("Be kind.", "No <script>.")}
    async with telling(databases, clock, tmp_path, instance=instance) as union:
        body = (await browse(union, "/rules")).body
        assert b"Be kind." in body
        assert b"No &lt;script&gt;." in body
    async with telling(databases, clock, tmp_path) as union:
        assert b"No rules are written down" in (await browse(union, "/rules")).body


async def test_the_figures_of_the_privacy_page_are_those_of_the_configuration(
    databases: Databases, clock: FakeClock, tmp_path: Path
) -> None:
    privacy: dict[str, object] = {"inbox_days": 3, "remote_post_days": 41, "backup_days": 12}
    async with telling(databases, clock, tmp_path, privacy=privacy) as union:
        body = (await browse(union, "/privacy")).body
        assert b"as they came for 3 days" in body
        assert b"nobody here uses are kept for 41 days" in body
        assert b"Backups are kept for 12 days" in body


@pytest.mark.parametrize("mode", list(FederationMode), ids=str)
async def test_where_things_go_depends_on_how_the_server_federates(
    databases: Databases, clock: FakeClock, tmp_path: Path, mode: FederationMode
) -> None:
    async with telling(databases, clock, tmp_path, federation={"mode": mode}) as union:
        body = (await browse(union, "/privacy")).body
        assert (b"Nothing that is posted leaves it" in body) == (mode is FederationMode.OFF)


async def test_requests_of_authorities_are_what_the_union_counted(
    databases: Databases, clock: FakeClock, tmp_path: Path
) -> None:
    told = Transparency(
        authority_requests=7, authority_requests_answered=2, authority_requests_until="2026-11-22"
    )
    async with telling(databases, clock, tmp_path, transparency=vars(told)) as union:
        body = (await browse(union, "/transparency")).body.decode()
        assert "<dt>Requests for data so far</dt><dd>7</dd>" in body
        assert "<dt>Answered with data</dt><dd>2</dd>" in body
        assert '<time datetime="2026-11-22">22 November 2026</time>' in body


@pytest.mark.parametrize("published", [True, False], ids=["published", "not-published"])
async def test_V20_which_servers_are_limited_is_told_only_where_the_union_publishes_it(
    databases: Databases, clock: FakeClock, tmp_path: Path, *, published: bool
) -> None:
    told: dict[str, object] = {"publish_limited_servers": published}
    async with telling(databases, clock, tmp_path, transparency=told) as union:
        for host, action in (("bad.test", DomainAction.BLOCK), ("loud.test", DomainAction.SILENCE)):
            await union.world.db.write(
                set_domain_rule, host, action, reason="Be <quiet>", private_reason="We know who"
            )
        body = (await browse(union, "/transparency")).body.decode()
        assert body.count("<dd>1</dd>") == 2
        for shown in ("bad.test", "loud.test", "Be &lt;quiet&gt;"):
            assert (shown in body) == published
        assert "We know who" not in body


@pytest.mark.parametrize("path", PAGES)
async def test_these_pages_name_no_member(union: TestUnion, path: str) -> None:
    page = await browse(union, path)
    assert page.status == 200
    for name in (b"@ana", b"@heron", b"@fern", b"@reader"):
        assert name not in page.body
    assert b'<link rel="canonical" href="https://nurses.test' + path.encode() in page.body
