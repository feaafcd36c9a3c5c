"""What a token may be used for: the names of scopes, and which of them covers which."""

from collections.abc import Iterable
from typing import Final

from fediunion.kit.errors import Invalid

OFFLINE_ACCESS: Final = "offline_access"
"""Asks for tokens that end soon, and for one that renews them. Source: OpenID Connect Core, section 11."""

_GROUPS: Final[dict[str, str]] = {
    "read": "accounts blocks bookmarks collections favourites filters follows lists mutes notifications"
    " search statuses",
    "write": "accounts blocks bookmarks collections conversations favourites filters follows lists media"
    " mutes notifications reports statuses",
    "admin:read": "accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks"
    " canonical_email_blocks",
    "admin:write": "accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks"
    " canonical_email_blocks",
}
SCOPES: Final = frozenset({"follow", "push", "profile", "crypto", OFFLINE_ACCESS, *_GROUPS}) | {
    f"{group}:{part}" for group, parts in _GROUPS.items() for part in parts.split()
}
"""Every scope, the old ones too. Source: https://docs.joinmastodon.org/api/oauth-scopes/"""

_FOLLOW: Final = frozenset(
    f"{verb}:{what}" for verb in ("read", "write") for what in ("follows", "blocks", "mutes")
)


def check_scopes(text: str | Iterable[str]) -> str:
    """Return scopes space-separated, each once; raise Invalid for none or an unknown one."""
    words = list(dict.fromkeys(text.split() if isinstance(text, str) else text))
    unknown = [word for word in words if word not in SCOPES]
    if unknown or not words:
        named = unknown[0][:60] if unknown else ""
        raise Invalid(f"There is no scope {named!r}.", field="scopes", reason="bad-scope")
    return " ".join(words)


def allows(granted: Iterable[str], wanted: str) -> bool:
    """Return whether scopes cover one: `read` covers `read:statuses`, `follow` what is about accounts.

    Source: https://docs.joinmastodon.org/api/oauth-scopes/
    """
    scopes = frozenset(granted)
    parts = wanted.split(":")
    if any(":".join(parts[: end + 1]) in scopes for end in range(len(parts))):
        return True
    if wanted == "profile":
        return "read:accounts" in scopes or "read" in scopes
    return "follow" in scopes and wanted in _FOLLOW
