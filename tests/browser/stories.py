"""What people do in front of a browser: opening pages, filling in forms, going through them by keyboard."""

from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.browser.walking import DESK, PATIENCE
from tests.processes.running import Instance

_MOST_TABS: Final = 150


class Person:
    """Somebody with a window of their own, signed in where there is a cookie."""

    def __init__(self, browser: Browser, instance: Instance, cookie: str = "", **window: Any) -> None:
        self.instance = instance
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": DESK, "height": 900}, "locale": "en"} | window
        )
        self.context.set_default_timeout(PATIENCE)
        if cookie:
            named: Any = {"name": "session", "value": cookie, "url": f"http://{instance.host}"}
            self.context.add_cookies([named])
        self.page: Page = self.context.new_page()

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def open(self, path: str) -> Page:
        """Open a page and wait until its scripts have begun; return it."""
        self.page.goto(f"http://{self.instance.host}{path}")
        self.page.locator("html[data-ready]").wait_for(state="attached")
        return self.page

    def press(self, name: str) -> None:
        """Press a button, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def status_of(self, path: str) -> int:
        """Open an address; return the status of what came of it."""
        answer = self.page.goto(f"http://{self.instance.host}{path}")
        assert answer is not None
        return answer.status


class Keyboard:
    """Somebody who uses no mouse: goes on with Tab until what is wanted has the focus."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def to(self, wanted: Locator) -> None:
        """Go on to something; each thing on the way shows that it has the focus."""
        page = self.person.page
        for _ in range(_MOST_TABS):
            page.keyboard.press("Tab")
            if wanted.evaluate("each => each === document.activeElement"):
                assert wanted.evaluate("each => each.matches(':focus-visible')")
                return
        raise AssertionError(f"no Tab leads to {wanted}")

    def write(self, label: str, text: str) -> None:
        """Write into a field in place of what is in it."""
        field = self.person.page.get_by_label(label, exact=True)
        self.to(field)
        self.person.page.keyboard.press("Control+A")
        self.person.page.keyboard.insert_text(text)

    def choose(self, chosen: Locator) -> None:
        """Choose one of several answers with the arrows; the group has one place in the order of Tab."""
        page = self.person.page
        group = page.locator(f"input[name='{chosen.get_attribute('name')}']")
        for _ in range(_MOST_TABS):
            page.keyboard.press("Tab")
            if group.evaluate_all("all => all.includes(document.activeElement)"):
                break
        for _ in range(group.count()):
            if chosen.is_checked():
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {chosen}")

    def press(self, name: str) -> None:
        """Press a button with Enter, and wait for the page that comes."""
        self.to(self.person.page.get_by_role("button", name=name, exact=True))
        with self.person.page.expect_navigation():
            self.person.page.keyboard.press("Enter")
