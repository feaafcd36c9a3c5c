"""Every endpoint, asked for what no client means: an answer in the documented form, never a fault of ours."""

import orjson
import pytest
from starlette.applications import Starlette

from fediunion.api.endpoint import Endpoint
from fediunion.api.routes import ENDPOINTS, ROUTES
from tests.api.any_request import requests_for, send
from tests.api.rig import Client, Rig
from tests.api.test_others_things import things_of

import os

_EACH = int(os.environ.get("EACH", "6"))
_GROUPS = 4


@pytest.mark.parametrize("group", range(_GROUPS))
async def test_O29_no_request_is_answered_with_a_fault(
    rig: Rig, ana: Client, ben: Client, group: int
) -> None:
    ids = [*(await things_of(ana, ben)).values(), ana.id, ben.id, (await ben.publish("#mine"))["id"]]
    app = Starlette(routes=list(ROUTES))
    app.state.world = rig.world
    bearers = (ana.bearer, ana.bearer, "")
    for endpoint in ENDPOINTS[group::_GROUPS]:
        for number, request in enumerate(requests_for(endpoint, ids, _EACH)):
            rig.clock.advance(10)
            answer = await send(app, request, bearers[number % len(bearers)])
            check(endpoint, str(request), *answer)


def check(endpoint: Endpoint, request: str, status: int, headers: object, body: bytes) -> None:
    assert isinstance(headers, dict)
    assert status < 500, f"{status} {request}"
    if status >= 400:
        assert headers[b"content-type"].startswith(b"application/json"), request
        assert isinstance(orjson.loads(body)["error"], str), request
        assert status != 403 or ":" not in endpoint.path or "/admin/" in endpoint.path, request
