"""422 says which field is wrong, and how, in the documented shape."""

from typing import Any

import pytest

from tests.api.rig import Client

_CREDENTIALS = "/api/v1/accounts/update_credentials"
_POLL = {"options": ["a", "b"], "expires_in": 600}


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "error"),
    [
        ("POST", "/api/v1/statuses", {}, "status", "ERR_BLANK"),
        ("POST", "/api/v1/statuses", {"status": "x" * 10_001}, "status", "ERR_TOO_LONG"),
        ("POST", "/api/v1/statuses", {"status": ["x"]}, "status", "ERR_INVALID"),
        ("POST", "/api/v1/statuses", {"status": "x", "audience": "y"}, "audience", "ERR_INCLUSION"),
        ("POST", "/api/v1/statuses", {"status": "x", "media_ids": ["1"]}, "media_ids", "ERR_INVALID"),
        (
            "POST",
            "/api/v1/statuses",
            {"status": "x", "poll": _POLL | {"expires_in": 1}},
            "poll[expires_in]",
            "ERR_INVALID",
        ),
        ("POST", "/api/v1/lists", {"title": " "}, "title", "ERR_BLANK"),
        ("POST", "/api/v1/lists", {"title": "x" * 300}, "title", "ERR_TOO_LONG"),
        (
            "POST",
            "/api/v1/lists",
            {"title": "x", "replies_policy": "y"},
            "replies_policy",
            "ERR_INCLUSION",
        ),
        ("POST", "/api/v2/filters", {"title": "", "context": ["home"]}, "title", "ERR_BLANK"),
        ("POST", "/api/v1/filters", {"context": ["home"]}, "phrase", "ERR_BLANK"),
        ("POST", "/api/v1/statuses", {"status": "x", "visibility": "y"}, "visibility", "ERR_INCLUSION"),
        ("PATCH", _CREDENTIALS, {"source": {"privacy": "y"}}, "source[privacy]", "ERR_INCLUSION"),
        ("PATCH", _CREDENTIALS, {"source": {"language": "!"}}, "source[language]", "ERR_INVALID"),
        ("POST", "/api/v1/domain_blocks", {"domain": "no host!"}, "domain", "ERR_INVALID"),
        ("POST", "/api/v1/apps", {"redirect_uris": "app://x"}, "client_name", "ERR_BLANK"),
        ("POST", "/api/v1/apps", {"client_name": "App"}, "redirect_uris", "ERR_BLANK"),
        ("POST", "/api/fediunion/drafts", {"content_type": "x"}, "content_type", "ERR_INCLUSION"),
    ],
)
async def test_a_wrong_field_is_named_with_what_is_wrong(
    ana: Client, method: str, path: str, body: dict[str, Any], field: str, error: str
) -> None:
    answer = await ana.ask(method, path, json=body)
    content = answer.json()
    assert (answer.status_code, set(content)) == (422, {"error", "details"})
    ((named, details),) = content["details"].items()
    (detail,) = details
    assert (named, detail["error"]) == (field, error)
    assert content["error"] == f"Validation failed: {detail['description']}"
