"""/settings/security: all that proves who a member is, and where the member is signed in."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.web.pages.security import app, devices, overview, passkeys

__all__ = ["ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (
    *overview.ROUTES,
    *app.ROUTES,
    *passkeys.ROUTES,
    *devices.ROUTES,
)
"""The pages."""
