"""How a vacancy reads for people on other servers: the words of its post, before or after it is sent."""

import re
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from fediunion.actors.models import Actor
from fediunion.kit.html import clean_html
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.wording import composed_vacancy

_LINK: Final = re.compile(r"<a [^<>]*>")


@dataclass(frozen=True)
class Toot:
    """A post as it stands in an app: whose it is, and what it says; its links lead nowhere."""

    name: str
    handle: str
    content: Markup


def toot_of(vacancy: Vacancy, notice: Notice, board: Actor, base_url: str) -> Toot:
    """Return the post in which a board tells of a vacancy."""
    html = composed_vacancy(vacancy, notice, board=board, base_url=base_url).html
    return Toot(
        name=board.display_name or board.username,
        handle=f"@{board.username}@{board.handle_host}",
        content=Markup(_without_links(clean_html(html))),  # noqa: S704 - cleaned in this line
    )


def _without_links(html: str) -> str:
    """Return clean HTML whose links only look like some: what they lead to may not be there yet."""
    return _LINK.sub('<span class="link-like">', html).replace("</a>", "</span>")
