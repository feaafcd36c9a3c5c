"""The link that opens a letter in one's own mail program."""

from typing import Final
from urllib.parse import quote

LONGEST_LINK: Final = 1900
"""Mail programs and browsers take links about so long; of a longer letter it has the beginning alone."""

_MARK: Final = " …"


def mailto_link(address: str, subject: str, text: str) -> str:
    """Return a link to a letter in the mail program of who opens it; without an address for "".

    Nothing in it can begin another field. Where the whole does not fit the end of the text is left out.
    Source: RFC 6068
    """
    to = quote(address, safe="@")
    start = f"mailto:{to}?subject={quote(' '.join(subject.split()), safe='')}&body="
    lines = "\r\n".join(text.splitlines())
    body = quote(lines, safe="")
    if len(start) + len(body) <= LONGEST_LINK:
        return start + body
    kept = lines
    while kept and len(start) + len(quote(kept + _MARK, safe="")) > LONGEST_LINK:
        kept = kept[: len(kept) - max(1, len(kept) // 20)]
    return start + quote(kept.rstrip() + _MARK, safe="")
