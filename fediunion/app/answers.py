"""What every answer carries: the headers that keep browsers safe, and what other sites' scripts may read."""

from typing import Final

from fediunion.app.asgi import answer, header
from fediunion.config import Scheme, Settings
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send

CONTENT_POLICY: Final = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; script-src 'self'; "
    b"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

CONSENT_POLICY: Final = PAGE_POLICY.replace(b"form-action 'self'; ", b"")
"""The answer to the consent form leads to an app: Chromium counts that as an action of the form."""

_SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
)
_SAME_ORIGIN: Final = (b"cross-origin-resource-policy", b"same-origin")
_ANY_ORIGIN: Final = (b"cross-origin-resource-policy", b"cross-origin")
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
_CONSENT: Final = "/oauth/authorize"
_IN_A_POPUP: Final = (_CONSENT, "/sign-in")
"""An app that opened these in a window watches that window: no policy may cut the tie."""

_OPEN_TO_SCRIPTS: Final = (
    *("/api/", "/.well-known/", "/nodeinfo/", "/media/"),
    *("/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/oauth/introspect"),
)
_HEALTH: Final = "/health"
"""What is below it is for the operator alone."""

_OPENED: Final = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b", ".join(
            (
                b"Link",
                b"X-RateLimit-Limit",
                b"X-RateLimit-Remaining",
                b"X-RateLimit-Reset",
                b"X-Request-Id",
                b"Mastodon-Async-Refresh",
                b"Deprecation",
            )
        ),
    ),
)
_PREFLIGHT: Final = (
    *_OPENED,
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key"),
    (b"access-control-max-age", b"86400"),
)


def with_safe_headers(settings: Settings, app: AsgiApp) -> AsgiApp:
    """Return `app` whose answers, whatever their status, have the security headers (W20, W06).

    An endpoint that sets one of them itself is left alone. The client interface is open to scripts of
    every site, errors too, and never with cookies (O17); a preflight is answered here. Where an app
    sends members to agree, what would cut the way back to it is left out, and framing stays forbidden.
    """
    always = (*_SAFE, _HSTS) if settings.instance.scheme is Scheme.HTTPS else _SAFE
    in_a_popup = tuple(pair for pair in always if pair[0] != b"cross-origin-opener-policy")

    async def safe(scope: Message, receive: Receive, send: Send) -> None:
        opened = scope["path"].startswith(_OPEN_TO_SCRIPTS) or scope["path"] == _HEALTH
        added = in_a_popup if scope["path"].startswith(_IN_A_POPUP) else always
        policy = CONSENT_POLICY if scope["path"].startswith(_CONSENT) else PAGE_POLICY

        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _added(message["headers"], added, policy, opened=opened)
            await send(message)

        preflight = scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method")
        if opened and preflight:
            await answer(send_safe, 204, more=_PREFLIGHT)
        else:
            await app(scope, receive, send_safe)

    return safe


def _lets_frame(policy: bytes, name: bytes) -> bool:
    """Return whether the older header about frames would contradict an answer that anybody may frame."""
    return name == b"x-frame-options" and b"frame-ancestors *" in policy


def _added(
    given: list[tuple[bytes, bytes]],
    always: tuple[tuple[bytes, bytes], ...],
    page_policy: bytes,
    *,
    opened: bool,
) -> list[tuple[bytes, bytes]]:
    """Return the headers with those added that are not set yet; never one that names our software."""
    names = dict(given)
    headers = [pair for pair in given if pair[0] != b"server"]
    own_policy = names.get(b"content-security-policy", b"")
    headers += [pair for pair in always if pair[0] not in names and not _lets_frame(own_policy, pair[0])]
    if not own_policy:
        page = names.get(b"content-type", b"").startswith(b"text/html")
        headers.append((b"content-security-policy", page_policy if page else CONTENT_POLICY))
    headers.append(_ANY_ORIGIN if opened else _SAME_ORIGIN)
    if opened:
        headers += [pair for pair in _OPENED if pair[0] not in names]
    return headers
