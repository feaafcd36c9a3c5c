"""Sets of row numbers as bits of one number: an intersection is an AND, its size a bit count."""

from array import array
from collections.abc import Iterable
from itertools import compress
from typing import Final

_ONE: Final = ord("1")
_AS_BYTES: Final = bytes.maketrans(b"01", b"\x00\x01")


def bits_of(rows: Iterable[int], size: int) -> int:
    """Return the set of some rows below `size`."""
    digits = bytearray(b"0") * (size + 1)
    for row in rows:
        digits[row] = _ONE
    # The number whose binary digits these are, the last row's first.
    return int(digits[::-1], 2)


class Selection:
    """A set of rows below `size`, in whichever form is asked for; each form is made once."""

    def __init__(self, bits: int, size: int) -> None:
        self.bits = bits
        self.size = size
        self._mask: bytes | None = None

    @property
    def mask(self) -> bytes:
        """One byte for each row: 1 where it is in the set, else 0."""
        if self._mask is None:
            # The bit above all others keeps the zeros before it.
            digits = bin(self.bits | 1 << self.size)
            self._mask = digits[:2:-1].encode().translate(_AS_BYTES)
        return self._mask

    def __len__(self) -> int:
        return self.bits.bit_count()

    def rows(self) -> Iterable[int]:
        """Return the rows in the set, in order."""
        return compress(range(self.size), self.mask)

    def among(self, rows: "array[int]") -> list[int]:
        """Return those of some rows that are in the set."""
        mask = self.mask
        return [row for row in rows if mask[row]]

    def count_among(self, rows: "array[int]") -> int:
        """Return how many of some rows are in the set."""
        return sum(map(self.mask.__getitem__, rows))
