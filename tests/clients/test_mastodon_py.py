"""Mastodon.py logs in as its users do: registers, shows an address, takes the code, calls, and logs out."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from mastodon import Mastodon, MastodonUnauthorizedError
from requests.adapters import HTTPAdapter

from tests.databases import Databases
from tests.processes.running import Instance, Server

PASSWORD = "correct horse battery staple"


class Loopback(HTTPAdapter):
    """Finds every name on 127.0.0.1, as browsers do with `*.localhost`."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send the request with its name in the Host header."""
        parts = urlsplit(str(request.url))
        there = request.copy()
        there.headers["Host"] = parts.netloc
        there.url = urlunsplit(parts._replace(netloc=f"127.0.0.1:{parts.port}"))
        response = super().send(there, *args, **options)
        response.request, response.url = request, str(request.url)
        return response


def session() -> requests.Session:
    """Return a session of `requests` that finds the instance."""
    made = requests.Session()
    made.mount("http://", Loopback())
    return made


@pytest.fixture
def instance(databases: Databases, tmp_path: Path) -> Iterator[Instance]:
    """A running instance with the member ana."""
    url = databases.empty()
    made = Instance.new(tmp_path / "union-a", database_url="" if url.startswith("sqlite") else url)
    if not url.startswith("sqlite"):
        made.succeed("migrate")
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    made.succeed("member", "create", "ana", "--email", "ana@union.example", "--password-file", password)
    server = Server("--config", made.config, "serve")
    yield made
    server.kill()


def code_for(address: str, base: str) -> str:
    """Return the code that a person copies who opens the address, signs in and agrees."""
    browser = session()

    def send(page: requests.Response, path: str, **fields: str) -> requests.Response:
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in hidden} | fields
        return browser.post(f"{base}{path}", data=form, timeout=60)

    shown = send(browser.get(address, timeout=60), "/sign-in", name="ana", password=PASSWORD)
    allowed = send(shown, "/oauth/authorize", decision="allow")
    found = re.search(r'id="code">([^<]+)<', allowed.text)
    assert found is not None, allowed.text
    return found[1]


def test_mastodon_py_logs_in_with_a_code_that_is_copied(instance: Instance) -> None:
    base, scopes = f"http://{instance.host}", ["read", "write"]
    client_id, secret = Mastodon.create_app("Reader", scopes, api_base_url=base, session=session())
    client = Mastodon(client_id, secret, api_base_url=base, session=session())
    address = client.auth_request_url(scopes=scopes, allow_http=True)
    assert address.startswith(f"{base}/oauth/authorize?")
    client.log_in(code=code_for(address, base), scopes=scopes, allow_http=True)
    assert client.me().acct == "ana"
    assert client.app_verify_credentials().name == "Reader"
    client.revoke_access_token(allow_http=True)
    with pytest.raises(MastodonUnauthorizedError):
        Mastodon(access_token=client.access_token or "gone", api_base_url=base, session=session()).me()
