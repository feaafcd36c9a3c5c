"""Instances where one can ask for an account."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from fediunion.app.application import create_app
from fediunion.config import DatabaseSettings, Mail, MailMode, Mode, Registration, RegistrationMode, Settings
from tests.api.mastodon.registration.asking import Opening
from tests.api.rig import Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock


@pytest.fixture
def opening(databases: Databases, settings: Settings, clock: FakeClock) -> Opening:
    """Opens an instance with the mode of registration, whether it sends mail, and more settings."""

    @asynccontextmanager
    async def opened(
        mode: RegistrationMode = RegistrationMode.OPEN, *, mail: bool = False, **more: Any
    ) -> AsyncIterator[Rig]:
        changed = replace(
            settings,
            database=DatabaseSettings(url=databases.with_tables()),
            registration=Registration(mode=mode, email_domains=more.pop("email_domains", ())),
            mail=settings.mail if mail else Mail(mode=MailMode.OFF),
            # In trials no address has to be confirmed.
            instance=replace(settings.instance, mode=Mode.PRODUCTION) if mail else settings.instance,
            **more,
        )
        async with rig_for(changed, clock) as rig:
            transport = httpx.ASGITransport(app=create_app(rig.world))
            async with httpx.AsyncClient(transport=transport, base_url=changed.base_url) as http:
                yield replace(rig, http=http)

    return opened
