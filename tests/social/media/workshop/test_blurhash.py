"""The characters of pictures, as the reference implementation writes them."""

import pytest

from fediunion.social.media.workshop.blurhash import encode

GRADIENT = [(x * 8, y * 8, 128) for y in range(32) for x in range(32)]
KNOWN = {
    "gradient": (GRADIENT, "LxH2cX2swxX8l}WDjte;gJfjfQfj"),
    "white": ([(255, 255, 255)] * 1024, "L9TSUA~qfQ~q~qoffQoffQfQfQfQ"),
    "black": ([(0, 0, 0)] * 1024, "L00000fQfQfQfQfQfQfQfQfQfQfQ"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_picture_has_its_known_characters(name: str) -> None:
    pixels, expected = KNOWN[name]
    assert encode(pixels, 32, 32) == expected


def test_different_pictures_differ_and_equal_ones_do_not() -> None:
    left = [(x * 8, 0, 0) for _ in range(32) for x in range(32)]
    right = [(0, 0, y * 8) for y in range(32) for _ in range(32)]
    assert encode(left, 32, 32) == encode(list(left), 32, 32)
    assert encode(left, 32, 32) != encode(right, 32, 32)
