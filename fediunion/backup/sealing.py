"""Files that a passphrase opens: scrypt, then AES-256-GCM over pieces, read and written in constant memory.

    FEDIUNION-SEALED-1\\n
    4 bytes    length of the header, most significant first
    header     JSON: {"n", "r", "p", "salt", "wrapped"}, the last two in base64
    16 bytes   a salt of this writing
    pieces     65,536 bytes each (the last has 0 to 65,536), each followed by its tag of 16 bytes

A random file key is wrapped with AES-256-GCM (nonce of zeros, the first line as associated data) under
scrypt(passphrase in NFKC, salt). Pieces are encrypted under HKDF-SHA-256(file key, that salt), with the hash
of all that stands before them as associated data; their nonce is their number in 11 bytes, then 1 for the
last piece and 0 for the others: none can be changed, moved or cut off unseen. The idea is that of STREAM
(https://eprint.iacr.org/2015/189) and of https://age-encryption.org/v1.
"""

import base64
import hashlib
import io
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, Final, cast

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from fediunion.kit.errors import FediUnionError, Refused

MAGIC: Final = b"FEDIUNION-SEALED-1\n"
PIECE: Final = 65_536
_TAG: Final = 16
_SALT: Final = 16
_NONCE: Final = bytes(12)
_LONGEST_HEADER: Final = 4096
# 64 MiB, twice through; what a file may ask for at most is 1 GiB.
_COST: Final = {"n": 1 << 16, "r": 8, "p": 2}
_MOST: Final = {"n": 1 << 20, "r": 8, "p": 4}


class WrongPassphrase(FediUnionError):
    """The passphrase does not open the file."""

    reason = "wrong-passphrase"


@dataclass(frozen=True)
class Seal:
    """What a file is sealed with: the head of the file, which the passphrase opens, and the key within."""

    header: bytes
    file_key: bytes = field(repr=False)


def new_seal(passphrase: str, *, n: int = _COST["n"]) -> Seal:
    """Return a seal that `passphrase` opens. It takes 64 MiB for a while: call it in a thread.

    `n` is the cost of scrypt, a power of two.
    """
    salt, file_key = os.urandom(_SALT), os.urandom(32)
    cost = _COST | {"n": n}
    wrapped = AESGCM(_stretched(passphrase, salt, cost)).encrypt(_NONCE, file_key, MAGIC)
    header = {**cost, "salt": _text(salt), "wrapped": _text(wrapped)}
    return Seal(orjson.dumps(header), file_key)


class SealedWriter:
    """A file that seals what is written to it, and has no position; `finish` writes the last piece."""

    def __init__(self, stream: IO[bytes], seal: Seal) -> None:
        salt = os.urandom(_SALT)
        head = MAGIC + len(seal.header).to_bytes(4, "big") + seal.header + salt
        self._pieces = _Pieces(seal.file_key, salt, head)
        self._stream = stream
        self._waiting = bytearray()
        self._number = 0
        stream.write(head)

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Take more; whole pieces are written, as long as something follows them."""
        self._waiting += content
        start = 0
        while len(self._waiting) - start > PIECE:
            self._write(memoryview(self._waiting)[start : start + PIECE], is_last=False)
            start += PIECE
        del self._waiting[:start]
        return len(content)

    def flush(self) -> None:
        """Flush what is written below; a piece that is not whole waits on."""
        self._stream.flush()

    def finish(self) -> None:
        """Write what waits as the last piece."""
        self._write(memoryview(self._waiting)[:], is_last=True)
        self._waiting = bytearray()

    def _write(self, piece: memoryview, *, is_last: bool) -> None:
        with piece:
            self._stream.write(self._pieces.sealed(self._number, piece, is_last=is_last))
        self._number += 1


def is_sealed(stream: IO[bytes]) -> bool:
    """Return whether a file is a sealed one; it is at its beginning again."""
    stream.seek(0)
    found = stream.read(len(MAGIC)) == MAGIC
    stream.seek(0)
    return found


def open_sealed(stream: IO[bytes], passphrase: str) -> io.BufferedReader:
    """Return what is in a sealed file, as a file that can be read from anywhere.

    Raises WrongPassphrase, and Refused for what is no sealed file; so does reading what is damaged.
    """
    stream.seek(0)
    start = stream.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    header = stream.read(min(length, _LONGEST_HEADER))
    salt = stream.read(_SALT)
    if not start.startswith(MAGIC) or len(header) != length or len(salt) != _SALT:
        raise _damaged()
    cost, kept_salt, wrapped = _header(header)
    try:
        file_key = AESGCM(_stretched(passphrase, kept_salt, cost)).decrypt(_NONCE, wrapped, MAGIC)
    except InvalidTag:
        raise WrongPassphrase("The passphrase does not open the file.") from None
    pieces = _Pieces(file_key, salt, start + header + salt)
    # A file of io takes anything that reads; what is raised while reading comes through as it is.
    return io.BufferedReader(_SealedReader(stream, pieces), PIECE)


def parts_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file in pieces."""
    while part := stream.read(PIECE):
        yield part


