"""Audiences as the four words that clients know, and back."""

from typing import Final

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import Invalid

_WORDS: Final = {
    Audience.PUBLIC: "public",
    Audience.UNLISTED: "unlisted",
    Audience.FOLLOWERS: "private",
    Audience.NETWORK: "private",
    Audience.LOCAL: "private",
    Audience.DIRECT: "direct",
}
_AUDIENCES: Final = {
    "public": Audience.PUBLIC,
    "unlisted": Audience.UNLISTED,
    "private": Audience.FOLLOWERS,
    "direct": Audience.DIRECT,
}


def visibility_of(audience: str) -> str:
    """Return `public`, `unlisted`, `private` or `direct`; what stays inside the unions is `private`."""
    return _WORDS[Audience(audience)]


def audience_of_visibility(visibility: str, field: str = "visibility") -> Audience:
    """Return the audience that a client's word means. Raises Invalid, naming `field`, for another word."""
    found = _AUDIENCES.get(visibility)
    if found is None:
        sentence = "Visibility is public, unlisted, private or direct"
        raise Invalid(sentence, field=field, reason="inclusion")
    return found
