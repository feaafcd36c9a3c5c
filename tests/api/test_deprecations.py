"""Which endpoints say that there is something better, and when that came."""

from datetime import UTC, datetime

from fediunion.api.deprecations import DEPRECATED
from fediunion.api.routes import ENDPOINTS
from scripts.client_api_page import documented
from tests.api.rig import Client, Rig


def test_what_the_documentation_calls_deprecated_says_so_and_nothing_else_does() -> None:
    served = {(each.method, each.path) for each in ENDPOINTS}
    called = {(row.method, row.path) for row in documented() if row.standing == "deprecated"}
    assert set(DEPRECATED) == called & served


async def test_a_deprecated_endpoint_says_since_when_also_where_it_refuses(rig: Rig, ana: Client) -> None:
    for client, path, day in (
        (rig.anonymous, "/api/v1/instance", datetime(2022, 11, 14, tzinfo=UTC)),
        (rig.anonymous, "/api/v1/filters", datetime(2022, 11, 14, tzinfo=UTC)),
        (ana, "/api/v1/timelines/direct", datetime(2018, 10, 30, tzinfo=UTC)),
    ):
        answer = await client.ask("GET", path)
        assert answer.headers["deprecation"] == f"@{int(day.timestamp())}", path
    assert "deprecation" not in (await ana.ask("GET", "/api/v2/instance")).headers
