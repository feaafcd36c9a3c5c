"""A picture as some thirty characters: what is shown while it loads. Source: https://github.com/woltapp/blurhash"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

Colour: TypeAlias = tuple[float, float, float]

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_ACROSS, _DOWN = 4, 3


def encode(pixels: Sequence[tuple[int, int, int]], width: int, height: int) -> str:
    """Return the hash of sRGB `pixels`, row by row; a picture of some 32 × 32 is enough."""
    linear = [_linear_of(value) for value in range(256)]
    colours = [(linear[red], linear[green], linear[blue]) for red, green, blue in pixels]
    across = [[math.cos(math.pi * i * x / width) for x in range(width)] for i in range(_ACROSS)]
    down = [[math.cos(math.pi * j * y / height) for y in range(height)] for j in range(_DOWN)]
    factors = [_factor(colours, across[i], down[j]) for j in range(_DOWN) for i in range(_ACROSS)]
    mean, details = factors[0], [(2 * r, 2 * g, 2 * b) for r, g, b in factors[1:]]
    greatest = max(abs(value) for colour in details for value in colour)
    quantised = max(0, min(82, math.floor(greatest * 166 - 0.5)))
    most = (quantised + 1) / 166
    return "".join(
        (
            _digits(_ACROSS - 1 + (_DOWN - 1) * 9, 1),
            _digits(quantised, 1),
            _digits(sum(_srgb_of(value) << shift for value, shift in zip(mean, (16, 8, 0), strict=True)), 4),
            *(_digits(_detail(colour, most), 2) for colour in details),
        )
    )


def _factor(colours: Sequence[Colour], across: Sequence[float], down: Sequence[float]) -> Colour:
    red = green = blue = 0.0
    position = 0
    for vertical in down:
        for horizontal in across:
            weight = vertical * horizontal
            r, g, b = colours[position]
            red, green, blue = red + weight * r, green + weight * g, blue + weight * b
            position += 1
    return red / position, green / position, blue / position


def _detail(colour: Colour, most: float) -> int:
    number = 0
    for value in colour:
        root = math.copysign(math.sqrt(abs(value) / most), value)
        number = number * 19 + max(0, min(18, math.floor(root * 9 + 9.5)))
    return number


def _linear_of(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _srgb_of(value: float) -> int:
    part = max(0.0, min(1.0, value))
    shown = part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
    return int(shown * 255 + 0.5)


def _digits(number: int, length: int) -> str:
    return "".join(_DIGITS[number // 83**place % 83] for place in range(length - 1, -1, -1))
