"""Sealed files: what is written comes out again, with the passphrase alone, whole or not at all."""

import io
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from fediunion.backup.sealing import (
    MAGIC,
    PIECE,
    Seal,
    SealedWriter,
    WrongPassphrase,
    is_sealed,
    new_seal,
    open_sealed,
    parts_of,
)
from fediunion.kit.errors import Refused

PHRASE = "sieben lange Nächte im Ἐλπίς"
CHEAP = 1 << 8
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7)


@pytest.fixture(scope="module")
def seal() -> Seal:
    return new_seal(PHRASE, n=CHEAP)


def sealed(content: bytes, seal: Seal, step: int = 10_000) -> bytes:
    """Return a sealed file of `content`, written `step` bytes at a time."""
    file = io.BytesIO()
    writer = SealedWriter(file, seal)
    for start in range(0, len(content), step):
        writer.write(content[start : start + step])
    writer.finish()
    return file.getvalue()


def opened(file: bytes, passphrase: str = PHRASE) -> bytes:
    """Return what is in a sealed file."""
    with open_sealed(io.BytesIO(file), passphrase) as stream:
        return b"".join(parts_of(stream))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_comes_out_again(seal: Seal, size: int) -> None:
    content = os.urandom(size)
    for step in (10_000, 5 * PIECE):
        file = sealed(content, seal, step)
        assert is_sealed(io.BytesIO(file))
        # A few random bytes can stand anywhere.
        assert size < PIECE - 1 or content[:40] not in file
        assert opened(file) == content


def test_it_is_read_from_anywhere(seal: Seal) -> None:
    content = os.urandom(3 * PIECE + 7)
    with open_sealed(io.BytesIO(sealed(content, seal)), PHRASE) as stream:
        for place in (2 * PIECE + 5, 0, PIECE - 3, len(content) - 2, len(content)):
            stream.seek(place)
            assert stream.read(9) == content[place : place + 9]
        stream.seek(-5, os.SEEK_END)
        assert stream.read() == content[-5:]


def test_a_passphrase_is_the_same_on_every_keyboard(seal: Seal) -> None:
    assert opened(sealed(b"x", seal), "sieben lange Na\u0308chte im \u1f18λπι\u0301ς") == b"x"


@pytest.mark.parametrize("passphrase", ["", "sieben", PHRASE + " "], ids=["empty", "part", "blank"])
def test_another_passphrase_opens_nothing(seal: Seal, passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        opened(sealed(b"secret", seal), passphrase)


def test_two_files_of_one_seal_share_no_key(seal: Seal) -> None:
    content = bytes(PIECE)
    first, second = (sealed(content, seal)[-PIECE:] for _ in range(2))
    assert first != second


def _changed(file: bytes) -> Iterator[bytes]:
    """Yield a file with a bit changed in each part of it."""
    start = len(MAGIC) + 4 + int.from_bytes(file[len(MAGIC) : len(MAGIC) + 4], "big")
    for place in (0, len(MAGIC) + 3, start, start + 20, len(file) - PIECE // 2, len(file) - 1):
        yield file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]


def test_a_changed_bit_is_refused(seal: Seal) -> None:
    for file in _changed(sealed(os.urandom(2 * PIECE), seal)):
        with pytest.raises(Refused):
            opened(file)


def test_pieces_that_are_cut_off_moved_or_added_are_refused(seal: Seal) -> None:
    file = sealed(os.urandom(3 * PIECE), seal)
    step = PIECE + 16
    start = len(file) - 3 * step
    head, pieces = file[:start], [file[start + step * n : start + step * (n + 1)] for n in range(3)]
    forged = {
        "nothing": head,
        "the last is gone": head + pieces[0] + pieces[1],
        "the first is gone": head + pieces[1] + pieces[2],
        "exchanged": head + pieces[1] + pieces[0] + pieces[2],
        "twice": file + pieces[2],
        "in the middle": file[:-7],
        "a few bytes more": file + b"1234567",
    }
    for what, each in forged.items():
        with pytest.raises(Refused):
            pytest.fail(f"{what}: {len(opened(each))} bytes")


@pytest.mark.parametrize(
    "change",
    [{"n": 1 << 21}, {"n": 3}, {"n": True}, {"p": 5}, {"r": 0}, {"n": "4"}, {"salt": 1}, {"wrapped": "!"}],
    ids=str,
)
def test_a_file_cannot_ask_for_any_amount_of_work(seal: Seal, change: dict[str, object]) -> None:
    header = orjson.dumps(orjson.loads(seal.header) | change)
    with pytest.raises(Refused):
        opened(sealed(b"x", Seal(header, seal.file_key)))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"mine",
        MAGIC,
        MAGIC + b"\0\0\0\2{}" + bytes(16),
        MAGIC + b"\xff" * 4,
        MAGIC + b"\0\0\0\2[]" + bytes(33),
    ],
    ids=["nothing", "text", "magic", "no cost", "endless header", "a list"],
)
def test_what_is_no_sealed_file_is_refused(file: bytes) -> None:
    with pytest.raises(Refused):
        opened(file)


def test_a_large_file_takes_no_more_memory_than_a_small_one(seal: Seal, tmp_path: Path) -> None:
    path, part = tmp_path / "large", bytes(1 << 20)
    tracemalloc.start()
    try:
        with path.open("wb") as stream:
            writer = SealedWriter(stream, seal)
            for _ in range(48):
                writer.write(part)
            writer.finish()
        with path.open("rb") as source, open_sealed(source, PHRASE) as opened_file:
            size = sum(len(each) for each in parts_of(opened_file))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == 48 << 20
    assert peak < 8 << 20
