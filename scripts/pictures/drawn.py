"""Pictures that people of the story show: flat landscapes and a room, drawn from a few shapes."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

_FINER: Final = 3
_SKY, _SUN, _SOIL, _WOOD, _DARK = "#dcebeb", "#e0a14b", "#6b8f71", "#b98a5a", "#17313a"
_LANDSCAPES: Final = {
    "harbour": ("#c9dfe3", "#f3c77a", ("#4d8791", "#2f6a76", "#173f49")),
    "dune": ("#f2e3c6", "#d9663f", ("#d8b26a", "#b98a45", "#7d5a2c")),
    "orchard": ("#e7efd9", "#e6b84a", ("#9dbb77", "#6b9152", "#3d6137")),
    "acacia": ("#f6d9a8", "#c8472f", ("#b5793c", "#84502a", "#4a2c1a")),
    "minaret": ("#d7d3ea", "#f0ead8", ("#8d86b8", "#5c558c", "#332e57")),
    "valley": ("#dfe9ea", "#efc169", ("#a9c3b5", "#6f9a8d", "#33625f")),
}


def draw(name: str) -> bytes:
    """Return a PNG of the picture of that name: a face is square, "valley" wide, "room" in between."""
    if name == "room":
        return _room()
    return _landscape(name, (1200, 400) if name == "valley" else (400, 400))


def _landscape(name: str, size: tuple[int, int]) -> bytes:
    sky, sun, hills = _LANDSCAPES[name]
    width, height = (side * _FINER for side in size)
    image = Image.new("RGB", (width, height), sky)
    pen = ImageDraw.Draw(image)
    radius, middle = height // 6, (width * 2 // 3, height // 3)
    pen.ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=sun)
    for place, colour in enumerate(hills):
        top = height * (9 + 3 * place) // 20
        pen.polygon(_ridge(width, height, top, place), fill=colour)
    return _png(image, size)


def _ridge(width: int, height: int, top: int, place: int) -> Sequence[tuple[int, int]]:
    steps = 24
    swing = height // (7 + 2 * place)
    waves = [0, 3, 6, 8, 9, 8, 6, 3]
    line = [
        (width * step // steps, top + swing - swing * waves[(step * (2 - place % 2) + 3 * place) % 8] // 9)
        for step in range(steps + 1)
    ]
    return [(0, height), *line, (width, height)]


def _room() -> bytes:
    size = (1280, 720)
    width, height = (side * _FINER for side in size)
    image = Image.new("RGB", (width, height), "#f1eee4")
    pen = ImageDraw.Draw(image)

    def box(left: float, top: float, right: float, bottom: float, fill: str) -> None:
        pen.rectangle((left * width, top * height, right * width, bottom * height), fill=fill)

    box(0, 0.78, 1, 1, "#d9cdb8")
    box(0.3, 0.14, 0.7, 0.56, _SKY)
    pen.ellipse((0.56 * width, 0.2 * height, 0.63 * width, 0.325 * height), fill=_SUN)
    for place, colour in enumerate(("#9dbb9f", _SOIL)):
        span = [
            (0.3, 0.46),
            (0.4, 0.36 + 0.06 * place),
            (0.52, 0.47),
            (0.62, 0.39 + 0.06 * place),
            (0.7, 0.46),
        ]
        hill = [(x * width, (y + 0.04 * place) * height) for x, y in span]
        pen.polygon([*hill, (0.7 * width, 0.56 * height), (0.3 * width, 0.56 * height)], fill=colour)
    for left in (0.295, 0.497, 0.695):
        box(left, 0.13, left + 0.008, 0.57, "#ffffff")
    box(0.295, 0.13, 0.703, 0.145, "#ffffff")
    box(0.285, 0.56, 0.715, 0.58, "#ffffff")
    for lamp in (0.18, 0.5, 0.82):
        box(lamp - 0.002, 0, lamp + 0.002, 0.1, _DARK)
        shade = [(lamp - 0.045, 0.17), (lamp + 0.045, 0.17), (lamp + 0.018, 0.1), (lamp - 0.018, 0.1)]
        pen.polygon([(x * width, y * height) for x, y in shade], fill=_DARK)
    box(0.1, 0.7, 0.9, 0.735, _WOOD)
    for leg in (0.13, 0.855):
        box(leg, 0.735, leg + 0.015, 0.93, "#8a6338")
    for chair in (0.2, 0.36, 0.52, 0.68):
        box(chair, 0.6, chair + 0.08, 0.7, "#0b5560")
        box(chair + 0.008, 0.735, chair + 0.016, 0.9, _DARK)
        box(chair + 0.064, 0.735, chair + 0.072, 0.9, _DARK)
    for cup in (0.28, 0.6, 0.78):
        box(cup, 0.665, cup + 0.02, 0.7, "#ffffff")
    return _png(image, size)


def _png(image: Image.Image, size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()
