"""Vacancies in JSON: one JobPosting, a list of them, a document that holds some, or one on each line."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fediunion.activitypub.jsonparse import parse_json
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.importing.rows import (
    DEEPEST,
    LONGEST_ROW,
    MOST_BYTES_AT_ONCE,
    FileRow,
    is_deeper,
    unreadable,
)
from fediunion.union.vacancies.posting import plain_terms

CONTAINERS: Final = ("vacancies", "items", "@graph", "itemListElement")
"""Members of a document in which JobPostings may stand."""

_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]\n]', re.DOTALL)


def rows_of_json(content: bytes) -> list[FileRow]:
    """Return the JobPostings of a JSON document, whatever they stand in. Raises Invalid where it has none."""
    if len(content) > MOST_BYTES_AT_ONCE:
        raise Invalid(
            Sentence(
                "A JSON document has at most %(most)s bytes; one row on each line has no such limit.",
                most=MOST_BYTES_AT_ONCE,
            ),
            field="file",
        )
    try:
        document = parse_json(content)
    except BadDocument as error:
        raise Invalid(Sentence("The file is no JSON in UTF-8."), field="file") from error
    container, records = _records(document)
    lines = _lines(content, container)
    rows = []
    for number, record in enumerate(records, 1):
        line = next(lines, 1) if isinstance(record, dict) else 1
        if container in ("@graph", "itemListElement") and not is_posting(record):
            continue
        rows.append(_row(number, line, record))
    if not rows:
        raise Invalid(Sentence("There is no JobPosting in the file."), field="file")
    return rows


def rows_of_lines(content: bytes) -> Iterator[FileRow]:
    """Give the JobPostings of a file with one JSON object on each line; empty lines do not count."""
    number = 0
    for line, text in enumerate(content.split(b"\n"), 1):
        if not text.strip():
            continue
        number += 1
        try:
            yield _row(number, line, parse_json(text.strip()))
        except BadDocument:
            yield unreadable(number, line, Invalid(Sentence("This line is no JSON in UTF-8.")))


def _records(document: object) -> tuple[str, list[Any]]:
    """Return in which member the records stand ("" is the document itself), and the records."""
    if isinstance(document, list):
        return "", document
    if isinstance(document, dict):
        for name in CONTAINERS:
            if isinstance(document.get(name), list):
                return name, document[name]
    return "", [document]


def _inner(record: object) -> object:
    """Return what a ListItem holds, anything else as it is."""
    if isinstance(record, dict) and isinstance(record.get("item"), dict):
        return record["item"]
    return record


def is_posting(record: object) -> bool:
    found = _inner(record)
    types = found.get("@type", found.get("type")) if isinstance(found, dict) else None
    named = types if isinstance(types, list) else [types]
    return any(isinstance(each, str) and re.split("[:/]", each)[-1] == "JobPosting" for each in named)


def _row(number: int, line: int, record: object) -> FileRow:
    posting = _inner(record)
    if not isinstance(posting, dict):
        return unreadable(number, line, Invalid(Sentence("This is no JobPosting.")))
    if ("@type" in posting or "type" in posting) and not is_posting(posting):
        return unreadable(number, line, Invalid(Sentence("This is no JobPosting."), field="@type"))
    if is_deeper(posting, DEEPEST) or len(str(posting)) > LONGEST_ROW:
        return unreadable(number, line, Invalid(Sentence("This is too large for a vacancy.")))
    return FileRow(number=number, line=line, posting=in_one_language(plain_terms(posting)))


def in_one_language(posting: JsonObject) -> JsonObject:
    """Return a posting whose texts are given by language (`{"en": …}`) with all of them in one text."""
    told = dict(posting)
    for name in ("description", "responsibilities", "qualifications"):
        texts = posting.get(name)
        if isinstance(texts, Mapping):
            kept = {
                tag: text for tag, text in texts.items() if isinstance(text, str) and not tag.startswith("@")
            }
            told[name] = "".join(kept.values())
            told.setdefault("inLanguage", next(iter(kept), ""))
    return told


def _lines(content: bytes, container: str) -> Iterator[int]:
    """Give the line on which each object begins that stands in the container, of well-formed JSON."""
    line, depth, name, inside = 1, 0, b"", None
    wanted = container.encode()
    for token in _TOKEN.finditer(content):
        text = token[0]
        if text == b"\n":
            line += 1
        elif text in b"{[":
            if text == b"[" and inside is None and depth == (1 if container else 0) and name == wanted:
                inside = depth + 1
            elif text == b"{" and (depth == inside or (depth == 0 and not container)):
                yield line
            depth += 1
        elif text in b"}]":
            depth -= 1
        elif depth == 1:
            name = text[1:-1]
