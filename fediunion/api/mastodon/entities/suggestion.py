"""The Suggestion entity. Source: https://docs.joinmastodon.org/entities/Suggestion/"""

from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, Frame
from fediunion.social.search.suggestions import Source, Suggestion

_OLD_WORDS = {Source.INSTITUTION: "staff", Source.NETWORK: "past_interactions"}


def suggestion_entity(suggestion: Suggestion, frame: Frame) -> Entity:
    """Return an account and why it is suggested; `source` is for clients older than version 4.3."""
    return {
        "source": _OLD_WORDS[suggestion.source],
        "sources": [suggestion.source.value],
        "account": account_entity(suggestion.account, frame),
    }
