"""Every endpoint, asked for what no client means: an answer in the documented form, never a fault of ours."""

from collections.abc import Mapping

import orjson
import pytest
from starlette.applications import Starlette

from fediunion.api.endpoint import Endpoint
from fediunion.api.routes import ENDPOINTS, ROUTES
from fediunion.members.models import Role
from tests.api.any_request import AnyRequest, requests_for, send
from tests.api.mastodon.admin.staff import staff
from tests.api.rig import Client, Rig
from tests.api.test_others_things import things_of

_OF_EACH = 6
_PARTS = 4


@pytest.mark.parametrize("part", range(_PARTS))
async def test_O29_no_request_is_answered_with_a_fault(rig: Rig, ana: Client, ben: Client, part: int) -> None:
    owner = await staff(rig, "owner", Role.OWNER)
    ids = [*(await things_of(ana, ben)).values(), ana.id, ben.id, (await ben.publish("#mine"))["id"]]
    app = Starlette(routes=list(ROUTES))
    app.state.world = rig.world
    asked = 0
    for endpoint in ENDPOINTS[part::_PARTS]:
        for number, request in enumerate(requests_for(endpoint, ids, _OF_EACH)):
            rig.clock.advance(10)
            bearer = (ana.bearer, owner.bearer, "")[number % 3]
            check(endpoint, request, *await send(app, request, bearer))
            asked += 1
    assert asked == _OF_EACH * len(ENDPOINTS[part::_PARTS])


def check(
    endpoint: Endpoint, request: AnyRequest, status: int, headers: Mapping[bytes, bytes], body: bytes
) -> None:
    """What is wrong with a request is said in JSON; what is hidden is not there, never forbidden (V23)."""
    assert status < 500, f"{status} {request}"
    if status >= 400:
        assert headers[b"content-type"] == b"application/json; charset=utf-8", str(request)
        assert isinstance(orjson.loads(body)["error"], str), str(request)
    if ":" in endpoint.path and "/admin/" not in endpoint.path:
        assert status != 403, str(request)
