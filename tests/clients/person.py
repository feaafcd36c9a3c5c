"""A person in front of a browser: signs in and answers the page on which an app asks for the account."""

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.federation.processes import UnionProcess
from tests.processes.running import PATIENCE_SECONDS

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """A member who can sign in at a union."""

    union: UnionProcess
    name: str

    @property
    def base_url(self) -> str:
        """Where the member's server is."""
        return self.union.base_url

    @property
    def handle(self) -> str:
        """The member's name for people on other servers."""
        return f"{self.name}@{self.union.domain}"

    def code_for(self, address: str) -> str:
        """Return the code that the app gets when the person opens the address, signs in and agrees.

        It stands on the last page, or in the address to which that leads back.
        """
        with httpx.Client(timeout=PATIENCE_SECONDS, follow_redirects=False) as browser:
            shown = _follow(browser, browser.get(address))
            shown = _follow(browser, _send(browser, shown, "/sign-in", name=self.name, password=PASSWORD))
            answer = _send(browser, shown, "/oauth/authorize", decision="allow")
        if answer.is_redirect:
            return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        found = re.search(r'id="code">([^<]+)<', answer.text)
        assert found is not None, answer.text
        return found[1]


def _follow(browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
    while answer.next_request is not None:
        answer = browser.send(answer.next_request)
    assert answer.is_success, f"{answer.url}: {answer.status_code} {answer.text}"
    return answer


def _send(browser: httpx.Client, page: httpx.Response, path: str, **fields: str) -> httpx.Response:
    """Send the form of a page to an address of the same server, with what is hidden in it."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    form = {name: html.unescape(value) for name, value in hidden} | fields
    return browser.post(page.url.join(path), data=form, headers={"Origin": str(page.url.join("/"))[:-1]})
