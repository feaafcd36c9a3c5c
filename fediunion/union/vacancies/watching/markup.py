"""JobPostings in the JSON-LD of a web page: found without running anything, within limits.

Source: https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents
"""

import re
from collections.abc import Iterator
from typing import Final

from fediunion.activitypub.jsonparse import parse_json
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.importing.json_files import in_one_language, is_posting
from fediunion.union.vacancies.importing.rows import DEEPEST, LONGEST_ROW, is_deeper
from fediunion.union.vacancies.posting import plain_terms

MOST_POSTINGS: Final = 100
_MOST_BLOCKS: Final = 50
_DEEPEST_POSTING: Final = 8
_LONGEST_TAG: Final = 2000

# What stands in these is text or no part of the page: a script in them is none.
_BEGINS: Final = re.compile(
    rb"<(?:(!--)|(script|style|textarea|title|xmp|iframe|noscript|template)\b)", re.IGNORECASE
)
_IS_JSON_LD: Final = re.compile(rb"\btype\s*=\s*[\"']?\s*application/ld\+json", re.IGNORECASE)
_CONTROLS: Final = re.compile(rb"[\x00-\x1f]")


def postings_on(body: bytes) -> list[JsonObject]:
    """Return the JobPostings in the JSON-LD of an HTML page, in plain terms; what is no JSON is left out.

    At most 100 of them, none that is nested deeper or longer than one in a file may be.
    """
    found: list[JsonObject] = []
    for block in _blocks(body):
        try:
            # Pages have line breaks inside of texts, which JSON has not.
            value = parse_json(_CONTROLS.sub(b" ", block).strip())
        except BadDocument:
            continue
        found += _postings_in(value, _DEEPEST_POSTING)
        if len(found) >= MOST_POSTINGS:
            break
    return found[:MOST_POSTINGS]


def posting_in(value: object) -> JsonObject | None:
    """Return a JobPosting from elsewhere in plain terms; None for what is none, or too large for one."""
    if not isinstance(value, dict) or not is_posting(value):
        return None
    if is_deeper(value, DEEPEST) or len(str(value)) > LONGEST_ROW:
        return None
    return in_one_language(plain_terms(value))


def _blocks(body: bytes) -> Iterator[bytes]:
    """Give the JSON-LD blocks of a page. Takes time in proportion to the page."""
    place, blocks, lowered = 0, 0, body.lower()
    while blocks < _MOST_BLOCKS:
        begin = _BEGINS.search(lowered, place)
        if begin is None:
            return
        if begin[1]:
            end = lowered.find(b"-->", begin.end())
            place = len(body) if end < 0 else end + 3
            continue
        opened = lowered.find(b">", begin.end())
        closed = lowered.find(b"</" + begin[2], opened)
        if opened < 0 or closed < 0:
            return
        if begin[2] == b"script" and _IS_JSON_LD.search(lowered[begin.end() : opened][:_LONGEST_TAG]):
            blocks += 1
            yield body[opened + 1 : closed]
        place = closed + 2


def _postings_in(value: object, levels: int) -> list[JsonObject]:
    """Return the JobPostings in a document, wherever they stand in it down to some levels."""
    found: list[JsonObject] = []
    waiting = [value]
    for _ in range(levels):
        below: list[object] = []
        for node in waiting:
            if isinstance(node, dict) and is_posting(node) and "item" not in node:
                posting = posting_in(node)
                found += [posting] if posting is not None else []
            elif isinstance(node, dict):
                below += node.values()
            elif isinstance(node, list):
                below += node
        waiting = [node for node in below if isinstance(node, dict | list)]
        if not waiting or len(found) >= MOST_POSTINGS:
            break
    return found
