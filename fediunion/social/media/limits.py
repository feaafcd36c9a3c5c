"""What is taken as an upload, as apps are told."""

from importlib.util import find_spec
from typing import Final

from fediunion.social.media.workshop.sniffing import FILMS, PICTURES, SOUNDS

MAX_PIXELS: Final = 33_177_600
"""Pixels of a picture that is taken (8K); more are refused before they are decoded."""


def supported_media_types() -> list[str]:
    """Return the media types of uploads; HEIC among them where its decoder is installed."""
    taken = [*PICTURES, *FILMS, *SOUNDS]
    return taken if find_spec("pi_heif") is not None else [each for each in taken if each != "image/heic"]
