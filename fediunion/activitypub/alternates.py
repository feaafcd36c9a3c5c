"""What a page names as the ActivityPub document of the same thing."""

import re
from typing import Final
from urllib.parse import urljoin

from fediunion.activitypub.media_types import is_activity_type, parse_media_type
from fediunion.activitypub.transport import RawResponse
from fediunion.kit.errors import BadDocument
from fediunion.kit.page_links import alternates_of
from fediunion.kit.urls import RemoteUrl

_HEAD_BYTES: Final = 65_536
_PAGES: Final = ("text/html", "application/xhtml+xml")
_LINK: Final = re.compile(r"<([^<>]*+)>((?:\s*+;\s*+[^\s=;,<>]++\s*+=\s*+(?:\"[^\"]*+\"|[^\s;,\"<>]++))*+)")
_PARAMETER: Final = re.compile(r";\s*+([^\s=;,<>]++)\s*+=\s*+(?:\"([^\"]*+)\"|([^\s;,\"<>]++))")


class NotADocument(BadDocument):
    """An address answered, with something else than it was asked for: `answer`, from `url`."""

    reason = "media-type"

    def __init__(self, answer: RawResponse, url: RemoteUrl) -> None:
        super().__init__(f"{url.text} has the media type {answer.headers.getall('Content-Type', [])[:1]}")
        self.answer, self.url = answer, url

    def alternate(self) -> str | None:
        """Return where a page says that its ActivityPub document is, or None.

        Its `Link` headers come before its head. Source: RFC 8288 section 3
        """
        if parse_media_type(self.answer.headers.get("Content-Type", ""))[0] not in _PAGES:
            return None
        named = [*_in_headers(self.answer.headers.getall("Link", [])), *_in_head(self.answer.body)]
        return next((urljoin(self.url.text, href) for href, kind in named if is_activity_type(kind)), None)


def _in_headers(fields: list[str]) -> list[tuple[str, str]]:
    found = []
    for link in _LINK.finditer(", ".join(fields)):
        said = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(link[2])}
        if "alternate" in said.get("rel", "").lower().split():
            found.append((link[1], said.get("type", "")))
    return found


def _in_head(body: bytes) -> list[tuple[str, str]]:
    return alternates_of(body[:_HEAD_BYTES].decode("utf-8", "replace"))
