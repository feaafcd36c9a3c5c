"""The apps of officers without a second factor (W11)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from fediunion.config import DatabaseSettings, Mode, Settings
from fediunion.members.models import Member, Role
from fediunion.members.tokens import add_token
from tests.api.mastodon.admin.staff import ADMIN_SCOPES, staff
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock


@pytest.fixture
async def production(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """An instance that is not for trials."""
    instance = replace(settings.instance, mode=Mode.PRODUCTION)
    database = DatabaseSettings(url=databases.with_tables())
    async with rig_for(replace(settings, instance=instance, database=database), clock) as opened:
        yield opened


async def consented(rig: Rig, client: Client) -> Client:
    """Return the same member with a token that an app got by a consent."""

    def unit(session: Session) -> str:
        member = session.query(Member).filter_by(actor_id=client.actor_id).one()
        return add_token(session, member_id=member.id, scopes=ADMIN_SCOPES, app_name="App")

    return Client(rig.http, rig.clock, client.actor_id, await rig.world.db.write(unit))


async def test_W11_an_app_of_an_officer_without_a_second_factor_opens_nothing_of_the_office(
    production: Rig,
) -> None:
    script = await staff(production, "adam", Role.ADMIN)
    app = await consented(production, script)
    assert (await script.ask("GET", "/api/v1/admin/reports")).status_code == 200
    assert (await app.ask("GET", "/api/v1/admin/reports")).status_code == 403
    assert (await app.ask("GET", "/api/v1/accounts/verify_credentials")).status_code == 200


async def test_W11_with_a_second_factor_it_does(production: Rig) -> None:
    app = await consented(production, await staff(production, "adam", Role.ADMIN))

    def enrol(session: Session) -> None:
        member = session.query(Member).filter_by(actor_id=app.actor_id).one()
        member.second_factor_since = production.clock.now()

    await production.world.db.write(enrol)
    assert (await app.ask("GET", "/api/v1/admin/reports")).status_code == 200
