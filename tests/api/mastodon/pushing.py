"""A member's app at a push service, and the worker that pushes to it."""

from dataclasses import dataclass
from typing import Any

from fediunion.jobs.run import run_due
from fediunion.social.notifications.feature import FEATURE as NOTIFICATIONS
from fediunion.social.notifications.models import NotificationKind
from tests.api.rig import Client, Rig
from tests.fakes.push_service import FakePushService, PushedApp

ALL_ALERTS = {str(kind): True for kind in NotificationKind}


@dataclass
class Pushed:
    """One app, subscribed; what it was pushed is read by `told`."""

    rig: Rig
    service: FakePushService
    app: PushedApp
    seen: int = 0

    async def work(self) -> int:
        """Run the jobs that are due; return how many."""
        return await run_due(self.rig.world, NOTIFICATIONS.jobs)

    async def told(self) -> list[dict[str, Any]]:
        """Return what the app was pushed since it was last asked."""
        await self.work()
        new = self.service.requests[self.seen :]
        self.seen += len(new)
        return [self.app.decrypt(request) for request in new]


async def pushed(rig: Rig, client: Client, *, number: int = 1, **request: Any) -> Pushed:
    """Return a member's app, subscribed to everything unless `request` says otherwise."""
    authority = f"push{number}.test"
    app = PushedApp(endpoint=f"https://{authority}/send")
    await client.post("/api/v1/push/subscription", **app.request(**(ALL_ALERTS | request)))
    return Pushed(rig, FakePushService(rig.internet, authority), app)
