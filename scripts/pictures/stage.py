"""The servers of the story: in one process, on an Internet of their own, with a clock that it moves."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import create_engine

from fediunion.config import RegistrationMode, Settings
from fediunion.social.media.desk import close_desk
from tests.databases import create_all_tables
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, settle

HERE: Final = "ictysu.example"
"""The union whose pages are shown."""


@dataclass
class Stage:
    """The running servers by their domain. `tokens` are members' by `name@domain`, `cookies` of browsers."""

    story: Mapping[str, Any]
    clock: FakeClock
    internet: FakeInternet
    unions: dict[str, TestUnion]
    clients: dict[str, httpx.AsyncClient]
    tokens: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """What stands in addresses of pages, such as the id of a post."""

    @property
    def now(self) -> datetime:
        """The moment at which the pages are looked at."""
        return datetime.fromisoformat(self.story["now"])

    @property
    def here(self) -> TestUnion:
        """The union whose pages are shown."""
        return self.unions[HERE]

    def move_to(self, moment: datetime) -> None:
        """Move the clock on; it never goes back."""
        self.clock.advance(max(0.0, (moment - self.clock.now()).total_seconds()))

    def before(self, minutes: float) -> datetime:
        """Return the moment so many minutes before the pages are looked at."""
        return self.now - timedelta(minutes=minutes)

    async def settle(self) -> None:
        """Let everything arrive that is under way."""
        await settle(*self.unions.values())

    async def ask(self, who: str, path: str, *, method: str = "POST", **request: Any) -> Any:
        """Call the client interface as a member; return the JSON. `request` is what httpx takes."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        answer = await self.clients[domain_of(who)].request(method, path, headers=headers, **request)
        if not answer.is_success:
            raise RuntimeError(f"{path} of {who}: {answer.status_code} {answer.text}")
        return answer.json()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Stage]:
    """Give the stage with all servers and nobody on it; close everything at the end."""
    story = json.loads(files(__package__).joinpath("story.json").read_text("utf-8"))
    clock = FakeClock(datetime.fromisoformat(story["begins"]))
    stage = Stage(story, clock, FakeInternet(), {}, {})
    try:
        for domain, title in story["unions"].items():
            await _open(stage, folder / domain, domain, title)
        yield stage
    finally:
        for domain, union in stage.unions.items():
            await stage.clients[domain].aclose()
            await close_desk(union.world)
            await union.close()


async def _open(stage: Stage, folder: Path, domain: str, title: str) -> None:
    (folder / "data").mkdir(parents=True)
    path = folder / "data" / "fediunion.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        await asyncio.to_thread(create_all_tables, connection)
    engine.dispose()
    settings = _settings(domain, title, folder)
    union = await TestUnion.start(
        stage.internet, domain, settings.database.url, stage.clock, directory=folder, settings=settings
    )
    stage.unions[domain] = union
    transport = httpx.ASGITransport(app=union.app, client=("198.51.100.9", 5000))
    stage.clients[domain] = httpx.AsyncClient(transport=transport, base_url=f"https://{domain}", timeout=60)


def _settings(domain: str, title: str, folder: Path) -> Settings:
    settings = settings_for(domain, folder)
    instance = replace(settings.instance, title=title)
    if domain != HERE:
        return replace(settings, instance=instance)
    return replace(
        settings,
        instance=replace(
            instance,
            description="Jobs, calls and colleagues, run by the staff themselves. Read everything without an "
            "account; join without saying who you are.",
            contact="office@ictysu.example",
            languages=("en", "fr", "ar"),
            rules=(
                "Nobody is named who did not agree to it.",
                "Argue about the matter, never about the person.",
                "What colleagues write for this server stays on this server.",
                "No advertising, and no vacancy that asks applicants for money.",
            ),
        ),
        registration=replace(
            settings.registration,
            mode=RegistrationMode.APPROVAL,
            email_required=False,
            employer_domains=("irt.example", "rco.example"),
        ),
        transparency=replace(
            settings.transparency,
            administrators=("Marta Vogel", "Jan Hendrik von Kleist-Schulenburg"),
            controller="ICTY Staff Union, Churchillplein 1, The Hague",
            hosting="a cooperative in Utrecht, the Netherlands",
            authority_requests_until="2026-11-30",
        ),
    )


def domain_of(who: str) -> str:
    """Return the server of `name@domain`."""
    return who.partition("@")[2]


def name_of(who: str) -> str:
    """Return the name in `name@domain`."""
    return who.partition("@")[0]
