"""Multipart forms: the bytes of their files go to a folder as they come, never whole into memory."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from fediunion.kit.asgi import Receive
from fediunion.kit.errors import BadDocument, TooLarge, Unavailable
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import is_storable

MAX_FIELDS: Final = 1000
MAX_FILES: Final = 4
_FIELD_BYTES: Final = 2 * 1_048_576
_HEADER_BYTES: Final = 8_192
_LONGEST_BOUNDARY: Final = 200
_UNREADABLE: Final = Sentence("The form cannot be read")


class BadForm(BadDocument):
    """A form that cannot be read, or has too many parts."""

    reason = "bad-form"


@dataclass(frozen=True)
class UploadedFile:
    """A file that came with a request; it is gone when the request has been answered.

    What its sender calls it, and says that it is, is not looked at (M12).
    """

    path: Path
    size: int


@asynccontextmanager
async def multipart_fields(
    receive: Receive, content_type: bytes, folder: Path, most_bytes: int
) -> AsyncIterator[list[tuple[str, str | UploadedFile]]]:
    """Give the fields of a multipart body in their order; the files are gone afterwards.

    Raises BadForm for a body that cannot be read or has too many parts (row O22), TooLarge for a file
    of more than `most_bytes` or too much around it, Unavailable where the disk takes no more.
    """
    form = _Form(folder, most_bytes)
    try:
        parser = _parser(content_type, form)
        async for part in _parts(receive):
            try:
                parser.write(part)
            except (MultipartParseError, ValueError) as error:
                raise BadForm(_UNREADABLE) from error
            await form.write_out()
        await form.finish()
        yield form.pairs
    finally:
        form.remove_files()


def _parser(content_type: bytes, form: "_Form") -> MultipartParser:
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise BadForm(_UNREADABLE)
    return MultipartParser(
        boundary,
        {
            "on_part_begin": form.begin,
            "on_header_field": form.add_header_name,
            "on_header_value": form.add_header_value,
            "on_header_end": form.end_header,
            "on_headers_finished": form.open_part,
            "on_part_data": form.add,
            "on_part_end": form.end,
            "on_end": form.close,
        },
    )


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadForm(Sentence("The connection was closed"))
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


@dataclass
class _Form:
    """The parts that were read, and the one that is being read."""

    folder: Path
    most_bytes: int
    pairs: list[tuple[str, str | UploadedFile]] = field(default_factory=list)
    _paths: list[Path] = field(default_factory=list)
    _waiting: list[bytes] = field(default_factory=list)
    _file: BinaryIO | None = None
    _size: int = 0
    _field_bytes: int = 0
    _header_bytes: int = 0
    _header: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    _name: str = ""
    _is_file: bool = False
    _text: bytearray = field(default_factory=bytearray)
    _closed: bool = False

    def begin(self) -> None:
        if len(self.pairs) >= MAX_FIELDS:
            raise BadForm(Sentence("The form has too many fields"))
        self._name, self._is_file, self._header_bytes, self._size = "", False, 0, 0
        self._text.clear()

    def add_header_name(self, content: bytes, start: int, end: int) -> None:
        self._add_header(self._header[0], content[start:end])

    def add_header_value(self, content: bytes, start: int, end: int) -> None:
        self._add_header(self._header[1], content[start:end])

    def _add_header(self, to: bytearray, content: bytes) -> None:
        self._header_bytes += len(content)
        if self._header_bytes > _HEADER_BYTES:
            raise BadForm(Sentence("The form has too long a header"))
        to += content

    def end_header(self) -> None:
        name, value = bytes(self._header[0]).lower(), bytes(self._header[1])
        if name == b"content-disposition":
            _, options = parse_options_header(value)
            self._name = _decoded(options.get(b"name", b""))
            self._is_file = b"filename" in options
        self._header[0].clear()
        self._header[1].clear()

    def open_part(self) -> None:
        if not self._is_file:
            return
        if len(self._paths) >= MAX_FILES:
            raise BadForm(Sentence("A form has %(most)s files at most", most=MAX_FILES))
        path = self.folder / secrets.token_hex(16)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as error:
            raise Unavailable(Sentence("Files cannot be taken now.")) from error
        self._paths.append(path)

    def add(self, content: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._size += end - start
            if self._size > self.most_bytes:
                raise TooLarge(Sentence("A file has at most %(most)s bytes", most=self.most_bytes))
            self._waiting.append(content[start:end])
            return
        self._field_bytes += end - start
        if self._field_bytes > _FIELD_BYTES:
            raise TooLarge(Sentence("The fields of a form have at most %(most)s bytes", most=_FIELD_BYTES))
        self._text += content[start:end]

    def end(self) -> None:
        if not self._is_file:
            self.pairs.append((self._name, _decoded(self._text)))
            return
        self._flush()
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._size:
            self.pairs.append((self._name, UploadedFile(self._paths[-1], self._size)))

    def close(self) -> None:
        self._closed = True

    async def write_out(self) -> None:
        """Write what waits, beside the event loop."""
        if self._waiting:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> None:
        """Check that the last part had its end."""
        if not self._closed:
            raise BadForm(Sentence("The form has no end"))

    def remove_files(self) -> None:
        """Close and remove all files that nobody has moved elsewhere."""
        if self._file is not None:
            self._file.close()
        for path in self._paths:
            path.unlink(missing_ok=True)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            if self._file is not None:
                self._file.writelines(waiting)
        except OSError as error:
            raise Unavailable(Sentence("Files cannot be taken now.")) from error


def _decoded(text: bytes | bytearray) -> str:
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise BadForm(_UNREADABLE) from error
    if not is_storable(decoded):
        raise BadForm(_UNREADABLE)
    return decoded
