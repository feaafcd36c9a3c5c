"""What an app asks for, against what it registered for, and the same in plain words."""

from collections.abc import Iterable
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.members.scopes import allows, check_scopes
from fediunion.oauth.refusals import BAD_SCOPE, OAuthRefused, Why

DEFAULT: Final = "read"
LONGEST_SCOPES: Final = 2000

_SENTENCES: Final = {
    "profile": Sentence("See your name, your handle and your picture"),
    "read": Sentence(
        "Read everything that you can read: posts, messages to you, notifications, lists and settings"
    ),
    "read:accounts": Sentence("See accounts, and your own with its settings"),
    "read:blocks": Sentence("See whom you block"),
    "read:bookmarks": Sentence("See your bookmarks"),
    "read:collections": Sentence("See collections of accounts that you may see"),
    "read:favourites": Sentence("See your favourites"),
    "read:filters": Sentence("See your filters"),
    "read:follows": Sentence("See whom you follow and who follows you"),
    "read:lists": Sentence("See your lists"),
    "read:mutes": Sentence("See whom you mute"),
    "read:notifications": Sentence("Read your notifications"),
    "read:search": Sentence("Search as you"),
    "read:statuses": Sentence("Read all posts that you can read, messages to you too"),
    "write": Sentence("Act as you: write and delete posts, change your profile, follow, block and report"),
    "write:accounts": Sentence("Change your profile"),
    "write:blocks": Sentence("Block and unblock accounts"),
    "write:bookmarks": Sentence("Set and remove bookmarks"),
    "write:collections": Sentence("Recommend accounts in collections, and leave those of others"),
    "write:conversations": Sentence("Mark conversations as read, and delete them"),
    "write:favourites": Sentence("Favourite posts as you"),
    "write:filters": Sentence("Change your filters"),
    "write:follows": Sentence("Follow and unfollow as you"),
    "write:lists": Sentence("Change your lists"),
    "write:media": Sentence("Upload pictures, sound and video as you"),
    "write:mutes": Sentence("Mute accounts and conversations"),
    "write:notifications": Sentence("Dismiss your notifications"),
    "write:reports": Sentence("Report accounts and posts as you"),
    "write:statuses": Sentence("Write, change and delete posts as you"),
    "follow": Sentence("See and change whom you follow, block and mute"),
    "push": Sentence("Send you push notifications"),
    "crypto": Sentence("Nothing: what it was for was never built"),
    "offline_access": Sentence("Renew its access by itself, until you end it or do not use it for 90 days"),
    "admin:read": Sentence(
        "Read all that moderation shows you: reports, accounts with their addresses, blocks"
    ),
    "admin:read:accounts": Sentence("Read accounts as moderation shows them, with their e-mail addresses"),
    "admin:read:reports": Sentence("Read reports"),
    "admin:read:domain_allows": Sentence("See which servers are allowed"),
    "admin:read:domain_blocks": Sentence("See which servers are blocked"),
    "admin:read:ip_blocks": Sentence("See which network addresses are blocked"),
    "admin:read:email_domain_blocks": Sentence("See which e-mail providers are blocked"),
    "admin:read:canonical_email_blocks": Sentence("See which e-mail addresses are blocked"),
    "admin:write": Sentence(
        "Do all that you may do in moderation: suspend accounts, decide reports, block servers"
    ),
    "admin:write:accounts": Sentence("Approve, limit and suspend accounts"),
    "admin:write:reports": Sentence("Decide reports"),
    "admin:write:domain_allows": Sentence("Allow servers"),
    "admin:write:domain_blocks": Sentence("Block servers"),
    "admin:write:ip_blocks": Sentence("Block network addresses"),
    "admin:write:email_domain_blocks": Sentence("Block e-mail providers"),
    "admin:write:canonical_email_blocks": Sentence("Block e-mail addresses"),
}


def requested_scopes(text: str, registered: str) -> str:
    """Return what is asked for, space-separated, each once; `read` where nothing is.

    Raises OAuthRefused (invalid_scope) for an unknown one, and for one beyond what the app registered for:
    who registered for `read` may ask for `read:statuses`. Source: RFC 6749 section 3.3, row O07.
    """
    if len(text) > LONGEST_SCOPES:
        raise OAuthRefused(Why.INVALID_SCOPE, BAD_SCOPE)
    try:
        wanted = check_scopes(text or DEFAULT)
    except Invalid as error:
        raise OAuthRefused(Why.INVALID_SCOPE, BAD_SCOPE) from error
    granted = registered.split()
    if not all(allows(granted, scope) for scope in wanted.split()):
        raise OAuthRefused(Why.INVALID_SCOPE, BAD_SCOPE)
    return wanted


def scope_sentences(scopes: Iterable[str]) -> list[Sentence]:
    """Return what scopes allow, one sentence each; what a wider one among them covers is left out."""
    asked = list(scopes)
    return [
        _SENTENCES[scope]
        for scope in asked
        if not allows([other for other in asked if other != scope], scope)
    ]
