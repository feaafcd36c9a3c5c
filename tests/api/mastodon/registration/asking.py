"""An app that asks for accounts."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import httpx

from tests.api.rig import Client, Rig

GOOD = {
    "username": "clara",
    "email": "clara@union.example",
    "password": "a long enough sentence",
    "agreement": True,
    "locale": "en",
    "reason": "I am a nurse",
}
PATH = "/api/v1/accounts"
HOME = "/api/v1/timelines/home"
PENDING = "/api/v1/admin/accounts"
Opening = Callable[..., AbstractAsyncContextManager[Rig]]


async def app_of(rig: Rig, scopes: str = "read write") -> Client:
    """Return an app with a token of its own."""
    body = {"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": scopes}
    app = (await rig.anonymous.ask("POST", "/api/v1/apps", json=body)).json()
    form = {
        "grant_type": "client_credentials",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "scope": scopes,
    }
    token = (await rig.http.post("/oauth/token", data=form)).json()
    return Client(rig.http, rig.clock, 0, token["access_token"])


async def ask(app: Client, **changes: Any) -> httpx.Response:
    return await app.ask("POST", PATH, json=GOOD | changes)


def with_token(app: Client, answer: httpx.Response) -> Client:
    return replace(app, bearer=answer.json()["access_token"])
