"""How a post of ours reads for people on other servers, before or after it is sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from fediunion.actors.models import Actor
from fediunion.kit.html import clean_html
from fediunion.web.markup import already_clean

_LINK: Final = re.compile(r"<a [^<>]*>")


@dataclass(frozen=True, kw_only=True)
class PostPreview:
    """A post as it stands in an app: whose it is, and what it says; its links lead nowhere.

    `options` are those of its poll; `language` is what it is written in.
    """

    name: str
    handle: str
    content: Markup
    language: str
    options: Sequence[str] = ()


def preview_by(author: Actor, html: str, *, language: str, options: Sequence[str] = ()) -> PostPreview:
    """Return a post of an institution of ours; what its links lead to may not be there yet."""
    shown = _LINK.sub('<span class="link-like">', clean_html(html)).replace("</a>", "</span>")
    return PostPreview(
        name=author.display_name or author.username,
        handle=f"@{author.username}@{author.handle_host}",
        content=already_clean(shown),
        language=language,
        options=options,
    )
