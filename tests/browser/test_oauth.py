"""A member logs in to an app through the consent page, in a real browser."""

import json
import re
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.oauth_client import OAuthClient
from tests.processes.running import PATIENCE_SECONDS

pytestmark = pytest.mark.browser


def sign_in(page: Page) -> None:
    """Fill in the form that an app sent the member to."""
    page.get_by_label("Name or e-mail address").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_app_in_a_window_of_its_own_logs_in_with_a_code_challenge(
    chromium: Browser, client: OAuthClient
) -> None:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(f"{client.origin}/?server={client.server}")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Log in in a window").click()
    window = opened.value
    sign_in(window)
    expect(window.get_by_role("heading", name="May Window client use your account?")).to_be_visible()
    assert window.evaluate("window.opener !== null")
    # The window closes itself, maybe before the click is reported to have ended.
    with window.expect_event("close"), suppress(Error):
        window.get_by_role("button", name="Allow Window client").click()
    result = page.locator("#result")
    expect(result).not_to_be_empty()
    assert json.loads(result.inner_text()) == {"acct": "ana", "scope": "read"}
    context.close()


def test_an_app_that_redirects_logs_in_without_any_script(chromium: Browser, client: OAuthClient) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(f"{client.origin}/start")
    sign_in(page)
    page.get_by_role("button", name="Allow Redirect client").click()
    expect(page.locator("#result")).to_have_text("ana")
    assert page.url.startswith(f"{client.redirect_uri}?code=")
    page.goto(f"{client.server}/settings/apps")
    expect(page.get_by_role("heading", name="Redirect client").first).to_be_visible()
    page.get_by_role("button", name=re.compile("End its access.*Redirect client")).first.click()
    expect(page.get_by_role("status")).to_be_visible()
    context.close()


def test_a_member_who_says_no_is_led_back_without_a_code(chromium: Browser, client: OAuthClient) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(client.start())
    sign_in(page)
    with page.expect_request(lambda request: request.url.startswith(client.redirect_uri)) as asked:
        page.get_by_role("button", name="Do not allow").click()
    assert "error=access_denied" in asked.value.url
    assert "code=" not in asked.value.url
    context.close()
