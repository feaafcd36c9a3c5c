"""Pages in Chromium: what scripts add, nothing that the content policy refuses, no page that overflows."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import PASSWORD
from tests.browser.walking import weight_of
from tests.processes.running import PATIENCE_SECONDS, Instance

pytestmark = pytest.mark.browser
PATIENCE = PATIENCE_SECONDS * 1000
PATHS = (
    "/",
    "/sign-in",
    "/settings/apps",
    "/sign-out",
    "/more",
    "/keys",
    "/components",
    "/sign-in/again?next=/",
)
MOST_BYTES, MOST_REQUESTS = 60 * 1024, 15


@pytest.fixture
def page(chromium: Browser, instance: Instance) -> Iterator[Page]:
    """A page of a narrow window in which ana is signed in."""
    context = chromium.new_context(viewport={"width": 320, "height": 700}, locale="en")
    yield signed_in(context, instance)
    context.close()


def signed_in(context: BrowserContext, instance: Instance) -> Page:
    """Return a page in which ana is signed in."""
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"http://{instance.host}/sign-in")
    page.get_by_label("Name or e-mail address").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home")
    return page


def open_with_scripts(page: Page, instance: Instance, path: str) -> None:
    """Open a page and wait until its scripts have begun."""
    page.goto(f"http://{instance.host}{path}")
    page.locator("html[data-ready]").wait_for(state="attached")


def test_no_page_overflows_and_none_breaks_its_content_policy(page: Page, instance: Instance) -> None:
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for path in PATHS:
        for language in ("en", "ar"):
            page.goto(f"http://{instance.host}{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.locator("h1").first).to_be_attached()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, language)
            assert page.evaluate("document.documentElement.lang") == language
    assert wrong == []


def test_a_page_of_a_member_is_small(page: Page, instance: Instance) -> None:
    context = page.context
    fresh = context.new_page()
    loaded: list[int] = []
    client = context.new_cdp_session(fresh)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    client.on("Network.loadingFinished", lambda event: loaded.append(int(event["encodedDataLength"])))
    open_with_scripts(fresh, instance, "/components")
    fresh.wait_for_load_state("networkidle")
    assert 3 < len(loaded) <= MOST_REQUESTS
    assert weight_of(fresh, loaded) <= MOST_BYTES, loaded


def test_keys_walk_through_posts_and_can_be_switched_off(page: Page, instance: Instance) -> None:
    open_with_scripts(page, instance, "/components")
    posts = page.locator("article.post")
    page.keyboard.press("j")
    expect(posts.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(posts.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(posts.nth(0)).to_be_focused()
    page.get_by_label("Words").focus()
    page.keyboard.press("j")
    expect(page.get_by_label("Words")).to_have_value("jSeveral lines")
    open_with_scripts(page, instance, "/keys")
    page.get_by_label("Use the keys").uncheck()
    open_with_scripts(page, instance, "/components")
    page.keyboard.press("j")
    expect(posts.nth(0)).not_to_be_focused()


def test_a_button_shows_at_once_what_it_does_and_goes_back_when_the_server_refuses(
    page: Page, instance: Instance
) -> None:
    open_with_scripts(page, instance, "/components")
    button = page.locator("article.post button[data-now]").first
    expect(button).to_have_attribute("aria-pressed", "false")
    answers = iter([(303, ""), (500, ""), (200, "<h1>What went wrong</h1>")])

    def answer(route: Route) -> None:
        status, body = next(answers)
        route.fulfill(status=status, headers={"location": "/", "content-type": "text/html"}, body=body)

    page.route("**/components/boost", answer)
    button.click()
    expect(button.locator("[data-count]")).to_have_text("10")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).not_to_have_attribute("aria-busy", "true")
    button.click()
    expect(page.get_by_role("heading", name="What went wrong")).to_be_visible()


def test_signing_out_leaves_nothing_in_the_browser(page: Page, instance: Instance) -> None:
    open_with_scripts(page, instance, "/keys")
    page.evaluate("localStorage.setItem('draft:post', '{\"text\": \"secret\"}')")
    page.goto(f"http://{instance.host}/sign-out")
    page.get_by_role("button", name="Sign out in this browser").click()
    page.wait_for_url(f"http://{instance.host}/")
    page.wait_for_function("localStorage.getItem('draft:post') === null")


def test_all_pages_work_without_scripts(chromium: Browser, instance: Instance) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = signed_in(context, instance)
    for path in PATHS:
        answer = page.goto(f"http://{instance.host}{path}")
        assert answer is not None
        assert answer.status == 200, path
    context.close()
