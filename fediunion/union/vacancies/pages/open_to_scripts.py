"""What lets pages of every site read a public answer: nothing in it is for one visitor alone."""

from typing import Final

OPEN_TO_SCRIPTS: Final = {
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    "vary": "Accept",
}
