"""A whole instance behind its front door: members with passwords, their browsers, and apps that ask."""

import base64
import hashlib
import html
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import argon2
import httpx
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.members.models import Member, MemberState, Role
from fediunion.members.service import create_member
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, new_keys

DOMAIN: Final = "us.example"
BASE: Final = f"https://{DOMAIN}"
PASSWORD: Final = "correct horse battery staple"
CALLBACK: Final = "https://app.example/callback?from=us"
VERIFIER: Final = "a-verifier-of-at-least-forty-three-characters-0123"
CHALLENGE: Final = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
_ADDRESS: Final = "198.51.100.9"
OOB: Final = "urn:ietf:wg:oauth:2.0:oob"


@cache
def password_hash() -> str:
    """Return a hash of PASSWORD that is checked quickly: how long it takes is written in the hash.

    That those the server makes take long is for tests/members/test_passwords.py.
    """
    return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def fields_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the forms of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def query_of(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@dataclass
class Browser:
    """A browser without scripts: it keeps cookies and says where its forms come from.

    A page that forbids to name it hides its origin too, from its own server as well.
    Source: https://fetch.spec.whatwg.org/#append-a-request-origin-header
    """

    http: httpx.AsyncClient
    origin: str = BASE

    async def get(self, path: str, **request: Any) -> httpx.Response:
        """Follow a link."""
        return self._shown(await self.http.get(path, **request))

    async def post(self, path: str, fields: Mapping[str, str], **headers: str) -> httpx.Response:
        """Send a form, by default as from the page of this server that was opened last."""
        named = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self._shown(await self.http.post(path, data=dict(fields), headers=named))

    def _shown(self, answer: httpx.Response) -> httpx.Response:
        if answer.headers.get("content-type", "").startswith("text/html"):
            hidden = answer.headers.get("referrer-policy") == "no-referrer"
            self.origin = "null" if hidden else BASE
        return answer

    async def sign_in(
        self, name: str = "ana", password: str = PASSWORD, *, then: str = "/settings/apps"
    ) -> httpx.Response:
        """Open the page and send the form."""
        page = await self.get("/sign-in", params={"next": then})
        return await self.post("/sign-in", fields_of(page.text) | {"name": name, "password": password})

    @property
    def cookie(self) -> str:
        """The session cookie, "" without one."""
        return self.http.cookies.get("__Host-session") or ""


@dataclass
class App:
    """An app that registered."""

    http: httpx.AsyncClient
    registered: dict[str, Any]

    @property
    def credentials(self) -> dict[str, str]:
        """Its id and secret, for a body."""
        return {"client_id": self.registered["client_id"], "client_secret": self.registered["client_secret"]}

    def link(self, **asked: str) -> str:
        """Return where it sends a member; "" leaves a parameter out."""
        given = {
            "response_type": "code",
            "client_id": self.registered["client_id"],
            "redirect_uri": self.registered["redirect_uris"][0],
            "scope": "read",
        } | asked
        return f"/oauth/authorize?{urlencode({name: value for name, value in given.items() if value})}"

    async def code(self, browser: Browser, **asked: str) -> str:
        """Return the code that a member's consent gives it."""
        page = await browser.get(self.link(**asked))
        assert page.status_code == 200, page.text
        answer = await browser.post("/oauth/authorize", fields_of(page.text) | {"decision": "allow"})
        assert answer.status_code == 303, answer.text
        return query_of(answer.headers["location"])["code"]

    async def ask(self, **body: str) -> httpx.Response:
        """Ask for a token with its credentials; "" leaves a parameter out."""
        given = self.credentials | body
        return await self.http.post("/oauth/token", data={k: v for k, v in given.items() if v})

    async def redeem(self, code: str, **more: str) -> httpx.Response:
        """Ask for the token of a code."""
        redirect_uri = self.registered["redirect_uris"][0]
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self.ask(**(given | more))

    async def token(self, browser: Browser, scope: str = "read") -> dict[str, Any]:
        """Return the answer with a token of a member."""
        answer = await self.redeem(await self.code(browser, scope=scope))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@dataclass
class Desk:
    """The instance `us.example`."""

    union: TestUnion
    clock: FakeClock
    http: httpx.AsyncClient
    _clients: list[httpx.AsyncClient]

    @property
    def db(self) -> Any:
        """The database."""
        return self.union.world.db

    async def member(
        self, name: str = "ana", *, state: MemberState = MemberState.ACTIVE, role: Role = Role.MEMBER
    ) -> Member:
        """Return a new member with PASSWORD and an e-mail address."""
        made: Member = await self.db.write(
            create_member,
            username=name,
            email=f"{name}@{DOMAIN}",
            keys=new_keys(self.union.world.settings),
            password_hash=password_hash(),
            state=state,
            role=role,
        )
        return made

    async def on(self, member: Member, work: Any, *args: Any) -> Any:
        """Return `work(session, member, ...)` with the row as it is now."""
        return await self.db.write(lambda session: work(session, session.get_one(Member, member.id), *args))

    async def rows(self, table: type[Any]) -> list[Any]:
        """Return all rows of a table."""

        def unit(session: Session) -> list[Any]:
            return list(session.query(table).all())

        found: list[Any] = await self.db.read(unit)
        return found

    def client(self, address: str = _ADDRESS) -> httpx.AsyncClient:
        """Return a client at an address, with a cookie jar of its own."""
        made = _client(self.union, address)
        self._clients.append(made)
        return made

    def browser(self, address: str = _ADDRESS) -> Browser:
        """Return a browser that was never here."""
        return Browser(self.client(address))

    async def signed_in(self, name: str = "ana") -> Browser:
        """Return a browser in which a member is signed in."""
        browser = self.browser()
        assert (await browser.sign_in(name)).status_code == 303
        return browser

    async def register(self, **body: Any) -> App:
        """Return an app that registered."""
        asked = {"client_name": "Reader", "redirect_uris": [CALLBACK], "scopes": "read write follow push"}
        answer = await self.http.post("/api/v1/apps", json=asked | body)
        assert answer.status_code == 200, answer.text
        return App(self.http, answer.json())

    async def call(self, token: str, path: str = "/api/v1/accounts/verify_credentials") -> httpx.Response:
        """Call the client interface with a token."""
        return await self.http.get(path, headers={"Authorization": f"Bearer {token}"})


def _client(union: TestUnion, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=union.app, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Accept": "text/html"})


@asynccontextmanager
async def desk_for(
    database_url: str,
    directory: Path,
    clock: FakeClock,
    *,
    change: Callable[[Settings], Settings] = lambda settings: settings,
    listens: bool = False,
    **limits: Any,
) -> AsyncIterator[Desk]:
    """Open the instance; `limits` are settings of `[limits]`, `change` gives others; see TestUnion.start."""
    settings = change(settings_for(DOMAIN, directory, database_url))
    settings = replace(settings, limits=replace(settings.limits, **limits))
    internet = FakeInternet()
    union = await TestUnion.start(internet, DOMAIN, database_url, clock, settings=settings, listens=listens)
    http = _client(union, _ADDRESS)
    desk = Desk(union, clock, http, [http])
    try:
        yield desk
    finally:
        for client in desk._clients:
            await client.aclose()
        await union.close()
