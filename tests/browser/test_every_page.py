"""Every page of the web, in every language: accessible, narrow enough, and with nothing from elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Route as HeldRequest
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
    SUSPENDED,
    page_examples,
)
from tests.browser.peopled import Peopled, people
from tests.browser.stories import Person
from tests.browser.walking import DESK, PHONE, Walk, faults_of, weight_of
from tests.processes.running import Instance, Server

DARK = ("/", "/@{name}/{slug}", "/home", "/compose", "/components", "/admin", "/settings/security", "/join")
MOST_BYTES, MOST_REQUESTS, MOST_SHIFTED = 60 * 1024, 15, 0.05


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
    "viewer", [STRANGER, MEMBER, CAREFUL, HALFWAY, SUSPENDED, OWNER], ids=lambda name: name or "stranger"
)
def test_every_page_is_accessible_and_fits_and_asks_nobody_else(
    chromium: Browser, peopled: tuple[Instance, Peopled], viewer: str
) -> None:
    instance, made = peopled
    mine = [example for example in page_examples() if viewer in example.viewers]
    addresses = [example.address % made.things for example in mine]
    walk, cookie = Walk(chromium, instance), made.cookies.get(viewer, "")
    walk.through(addresses, cookie=cookie, language="en", width=DESK)
    # The rules see the same elements and colours in French; Arabic turns the page around.
    walk.through(addresses, cookie=cookie, language="fr", width=PHONE, by_rules=False)
    walk.through(addresses, cookie=cookie, language="ar", width=PHONE)
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
        assert weight_of(page, loaded) <= MOST_BYTES, loaded


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
HEIGHTS = "() => [...document.querySelectorAll('article.post')].map((each) => each.offsetHeight)"


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/home", "/@ana", "/@ana/media", "/posts/{picture}"], ids=str)
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_nothing_moves_when_pictures_come_late(
    chromium: Browser, peopled: tuple[Instance, Peopled], path: str, width: int
) -> None:
    instance, made = peopled
    window = {"viewport": {"width": width, "height": 900}}
    with Person(chromium, instance, made.cookies[MEMBER], **window) as ana:
        held: list[HeldRequest] = []
        comes_late = True
        ana.page.add_init_script(SHIFTS)

        def hold(request: HeldRequest) -> None:
            if comes_late:
                held.append(request)
            else:
                request.continue_()

        page = ana.page
        page.route("**/media/**", hold)
        address = path.replace("{picture}", made.things["picture_post"])
        page.goto(f"http://{instance.host}{address}", wait_until="domcontentloaded")
        page.locator("html[data-ready]").wait_for(state="attached")
        picture = page.locator("img.shelf-picture").first
        picture.scroll_into_view_if_needed()
        with page.expect_response("**/media/**"):
            before = page.evaluate(HEIGHTS)
            comes_late = False
            for each in held:
                each.continue_()
        page.wait_for_function("each => each.complete && each.naturalWidth > 0", arg=picture.element_handle())
        assert page.evaluate(HEIGHTS) == before
        assert page.evaluate("window.shifted") < MOST_SHIFTED
