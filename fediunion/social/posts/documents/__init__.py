"""Our posts as they go out, and the activities about them; the only wire names of this package."""

from fediunion.social.posts.documents.activities import (
    announce_document,
    create_document,
    delete_document,
    like_document,
    pin_document,
    undo_document,
    update_document,
    vote_document,
)
from fediunion.social.posts.documents.consents import (
    accepted_request_document,
    authorization_document,
    is_consent_to_quote,
    quote_request_document,
    rejected_request_document,
    revoked_document,
)
from fediunion.social.posts.documents.notes import (
    is_known_outside,
    note_document,
    told_moment,
    tombstone_document,
)

__all__ = [
    "accepted_request_document",
    "announce_document",
    "authorization_document",
    "create_document",
    "delete_document",
    "is_consent_to_quote",
    "is_known_outside",
    "like_document",
    "note_document",
    "pin_document",
    "quote_request_document",
    "rejected_request_document",
    "revoked_document",
    "told_moment",
    "tombstone_document",
    "undo_document",
    "update_document",
    "vote_document",
]
