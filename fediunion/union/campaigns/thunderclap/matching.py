"""Whether a post is the message that people pledged to boost: its words, and nothing around them."""

import re
from html import unescape
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.kit.html import clean_html, html_to_text
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Post
from fediunion.union.campaigns.thunderclap.documents import ReleaseDocument
from fediunion.union.campaigns.thunderclap.models import Thunderclap

_LINK: Final = re.compile(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_NAMED: Final = ("#", "@")


def is_message(clap: Thunderclap, document: ReleaseDocument) -> bool:
    """Return whether a Note of elsewhere says what was pledged for.

    It has no title, warning, attachment or quote, answers nothing, and its links lead where they say.
    """
    around = (
        document.name,
        document.summary,
        document.attachments,
        document.quote_uri,
        document.in_reply_to,
    )
    return not any(around) and _says(clap, document.content or "")


def still_is_message(session: Session, clap: Thunderclap, post: Post) -> bool:
    """Return whether the post that is to be boosted says that now: it may have been changed since."""
    around = (post.title, post.content_warning, post.quote_uri, post.in_reply_to_uri)
    if any(around) or not _says(clap, post.content):
        return False
    return session.scalar(select(Attachment.id).where(Attachment.post_id == post.id).limit(1)) is None


def _says(clap: Thunderclap, html: str) -> bool:
    said = _plain(html_to_text(html))
    return any(said == _plain(text) for text in clap.message.values()) and _links_are_honest(html)


def _links_are_honest(html: str) -> bool:
    found = _LINK.findall(clean_html(html))
    return all(_leads_there(unescape(href), _plain(html_to_text(text))) for href, text in found)


def _leads_there(href: str, text: str) -> bool:
    return text.startswith(_NAMED) or (bool(text) and text in href)


def _plain(text: str) -> str:
    return " ".join(text.split())
