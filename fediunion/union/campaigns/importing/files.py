"""What is in a file of calls: JSON or JSON lines, one call, a list of them, or a document that holds some."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from fediunion.activitypub.jsonparse import parse_json
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.documents import plain_names
from fediunion.union.importing import is_json_lines, text_of_file

MOST_BYTES: Final = 16 * 1_048_576
MOST_ROWS: Final = 10_000
LONGEST_ROW: Final = 524_288
_CONTAINERS: Final = ("campaignCalls", "calls", "items", "@graph")
"""Members of a document in which calls may stand."""

_TYPES: Final = frozenset({"CampaignCall"})


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """A call in a file: its number, from 1, and what it says in plain names, with its thunderclap.

    `call` is None where it cannot be read, and `fault` says why.
    """

    number: int
    call: JsonObject | None = None
    thunderclap: JsonObject | None = None
    fault: Invalid | None = field(default=None, compare=False)


def rows_in(content: bytes) -> Iterator[FileRow]:
    """Return the calls of a file, in order; those that cannot be read too.

    A thunderclap stands in its call, in the call's ask to pledge, or beside the calls (`thunderclaps`), where
    it names its call. Raises Invalid (field "file") where the file as a whole cannot be read.
    """
    return _rows(text_of_file(content, MOST_BYTES))


def _rows(content: bytes) -> Iterator[FileRow]:
    if is_json_lines(content):
        yield from _rows_of_lines([line for line in content.split(b"\n") if line.strip()])
        return
    try:
        document = parse_json(content)
    except BadDocument as error:
        raise Invalid(Sentence("The file is no JSON in UTF-8."), field="file") from error
    records, beside = _records(document)
    if not records:
        raise Invalid(Sentence("There is no call in the file."), field="file")
    for number, record in enumerate(records, 1):
        yield _row(number, record, beside)


def _rows_of_lines(lines: list[bytes]) -> Iterator[FileRow]:
    for number, line in enumerate(lines, 1):
        try:
            record = parse_json(line.strip())
        except BadDocument:
            yield FileRow(number=number, fault=Invalid(Sentence("This line is no JSON in UTF-8.")))
        else:
            yield _row(number, record, [])


def _records(document: object) -> tuple[list[Any], list[JsonObject]]:
    if isinstance(document, list):
        return document, []
    if not isinstance(document, dict):
        return [], []
    claps = document.get("thunderclaps")
    beside = [each for each in claps if isinstance(each, dict)] if isinstance(claps, list) else []
    for name in _CONTAINERS:
        if isinstance(document.get(name), list):
            return document[name], beside
    return [document], beside


def _row(number: int, record: object, beside: list[JsonObject]) -> FileRow:
    if not isinstance(record, dict):
        return FileRow(number=number, fault=Invalid(Sentence("This is no call.")))
    if len(str(record)) > LONGEST_ROW:
        return FileRow(number=number, fault=Invalid(Sentence("This is too large for a call.")))
    call = plain_names({name.removeprefix("@"): value for name, value in record.items()})
    if "type" in call and call["type"] not in _TYPES:
        return FileRow(number=number, fault=Invalid(Sentence("This is no call."), field="type"))
    return FileRow(number=number, call=call, thunderclap=_thunderclap_of(call, beside))


def _thunderclap_of(call: JsonObject, beside: list[JsonObject]) -> JsonObject | None:
    """Return the thunderclap of a call: in it, in its ask, or beside it, by the name that either gives."""
    names = {name for name in (call.get("sampleId"), call.get("id")) if isinstance(name, str)}
    inside: list[object] = [call.get("thunderclap")]
    asks = call.get("asks")
    inside += (
        [each.get("thunderclap") for each in asks if isinstance(each, dict)] if isinstance(asks, list) else []
    )
    wanted = {each for each in inside if isinstance(each, str)}
    found = [each for each in inside if isinstance(each, dict)]
    found += [
        plain
        for plain in map(plain_names, beside)
        if plain.get("call") in names or plain.get("sampleId") in wanted
    ]
    return found[0] if found else None
