"""Every page of the web, in every language: accessible, narrow enough, and with nothing from elsewhere."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from starlette.routing import Route

from fediunion.installed import routes
from tests.browser.examples import (
    ADDRESSES,
    CAREFUL,
    HALFWAY,
    MEMBER,
    NO_PAGES,
    OWNER,
    STRANGER,
    page_examples,
)
from tests.browser.peopled import Peopled, people
from tests.browser.stories import Person
from tests.browser.walking import DESK, PHONE, Walk, faults_of
from tests.processes.running import Instance, Server

DARK = ("/", "/@{name}/{slug}", "/home", "/compose", "/components", "/admin", "/settings/security", "/join")
MOST_BYTES, MOST_REQUESTS = 60 * 1024, 15


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instance, Peopled]]:
    """A running instance with people in it."""
    folder: Path = tmp_path_factory.mktemp("walk") / "walk"
    instance = Instance.new(folder, "walk")
    made = people(instance)
    server = Server("--config", instance.config, "serve")
    yield instance, made
    server.kill()


def test_each_page_has_an_example_and_each_example_a_page() -> None:
    examples = {example.path: example for example in page_examples()}
    assert len(examples) > 90
    assert [path for path, example in examples.items() if "{" in example.address] == []
    assert ADDRESSES.keys() - examples.keys() == set()
    assert set(DARK) - examples.keys() == set()
    known = {route.path for route in routes() if isinstance(route, Route)}
    assert NO_PAGES - known == set()


@pytest.mark.browser
def test_the_rules_find_what_is_wrong(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<p style='color:#999;background:#fff'>pale</p><img src=x><input>")
    found = " ".join(faults_of(page))
    page.close()
    assert {"color-contrast", "image-alt", "label", "html-has-lang"} <= {
        each.rstrip(":") for each in found.split() if each.endswith(":")
    }


@pytest.mark.browser
@pytest.mark.parametrize(
    "viewer", [STRANGER, MEMBER, CAREFUL, HALFWAY, OWNER], ids=lambda name: name or "stranger"
)
def test_every_page_is_accessible_and_fits_and_asks_nobody_else(
    chromium: Browser, peopled: tuple[Instance, Peopled], viewer: str
) -> None:
    instance, made = peopled
    mine = [example for example in page_examples() if viewer in example.viewers]
    addresses = [example.address % made.things for example in mine]
    walk, cookie = Walk(chromium, instance), made.cookies.get(viewer, "")
    walk.through(addresses, cookie=cookie, language="en", width=DESK)
    for language in ("fr", "ar"):
        walk.through(addresses, cookie=cookie, language=language, width=PHONE)
    dark = [example.address % made.things for example in mine if example.path in DARK]
    walk.through(dark, cookie=cookie, language="en", width=DESK, dark=True)
    assert not walk.wrong, "\n".join(walk.wrong)


@pytest.mark.browser
def test_home_of_a_member_is_small_and_asks_for_little(
    chromium: Browser, peopled: tuple[Instance, Peopled]
) -> None:
    instance, made = peopled
    with Person(chromium, instance, made.cookies[MEMBER]) as ana:
        loaded: list[int] = []
        client = ana.context.new_cdp_session(ana.page)
        client.send("Network.enable")
        client.send("Network.setCacheDisabled", {"cacheDisabled": True})
        client.on("Network.loadingFinished", lambda event: loaded.append(int(event["encodedDataLength"])))
        page = ana.open("/home")
        expect(page.locator("article.post").first).to_be_visible()
        assert 3 < len(loaded) <= MOST_REQUESTS
        # The files are compressed by the server; the page, the largest of all, by the proxy in front of it.
        compressed = len(gzip.compress(page.content().encode(), 5))
        assert sum(loaded) - max(loaded) + compressed <= MOST_BYTES, loaded
