"""Row A33: who is not let in yet, or not any more, gets nothing by a token and is not spoken for outside."""

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.api.endpoint import Endpoint
from fediunion.api.routes import ENDPOINTS
from fediunion.members.models import MemberState
from fediunion.members.queries import get_member
from fediunion.members.service import create_member, delete_member, set_reach, suspend_member
from fediunion.members.tokens import create_token
from tests.attacks.front import Front
from tests.fakes.stranger import StrangeActor
from tests.fakes.union import new_keys

_SCOPES = "read write follow push"


@pytest.fixture(params=[MemberState.PENDING, MemberState.SUSPENDED, MemberState.DELETED])
async def bearer(front: Front, request: pytest.FixtureRequest) -> str:
    """A token of dave, who is in each of these states in turn; it was given before."""
    state: MemberState = request.param
    keys = new_keys(front.union.world.settings)

    def make(session: Session) -> str:
        waits = state is MemberState.PENDING
        first = MemberState.PENDING if waits else MemberState.ACTIVE
        dave = create_member(session, username="dave", keys=keys, reach=Reach.PUBLIC, state=first)
        return create_token(session, dave, _SCOPES)

    def end(session: Session) -> None:
        dave = get_member(session, "dave")[0]
        if state is MemberState.SUSPENDED:
            suspend_member(session, dave)
        elif state is MemberState.DELETED:
            delete_member(session, dave)

    token = await front.union.world.db.write(make)
    await front.union.world.db.write(end)
    return token


def _path_of(endpoint: Endpoint) -> str:
    return "/".join("1" if part.startswith(":") else part for part in endpoint.path.split("/"))


async def test_A33_no_endpoint_takes_the_token_of_who_may_not_act(
    front: Front, bearer: str, request: pytest.FixtureRequest
) -> None:
    headers = [("authorization", f"Bearer {bearer}"), ("content-type", "application/json")]
    waits = request.node.callspec.params["bearer"] is MemberState.PENDING
    for endpoint in ENDPOINTS:
        if waits and endpoint.pending_too:
            continue
        body = b"{}" if endpoint.method in ("POST", "PUT", "PATCH") else None
        answer = await front.ask(endpoint.method, _path_of(endpoint), headers=headers, body=body)
        assert answer.status in (401, 403), (endpoint.method, endpoint.path)
        assert set(answer.body) & set(b"[]") == set(), "an answer holds a list"


def test_A33_who_waits_to_be_let_in_can_only_confirm_an_address() -> None:
    assert {f"{each.method} {each.path}" for each in ENDPOINTS if each.pending_too} == {
        "GET /api/v1/emails/check_confirmation",
        "POST /api/v1/emails/confirmations",
    }


async def test_A33_a_suspended_member_is_not_spoken_for_outside(front: Front, gail: StrangeActor) -> None:
    keys = new_keys(front.union.world.settings)

    def make(session: Session) -> None:
        create_member(session, username="dave", keys=keys, reach=Reach.PUBLIC)

    await front.union.world.db.write(make)
    post = await front.union.post("dave", "Hello")
    path = post.uri.removeprefix("https://us.example")
    assert (await front.ask("GET", path, by=gail)).status == 200

    def suspend(session: Session) -> None:
        suspend_member(session, get_member(session, "dave")[0])

    await front.union.world.db.write(suspend)
    await front.settle()
    assert (await front.ask("GET", path, by=gail)).status in (404, 410)
    for below in ("/outbox?page=true", "/collections/featured", "/followers"):
        answer = await front.ask("GET", f"/actors/dave{below}", by=gail)
        assert b"Hello" not in answer.body
    assert (await front.ask("GET", "/@dave", accept="text/html")).status == 404


async def test_A33_what_a_member_hides_is_not_served_from_memory(front: Front, gail: StrangeActor) -> None:
    keys = new_keys(front.union.world.settings)

    def make(session: Session) -> None:
        create_member(session, username="dave", keys=keys, reach=Reach.PUBLIC)

    def hide(session: Session) -> None:
        set_reach(session, get_member(session, "dave")[0], Reach.HIDDEN)

    await front.union.world.db.write(make)
    post = await front.union.post("dave", "Hello")
    paths = [post.uri.removeprefix("https://us.example"), "/actors/dave"]
    assert [(await front.ask("GET", path, by=gail)).status for path in paths] == [200, 200]
    await front.union.world.db.write(hide)
    assert [(await front.ask("GET", path, by=gail)).status for path in paths] == [404, 404]
