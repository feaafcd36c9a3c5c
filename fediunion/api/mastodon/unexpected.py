"""Telling an app whom its post would have reached against its word.

Source: https://docs.joinmastodon.org/methods/statuses/#create
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from fediunion.actors.viewer import Viewer
from fediunion.api.errors import UnexpectedAccounts
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import frame_for
from fediunion.db import settings_of
from fediunion.social.posts.service.drafts import UnexpectedMentions


@contextmanager
def naming_unexpected(session: Session, viewer: Viewer) -> Iterator[None]:
    """Raise UnexpectedAccounts, with the accounts as `viewer` reads them, for UnexpectedMentions within."""
    try:
        yield
    except UnexpectedMentions as error:
        frame = frame_for(settings_of(session), viewer)
        accounts = [account_entity(actor, frame) for actor in error.accounts]
        raise UnexpectedAccounts(str(error), accounts) from error
