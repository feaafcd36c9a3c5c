"""What the script of passkeys asks for: the options of a browser's question, as JSON."""

from collections.abc import Awaitable

from starlette.responses import JSONResponse, Response

from fediunion.kit.catalogues import translated
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.reading import Reader


async def options_answer(asked: Awaitable[str], reader: Reader) -> Response:
    """Return the options, or `{"error": sentence}` in the reader's language with 403 or 429.

    It answers a form like any other, with its token: a question is stored for the browser.
    """
    try:
        return Response(await asked, media_type="application/json")
    except TooManyAttempts as error:
        return too_often(_refusal(TOO_OFTEN, reader), error)
    except NotAllowed as error:
        return _refusal(sentence_of(error), reader)


def _refusal(text: str, reader: Reader) -> Response:
    told = translated(text, reader.language) if isinstance(text, Sentence) else text
    return JSONResponse({"error": told}, 403)
