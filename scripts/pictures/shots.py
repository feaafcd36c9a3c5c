"""Which pages are photographed, as whom, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page


def _nothing(_page: Page) -> None:
    """Leave the page as it came."""


@dataclass(frozen=True)
class Shot:
    """A picture. `address` may name places of the stage; `before` is done to the page first.

    `longest` cuts the picture at so many pixels.
    """

    name: str
    address: str
    viewer: str = ""
    width: int = 1280
    height: int = 560
    longest: int = 1500
    dark: bool = False
    language: str = "en"
    before: Callable[[Page], None] = _nothing


_NAMED = """name => {
  const field = document.querySelector("input[name=username]"), before = field.value;
  field.value = name;
  const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (words.nextNode()) words.currentNode.data = words.currentNode.data.replaceAll(before, name);
  for (const face of document.querySelectorAll("main .av")) face.textContent = "BL";
}"""


def _open_receivers(page: Page) -> None:
    page.get_by_label("Text", exact=True).fill("Has anybody compared the two roster notices for The Hague?")
    page.locator(".pick .more > summary >> visible=true").first.click()


def _name_themselves(page: Page) -> None:
    """Put one name where the page suggests another one each time."""
    page.evaluate(_NAMED, "blue-lagoon")


def _open_more(page: Page) -> None:
    page.get_by_label("Text", exact=True).fill("Which of these should the council bring up on Thursday?")
    page.locator(".compose > .more > summary").click()
    page.get_by_label("Answer 1").fill("The appeal board’s backlog")
    page.get_by_label("Answer 2").fill("Parental leave for temporary staff")


def _wait_for_preview(page: Page) -> None:
    page.locator("[data-preview-here] .post-preview").wait_for()


_MEMBER, _OWNER = "blue-heron", "marta.v"
SHOTS: Final = (
    Shot("front", "/"),
    Shot("front-dark", "/", dark=True, longest=1000),
    Shot("front-arabic", "/", language="ar", longest=1000),
    Shot("front-phone", "/", width=360, longest=900),
    Shot("home", "/home", _MEMBER, before=_open_receivers),
    Shot("home-dark", "/home", _MEMBER, dark=True, longest=1000),
    Shot("home-arabic", "/home", _MEMBER, language="ar", longest=1000),
    Shot("home-phone", "/home", _MEMBER, width=360, longest=800),
    Shot("compose", "/compose", _MEMBER, before=_open_more, longest=1600),
    Shot("thread", "/posts/%(fourteen)s", _MEMBER, longest=1000),
    Shot("thread-public", "/@amina.d/%(fourteen_slug)s"),
    Shot("profile", "/@amina.d", _MEMBER, longest=1000),
    Shot("profile-public", "/@amina.d", longest=1100),
    Shot("profile-phone", "/@amina.d", _MEMBER, width=360, longest=800),
    Shot("institution", "/@news", longest=1000),
    Shot("interact", "/interact?intent=follow&uri=https://ictysu.example/actors/news"),
    Shot("vacancies", "/vacancies?language=en", longest=1900),
    Shot("vacancies-dark", "/vacancies?grade=P-3,P-4", dark=True, longest=1000),
    Shot("vacancies-arabic", "/vacancies?country=KE,NL", language="ar", longest=1100),
    Shot("vacancies-phone", "/vacancies?grade=P-3", width=360, longest=1200),
    Shot("vacancy", "/vacancies/%(advertised)s", longest=1400),
    Shot("vacancy-form", "/boards/jobs/%(begun)s", _OWNER, longest=1100, before=_wait_for_preview),
    Shot("vacancy-publish", "/boards/jobs/%(begun)s/publish", _OWNER),
    Shot("join", "/join", before=_name_themselves),
    Shot("join-arabic", "/join", language="ar", before=_name_themselves, longest=1000),
    Shot("join-phone", "/join", width=360, before=_name_themselves, longest=1400),
    Shot("invites", "/settings/invites", _OWNER),
    Shot("sign-in", "/sign-in"),
    Shot("security", "/settings/security", _MEMBER),
    Shot("step-up", "/sign-in/again?next=/settings/email", _MEMBER),
    Shot("password-forgotten", "/password/forgotten"),
    Shot("notifications", "/notifications", _MEMBER, longest=1000),
    Shot("conversation", "/conversations/%(conversation)s", _MEMBER),
    Shot("search", "/search?q=clinic", _MEMBER),
    Shot("settings", "/settings", _MEMBER),
    Shot("preferences", "/settings/preferences", _MEMBER),
    Shot("reach", "/settings/reach", _MEMBER),
    Shot("own-profile", "/settings/profile", _MEMBER, longest=1000),
    Shot("apps", "/settings/apps", _MEMBER),
    Shot("consent", "%(consent)s", _MEMBER),
    Shot("transfers", "/settings/transfers", _MEMBER),
    Shot("move", "/settings/move", _MEMBER),
    Shot("archive", "/settings/archive", _MEMBER),
    Shot("erase", "/settings/erase", _MEMBER),
    Shot("privacy", "/privacy"),
    Shot("own-page", "/pages/housing"),
    Shot("dashboard", "/admin", _OWNER, longest=2200),
    Shot("dashboard-dark", "/admin", _OWNER, longest=1200, dark=True),
    Shot("dashboard-phone", "/admin", _OWNER, width=360, longest=1200),
    Shot("reports", "/admin/reports", _OWNER),
    Shot("report", "/admin/reports/%(report)s", _OWNER),
    Shot("members", "/admin/members", _OWNER, longest=900),
    Shot("requests", "/admin/requests", _OWNER),
    Shot("audit-log", "/admin/audit", _OWNER),
    Shot("peers", "/admin/peers", _OWNER),
    Shot("domain-policy", "/admin/servers", _OWNER),
    Shot("institutions", "/admin/institutions", _OWNER),
    Shot("announcements", "/admin/announcements", _OWNER),
    Shot("appearance", "/admin/appearance", _OWNER),
)
"""All pictures. Each is shown by a document (docs/images/README.md has those that no other one shows)."""
