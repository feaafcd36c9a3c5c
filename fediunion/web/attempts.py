"""What a page says to who tried something too often."""

from typing import Final

from starlette.responses import Response

from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import TooManyAttempts

TOO_OFTEN: Final = Sentence("Somebody tried this too often. Wait a few minutes, then try again.")


def too_often(response: Response, error: TooManyAttempts) -> Response:
    """Return the page with a status and header that say when to try again (RFC 6585, section 4)."""
    response.status_code = 429
    response.headers["retry-after"] = str(error.retry_after_seconds)
    return response
