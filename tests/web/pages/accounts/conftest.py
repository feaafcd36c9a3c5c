"""Instances that people join in one way or another, and the mail that they get."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from fediunion.config import MailMode, Mode, Settings
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Desk, desk_for

Opening: TypeAlias = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def opened(databases: Databases, tmp_path: Path, clock: FakeClock) -> Opening:
    """Open an instance with other settings of `[registration]`; the named ones are of other parts."""

    def open_with(
        *,
        limits: dict[str, Any] | None = None,
        rules: tuple[str, ...] = (),
        mail: MailMode = MailMode.FILE,
        production: bool = False,
        **registration: Any,
    ) -> AbstractAsyncContextManager[Desk]:
        mode = Mode.PRODUCTION if production else Mode.DEVELOPMENT

        def change(settings: Settings) -> Settings:
            return replace(
                settings,
                instance=replace(settings.instance, rules=rules, mode=mode),
                mail=replace(settings.mail, mode=mail),
                registration=replace(settings.registration, **registration),
            )

        return desk_for(databases.with_tables(), tmp_path, clock, change=change, **limits or {})

    return open_with
