"""A walk through pages in Chromium, and all that is found wrong with each of them."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from scripts.test_needs import AXE
from tests.processes.running import Instance

PATIENCE: Final = 120_000
DIRECTIONS: Final = {"en": "ltr", "fr": "ltr", "ar": "rtl"}
PHONE, ZOOMED, DESK = 320, 640, 1280
"""Widths: a phone of the smallest kind, a screen of 1280 px at 200 %, and that screen."""

_HEIGHT: Final = 800
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_FAULTS: Final = """async tags => {
  // Style sheets are not fetched once more: the content policy does not let scripts do so.
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"], preload: false});
  return found.violations
    .filter(fault => ["serious", "critical"].includes(fault.impact))
    .flatMap(fault => fault.nodes.slice(0, 3).map(
      node => `${fault.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
}"""
_FACTS: Final = """() => ({
  lang: document.documentElement.lang,
  dir: getComputedStyle(document.documentElement).direction,
  title: document.title.trim(),
  headings: document.querySelectorAll("h1").length,
})"""
_WIDER: Final = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return "";
  const wide = [...document.querySelectorAll("body *")].filter(each => {
    const box = each.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1);
  });
  return wide.slice(-2).map(each => each.outerHTML.slice(0, 120)).join(" | ") || "?";
}"""


@cache
def axe_source() -> str:
    """Return the script that knows the rules."""
    return (AXE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@dataclass
class Walk:
    """One browser's walk: `wrong` is what was found, page by page."""

    browser: Browser
    instance: Instance
    wrong: list[str] = field(default_factory=list)

    def through(
        self,
        addresses: Sequence[str],
        *,
        cookie: str,
        language: str,
        width: int,
        dark: bool = False,
        by_rules: bool = True,
    ) -> None:
        """Look at each address as whom the cookie says; by the rules, too, which take as long as the rest."""
        context = self.browser.new_context(
            viewport={"width": width, "height": _HEIGHT}, color_scheme="dark" if dark else "light"
        )
        context.set_default_timeout(PATIENCE)
        if cookie:
            named: Any = {"name": "session", "value": cookie, "url": f"http://{self.instance.host}"}
            context.add_cookies([named])
        page = context.new_page()
        seen: list[str] = []
        page.on("console", lambda message: seen.append(_said(message)))
        page.on("pageerror", lambda error: seen.append(f"script: {error}"))
        page.on("request", lambda request: seen.append(self._asked(request)))
        for address in addresses:
            faults = self._look(page, address, language)
            faults += [each for each in seen if each]
            # What the rules themselves do to a page is not the page's fault.
            faults += faults_of(page) if by_rules else []
            seen.clear()
            self.wrong += [
                f"{address} [{language} {width}{' dark' if dark else ''}] {each}" for each in faults
            ]
        context.close()

    def _look(self, page: Page, address: str, language: str) -> list[str]:
        joint = "&" if "?" in address else "?"
        answer = page.goto(f"http://{self.instance.host}{address}{joint}lang={language}")
        assert answer is not None, address
        if answer.status != 200 or urlsplit(page.url).path != urlsplit(address).path:
            return [f"is {answer.status} at {page.url}"]
        page.locator("html[data-ready]").wait_for(state="attached")
        facts = page.evaluate(_FACTS)
        faults = [
            f"has {name} {facts[name]!r}"
            for name, right in (("lang", language), ("dir", DIRECTIONS[language]), ("headings", 1))
            if facts[name] != right
        ]
        if not facts["title"]:
            faults.append("has no title")
        size = page.viewport_size
        assert size is not None
        for width in sorted({PHONE, ZOOMED, size["width"]}) if size["width"] == DESK else (size["width"],):
            if width != size["width"]:
                page.set_viewport_size({"width": width, "height": _HEIGHT})
            wider = page.evaluate(_WIDER)
            if wider:
                faults.append(f"is wider than {width}: {wider}")
        if page.viewport_size != size:
            page.set_viewport_size(size)
        return faults

    def _asked(self, request: Request) -> str:
        parts = urlsplit(request.url)
        ours = parts.scheme in ("data", "blob") or parts.netloc == self.instance.host
        return "" if ours else f"asks {request.url}"


def weight_of(page: Page, loaded: Sequence[int]) -> int:
    """Return the bytes of all that a page asked for, compressed.

    The files come compressed from the server; the page, the largest of all, from the proxy in front of it.
    """
    return sum(loaded) - max(loaded) + len(gzip.compress(page.content().encode(), 5))


def faults_of(page: Page) -> list[str]:
    """Return what is serious or critical in a page, by the rules of WCAG 2.2 A and AA."""
    page.evaluate(axe_source())
    found: list[str] = page.evaluate(_FAULTS, _RULES)
    return found


def _said(message: ConsoleMessage) -> str:
    return f"console: {message.text}" if message.type in ("error", "warning") else ""
