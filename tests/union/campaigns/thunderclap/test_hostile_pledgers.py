"""Pledges of servers that are shut out: they count for no threshold."""

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.union.campaigns.models import Route
from tests.union.campaigns.conftest import again
from tests.union.campaigns.thunderclap.clapping import (
    announce,
    ids_of,
    pledge_as,
    pledges,
    strangers,
)
from tests.union.campaigns.unions import Three


async def test_A29_pledges_without_a_signature_go_with_their_blocked_server(alone: Three) -> None:
    call = await announce(alone.ccisua, threshold=3)
    socks, other = await strangers(alone, "farm.example", 3), await strangers(alone, "fair.example", 1)
    await pledge_as(alone.ccisua, call, await ids_of(alone.ccisua, [*socks, *other]), Route.WEB)
    assert (await again(alone.ccisua, call)).pledges_count == 4
    await alone.ccisua.world.db.write(set_domain_rule, "farm.example", DomainAction.BLOCK)
    await alone.settle()
    assert await pledges(alone.ccisua) == 1
    assert (await again(alone.ccisua, call)).pledges_count == 1
