"""From errors to answers: the right code, a sentence, and never more than that."""

import pytest
from starlette.exceptions import HTTPException

from fediunion.app.errors import with_errors
from fediunion.config import Settings
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import (
    BadDocument,
    BadSignature,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
    Unreachable,
)
from fediunion.members.attempts import TooManyAttempts
from tests.app.asking import ask

BROWSER = [("Accept", "text/html,application/xhtml+xml")]


def failing(error: Exception) -> AsgiApp:
    """Return an app that raises."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("There is no post 17."), 404),
        (Gone("It was deleted."), 410),
        (NotAllowed("You may not."), 403),
        (Invalid("Too long.", field="text"), 422),
        (BadDocument("Not JSON."), 400),
        (BadSignature("Not signed."), 401),
        (TooLarge("Too big."), 413),
        (TooManyAttempts("Too often.", retry_after_seconds=60), 429),
        (Unavailable("The disk is full."), 503),
        (Unreachable("It does not answer."), 503),
        (HTTPException(405), 405),
        (RuntimeError("secret-in-a-message"), 500),
    ],
)
async def test_an_error_becomes_its_code_and_a_sentence(
    settings: Settings, error: Exception, status: int
) -> None:
    answered = await ask(with_errors(settings, failing(error)), "/api/v1/statuses/17")
    assert answered.status == status
    assert list(answered.json) == ["error"]
    assert answered.headers["content-type"] == "application/json"
    assert ("retry-after" in answered.headers) == (status in (429, 503))


async def test_O26_an_unforeseen_error_says_nothing_about_itself(settings: Settings) -> None:
    for path in ("/api/v1/x", "/@ana"):
        answered = await ask(
            with_errors(settings, failing(RuntimeError("SELECT secret"))), path, headers=BROWSER
        )
        assert answered.status == 500
        assert b"SELECT" not in answered.body
        assert b"RuntimeError" not in answered.body


async def test_O26_what_is_hidden_reads_like_what_never_was(settings: Settings) -> None:
    hidden = await ask(with_errors(settings, failing(NotFound("Ana is hidden."))), "/api/v1/accounts/1")
    never = await ask(with_errors(settings, failing(HTTPException(404))), "/api/v1/accounts/1")
    assert (hidden.status, hidden.body, hidden.headers) == (never.status, never.body, never.headers)


async def test_a_browser_gets_a_page_and_the_sentence_is_escaped(settings: Settings) -> None:
    answered = await ask(
        with_errors(settings, failing(NotAllowed("<script>alert(1)</script>"))), "/settings", headers=BROWSER
    )
    assert answered.status == 403
    assert answered.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<script>" not in answered.body
    assert b"&lt;script&gt;" in answered.body


async def test_a_program_gets_json_wherever_it_asks_even_when_it_would_take_a_page(
    settings: Settings,
) -> None:
    answered = await ask(with_errors(settings, failing(NotFound("x"))), "/actors/nobody", headers=BROWSER)
    assert answered.headers["content-type"] == "application/json"


async def test_HEAD_gets_the_code_without_a_body(settings: Settings) -> None:
    answered = await ask(with_errors(settings, failing(NotFound("x"))), "/@nobody", method="HEAD")
    assert (answered.status, answered.body) == (404, b"")


async def test_an_address_with_a_null_byte_is_nothing_and_no_app_is_asked(settings: Settings) -> None:
    answer = await ask(with_errors(settings, failing(RuntimeError("it was asked"))), "/tags/\x00")
    assert answer.status == 404


@pytest.mark.parametrize("query", ["%00", "name=a%00b", "a%00=b&c=d"], ids=str)
@pytest.mark.parametrize("path", ["/search", "/api/v1/accounts/search", "/.well-known/webfinger"], ids=str)
async def test_O15_a_query_with_a_null_byte_is_refused_and_no_app_is_asked(
    settings: Settings, path: str, query: str
) -> None:
    app = with_errors(settings, failing(RuntimeError("it was asked")))
    answer = await ask(app, f"{path}?{query}", headers=BROWSER)
    assert answer.status == 400
    assert b"what is no character" in answer.body
