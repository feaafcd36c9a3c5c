"""Files of which each row is taken in on its own: what such a file may be, and what becomes of a row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class RowStatus(StrEnum):
    """What became of a row."""

    PUBLISHED = "published"
    DRAFT = "draft"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Taken:
    """What became of a row that was not refused; `reason` says more where there is more to say.

    `id` is the number of the vacancy or the call that it is about.
    """

    status: RowStatus
    id: int
    reason: Sentence | None = None


def text_of_file(content: bytes, most_bytes: int) -> bytes:
    """Return what a file says, without a byte order mark.

    Raises Invalid (field "file") for one that is empty or has more bytes.
    """
    if len(content) > most_bytes:
        raise Invalid(Sentence("A file has at most %(most)s bytes.", most=most_bytes), field="file")
    content = content.removeprefix(_BYTE_ORDER_MARK)
    if not content.strip():
        raise Invalid(Sentence("The file is empty."), field="file")
    return content


def is_json_lines(content: bytes) -> bool:
    """Return whether a file has one JSON object on each line, and more than one."""
    lines = [line for line in content.split(b"\n") if line.strip()]
    return len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines)


def too_many_rows(most: int) -> Invalid:
    """Return the error that the first row of a file is answered with of which there are too many."""
    return Invalid(Sentence("A file has at most %(most)s rows: import the rest in another one.", most=most))
