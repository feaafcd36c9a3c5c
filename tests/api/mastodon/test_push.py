"""Push subscriptions through the client interface."""

from typing import Any

import pytest
from sqlalchemy import select

from fediunion.social.push.base64url import read_base64
from fediunion.social.push.models import PushSubscription
from fediunion.social.push.service import keys_of
from tests.api.rig import Client, Rig
from tests.fakes.push_service import PushedApp

PATH = "/api/v1/push/subscription"


async def test_an_app_subscribes_and_reads_its_subscription(rig: Rig, ana: Client) -> None:
    app = PushedApp()
    wanted = app.request(standard=True, policy="followed", mention=True, favourite=False)
    made = await ana.post(PATH, **wanted)
    assert made == await ana.get(PATH)
    assert (made["endpoint"], made["standard"], made["policy"]) == (app.endpoint, True, "followed")
    assert made["alerts"] == {"mention": True, "favourite": False}
    assert int(made["id"])
    key = made["server_key"]
    assert len(read_base64(key)) == 65
    instance = await rig.anonymous.get("/api/v2/instance")
    assert instance["configuration"]["vapid"]["public_key"] == key
    registered = await rig.anonymous.post(
        "/api/v1/apps", client_name="A", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes="push"
    )
    assert registered["vapid_key"] == key


async def test_an_app_subscribes_by_a_form_as_libraries_send_it(ana: Client) -> None:
    app = PushedApp()
    keys = app.request()["subscription"]["keys"]
    form = {
        "subscription[endpoint]": app.endpoint,
        "subscription[keys][p256dh]": keys["p256dh"],
        "subscription[keys][auth]": keys["auth"],
        "policy": "follower",
        "data[alerts][mention]": "true",
        "data[alerts][admin.report]": "0",
    }
    made = (await ana.ask("POST", PATH, data=form)).json()
    assert made["alerts"] == {"mention": True, "admin.report": False}
    assert (made["policy"], made["standard"]) == ("follower", False)


async def test_a_second_subscription_takes_the_place_of_the_first(rig: Rig, ana: Client) -> None:
    await ana.post(PATH, **PushedApp().request())
    app = PushedApp(endpoint="https://push.test/send/2")
    second = await ana.post(PATH, **app.request())
    assert (await ana.get(PATH))["id"] == second["id"]
    rows = await rig.world.db.read(lambda session: session.scalars(select(PushSubscription)).all())
    assert [row.endpoint for row in rows] == [app.endpoint]


async def test_alerts_and_policy_are_changed_and_the_rest_stays(ana: Client) -> None:
    app = PushedApp()
    made = await ana.post(PATH, **app.request(mention=True, follow=True))
    changed = await ana.ask("PUT", PATH, json={"data": {"alerts": {"follow": True}, "policy": "none"}})
    assert changed.json() == made | {"alerts": {"follow": True}, "policy": "none"}
    same = await ana.ask("PUT", PATH, json={})
    assert same.json() == changed.json()


async def test_a_subscription_is_ended_and_may_be_ended_again(ana: Client) -> None:
    await ana.post(PATH, **PushedApp().request())
    for _ in range(2):
        ended = await ana.ask("DELETE", PATH)
        assert (ended.status_code, ended.json()) == (200, {})
    assert (await ana.ask("GET", PATH)).status_code == 404
    assert (await ana.ask("PUT", PATH, json={"data": {"policy": "all"}})).status_code == 404


async def test_O12_a_subscription_is_its_tokens_own(rig: Rig, ana: Client, ben: Client) -> None:
    await ana.post(PATH, **PushedApp().request())
    other_app = await rig.token(ana, "push read")
    for stranger in (ben, other_app):
        assert (await stranger.ask("GET", PATH)).status_code == 404
        await stranger.ask("DELETE", PATH)
    assert (await ana.ask("GET", PATH)).status_code == 200


async def test_the_scope_is_push_and_nothing_else(rig: Rig, ana: Client) -> None:
    reader = await rig.token(ana, "read write follow")
    for method in ("GET", "POST", "PUT", "DELETE"):
        assert (await reader.ask(method, PATH)).status_code == 403
        assert (await rig.anonymous.ask(method, PATH)).status_code == 401


def _broken(**changes: Any) -> dict[str, Any]:
    body = PushedApp().request()
    body["subscription"] |= changes
    return body


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subscription": "x"},
        {"subscription": {"endpoint": "https://push.test/1"}},
        _broken(endpoint=""),
        _broken(endpoint="push.test/1"),
        _broken(endpoint="file:///etc/passwd"),
        _broken(endpoint="https://user@push.test/1"),
        _broken(endpoint="https://union.test/inbox"),
        _broken(endpoint="https://push.test/" + "x" * 3000),
        _broken(keys={"p256dh": "AAAA", "auth": "AAAA"}),
        _broken(keys={"p256dh": ["x"], "auth": {"a": "b"}}),
        PushedApp().request() | {"data": {"policy": "sometimes"}},
    ],
)
async def test_what_cannot_be_pushed_to_is_refused(ana: Client, body: dict[str, Any]) -> None:
    refused = await ana.ask("POST", PATH, json=body)
    assert (refused.status_code, "error" in refused.json()) == (422, True)
    assert (await ana.ask("GET", PATH)).status_code == 404


async def test_O27_nothing_secret_of_a_subscription_is_stored_in_clear(rig: Rig, ana: Client) -> None:
    app = PushedApp()
    await ana.post(PATH, **app.request())
    row = await rig.world.db.read(lambda session: session.scalars(select(PushSubscription)).one())
    for secret in (app.secret, app.recipient.point, ana.bearer.encode()):
        assert secret not in row.sealed_keys + row.sealed_token
    kept = keys_of(row, rig.world.settings)
    assert (kept.bearer, kept.recipient.secret) == (ana.bearer, app.secret)


async def test_whether_pushes_carry_private_words_is_the_members_choice(ana: Client) -> None:
    setting = "fediunion:push_shows_text"
    assert (await ana.get("/api/v1/preferences"))[setting] is False
    for chosen in (True, False):
        body = {"fediunion": {"push_shows_text": chosen}}
        assert (await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json=body)).status_code == 200
        assert (await ana.get("/api/v1/preferences"))[setting] is chosen
