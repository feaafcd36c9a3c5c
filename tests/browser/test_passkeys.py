"""Passkeys in Chromium, with an authenticator that it plays itself: made, and signed in with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD
from tests.processes.running import PATIENCE_SECONDS, Instance

pytestmark = pytest.mark.browser
_PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def page(chromium: Browser, instance: Instance, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser on a phone that keeps passkeys; there is a member petra."""
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    address = "petra@union.example"
    instance.succeed("member", "create", "petra", "--email", address, "--password-file", password)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="en")
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    made = context.new_page()
    devices = context.new_cdp_session(made)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": _PHONE})
    yield made
    context.close()


def sign_out(page: Page, instance: Instance) -> None:
    """End the session of this browser."""
    page.goto(f"http://{instance.host}/sign-out")
    page.get_by_role("button", name="Sign out in this browser").click()
    page.wait_for_url(f"http://{instance.host}/")


def type_password(page: Page, instance: Instance) -> None:
    """Make the first step."""
    page.goto(f"http://{instance.host}/sign-in?next=/settings/security")
    page.get_by_label("Name or e-mail address").fill("petra")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_made_and_signs_in_alone_and_as_a_second_step(page: Page, instance: Instance) -> None:
    type_password(page, instance)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Write these down")).to_be_visible()
    expect(page.locator(".code-list code")).to_have_count(10)
    page.get_by_role("link", name="I have them").click()
    expect(page.locator("bdi", has_text="Phone")).to_be_visible()
    sign_out(page, instance)
    page.goto(f"http://{instance.host}/sign-in?next=/settings/security")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Signing in and security")).to_be_visible()
    sign_out(page, instance)
    type_password(page, instance)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Signing in and security")).to_be_visible()


def test_without_scripts_no_button_asks_for_a_passkey(chromium: Browser, instance: Instance) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = context.new_page()
    page.goto(f"http://{instance.host}/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_text("Sign in with a passkey")).to_be_hidden()
    context.close()