class _SealedReader(io.RawIOBase):
    """Opens the piece that is asked for; the last one opened is kept."""

    def __init__(self, stream: IO[bytes], pieces: "_Pieces") -> None:
        self._stream = stream
        self._pieces = pieces
        self._start = stream.tell()
        length = stream.seek(0, os.SEEK_END) - self._start
        number, rest = divmod(length, PIECE + _TAG)
        if 0 < rest < _TAG or length == 0:
            raise _damaged()
        self._last = number - 1 if rest == 0 else number
        self._length = length - _TAG * (self._last + 1)
        self._position = 0
        self._kept: tuple[int, bytes] = (-1, b"")
        # So that a file that was cut off is refused at once.
        self._piece(self._last)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._length:
            return 0
        number, start = divmod(self._position, PIECE)
        found = self._piece(number)[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)

    def _piece(self, number: int) -> bytes:
        if self._kept[0] != number:
            self._stream.seek(self._start + number * (PIECE + _TAG))
            sealed = self._stream.read(PIECE + _TAG)
            self._kept = (number, self._pieces.opened(number, sealed, is_last=number == self._last))
        return self._kept[1]


class _Pieces:
    """Sealing and opening the pieces of one file."""

    def __init__(self, file_key: bytes, salt: bytes, head: bytes) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt, b"fediunion sealed pieces").derive(file_key))
        self._head = hashlib.sha256(head).digest()

    def sealed(self, number: int, piece: memoryview, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(_nonce(number, is_last=is_last), piece, self._head)

    def opened(self, number: int, piece: bytes, *, is_last: bool) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(number, is_last=is_last), piece, self._head)
        except InvalidTag:
            raise _damaged() from None


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _header(text: bytes) -> tuple[dict[str, int], bytes, bytes]:
    """Return cost, salt and wrapped key; a file must not make us take any amount of memory or time."""
    try:
        known: dict[str, Any] = orjson.loads(text)
        cost = {name: cast("int", known[name]) for name in _MOST}
        fits = all(type(cost[name]) is int and 1 <= cost[name] <= most for name, most in _MOST.items())
        if not fits or cost["n"] < 2 or cost["n"] & (cost["n"] - 1):
            raise _damaged()
        salt, wrapped = (base64.b64decode(known[name], validate=True) for name in ("salt", "wrapped"))
        if len(wrapped) != 32 + _TAG:
            raise _damaged()
        return cost, salt, wrapped
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged() from error


def _stretched(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    normal = unicodedata.normalize("NFKC", passphrase).encode()
    return Scrypt(salt=salt, length=32, **cost).derive(normal)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _damaged() -> Refused:
    return Refused("The file is damaged, or no sealed file of FediUnion.", reason="damaged")
