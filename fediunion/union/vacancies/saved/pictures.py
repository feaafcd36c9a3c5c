"""The picture that the accounts of searches share: a magnifying glass."""

from functools import cache
from pathlib import Path
from typing import Final

from fediunion.config import Settings

PATH: Final = "/vacancies/search.png"


def picture_url(settings: Settings) -> str:
    """Return where the picture is; the same for all, so that servers fetch it once."""
    return f"{settings.base_url}{PATH}"


@cache
def picture() -> bytes:
    """Return the picture, a PNG of 240 by 240 pixels."""
    return Path(__file__).with_name("picture.png").read_bytes()
