"""A small OAuth client on a port of its own: a page with a script, and a server that redirects."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from tests.processes.running import PATIENCE_SECONDS

_PAGE = Path(__file__).with_name("client.html").read_bytes()
_POPUP = b"<!doctype html><script>opener.postMessage(location.search, location.origin); close();</script>"


class OAuthClient:
    """The client at `origin`, for the instance `host` that listens on a port of 127.0.0.1.

    `/` is a page that logs in in a window (Phanpy's way). `/start` redirects to the instance, and back to
    an address with an address in it; the token is then fetched by this server, in JSON (Elk's way).
    """

    def __init__(self, host: str, port: int) -> None:
        self._instance = f"http://127.0.0.1:{port}"
        self._host = host
        self.server = f"http://{host}"
        self._app: dict[str, Any] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.origin = f"http://localhost:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def redirect_uri(self) -> str:
        """Where the instance leads back to: the origin stands in it, encoded."""
        return f"{self.origin}/api/{self._host}/oauth/{quote(self.origin, safe='')}"

    def start(self) -> str:
        """Return the address that asks the member, for an app that registers now."""
        body = {"client_name": "Redirect client", "redirect_uris": self.redirect_uri, "scopes": "read write"}
        self._app = self._ask("/api/v1/apps", body)
        asked = {"client_id": self._app["client_id"], "redirect_uri": self.redirect_uri, "scope": "read"}
        return f"{self.server}/oauth/authorize?{urlencode(asked | {'response_type': 'code'})}"

    def finish(self, path: str) -> bytes:
        """Return what is shown after the way back: who the token acts for."""
        if not self.redirect_uri.endswith(path.partition("?")[0]):
            return f"another address: {path}".encode()
        token = self._ask(
            "/oauth/token",
            {
                "grant_type": "authorization_code",
                "code": parse_qs(urlsplit(path).query)["code"][0],
                "redirect_uri": self.redirect_uri,
                "client_id": self._app["client_id"],
                "client_secret": self._app["client_secret"],
            },
        )
        me = self._ask("/api/v1/accounts/verify_credentials", None, token["access_token"])
        return f"<!doctype html><p id=result>{me['acct']}".encode()

    def _ask(self, path: str, body: dict[str, Any] | None, token: str = "") -> Any:
        headers = {"Host": self._host, "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._instance}{path}", sent, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        client = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/start":
                    self.send_response(302)
                    self.send_header("Location", client.start())
                    self.end_headers()
                    return
                pages = {"/popup": _POPUP, "/": _PAGE}
                page = pages.get(self.path.partition("?")[0])
                body = client.finish(self.path) if page is None else page
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
