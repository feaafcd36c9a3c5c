"""Posts as the entries of a feed."""

from collections.abc import Mapping
from typing import Final

from fediunion.kit.feeds import FeedEntry, FeedFile
from fediunion.kit.html import escape, html_to_text, plain_name
from fediunion.web.shown import ShownPost
from fediunion.web.structured import absolute

LONGEST_TITLE: Final = 80
_OF_KIND: Final[Mapping[str, str]] = {
    "image": "image/*",
    "gifv": "video/mp4",
    "video": "video/mp4",
    "audio": "audio/mpeg",
}


def entry_of(post: ShownPost, base_url: str) -> FeedEntry:
    """Return a post as feed readers show it; `base_url` is where the instance is."""
    address = absolute(post.path, base_url)
    return FeedEntry(
        address=address,
        title=_title_of(post),
        html=_content_of(post, address),
        author_name=post.author.name,
        author_address=absolute(post.author.path, base_url),
        published_at=post.published_at,
        updated_at=post.published_at,
        language=post.language,
        files=_files(post),
    )


def _title_of(post: ShownPost) -> str:
    """Return one line for a list: the title, the warning, or how the words begin."""
    text = post.title or post.warning or html_to_text(post.content)
    return plain_name(text, LONGEST_TITLE) or post.author.name


def _content_of(post: ShownPost, address: str) -> str:
    """Return what readers show. Words behind a warning stay there: the entry has the warning and the link."""
    if post.warning:
        link = f'<a href="{escape(address)}">{escape(address)}</a>'
        return f"<p>{escape(post.warning)}</p><p>{link}</p>"
    quoted = post.quoted
    words = "" if quoted is None else f"<blockquote>{escape(quoted.warning) or quoted.content}</blockquote>"
    return f"{post.content}{words}"


def _files(post: ShownPost) -> list[FeedFile]:
    hidden = post.warning or post.sensitive
    return [
        FeedFile(address=file.address, media_type=_OF_KIND[file.kind], title=file.description)
        for file in post.files
        if not hidden and file.address and file.kind in _OF_KIND
    ]
