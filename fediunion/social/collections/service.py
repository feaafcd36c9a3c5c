"""The rules of collections."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import normalise_hashtag, valid_hashtag, valid_language_tag
from fediunion.social.collections.models import Collection, CollectionItem
from fediunion.social.collections.queries import agrees, get_collection
from fediunion.social.follows.queries import is_blocked_between

MAX_NAME_CHARACTERS: Final = 40
MAX_DESCRIPTION_CHARACTERS: Final = 100
MAX_COLLECTIONS: Final = 10
MAX_ITEMS: Final = 25


@dataclass(frozen=True, kw_only=True)
class CollectionChanges:
    """What is to be different; None leaves a thing. An empty `language` or `tag` is none."""

    name: str | None = None
    description: str | None = None
    language: str | None = None
    tag: str | None = None
    sensitive: bool | None = None
    discoverable: bool | None = None


def create_collection(
    session: Session, owner: Actor, changes: CollectionChanges, actor_ids: Iterable[int]
) -> Collection:
    """Return a new collection with accounts in it.

    Raises Invalid for a wrong or missing name, one collection too many, and an account that does not agree.
    """
    if changes.name is None:
        raise Invalid(Sentence("A collection needs a name."), field="name", reason="blank")
    kept = session.scalar(select(func.count()).where(Collection.owner_id == owner.id)) or 0
    if kept >= MAX_COLLECTIONS:
        raise Invalid(
            Sentence("There can be %(most)s collections at most.", most=MAX_COLLECTIONS), field="name"
        )
    now = now_of(session)
    made = Collection(owner_id=owner.id, name="", created_at=now, updated_at=now)
    _apply(made, changes)
    session.add(made)
    session.flush()
    for actor_id in dict.fromkeys(actor_ids):
        add_item(session, owner, made.id, actor_id)
    return made


def change_collection(
    session: Session, owner: Actor, collection_id: int, changes: CollectionChanges
) -> Collection:
    """Change what is said about a collection. Raises NotFound, NotAllowed for another's, Invalid."""
    found = _own(session, owner, collection_id)
    _apply(found, changes)
    found.updated_at = now_of(session)
    return found


def delete_collection(session: Session, owner: Actor, collection_id: int) -> None:
    """Delete a collection. Raises NotFound, NotAllowed for another's."""
    session.delete(_own(session, owner, collection_id))


def add_item(session: Session, owner: Actor, collection_id: int, actor_id: int) -> CollectionItem:
    """Put an account into a collection; one that is in it stays. Raises Invalid for one that does not agree.

    Why is not told: who is hidden, who blocks and who was never here read the same.
    """
    found = _own(session, owner, collection_id)
    account = session.scalar(select(Actor).where(Actor.id == actor_id, agrees()))
    if account is None or is_blocked_between(session, owner.id, actor_id):
        raise Invalid(Sentence("This account cannot be added."), field="account_id")
    items = session.scalars(select(CollectionItem).where(CollectionItem.collection_id == found.id)).all()
    known = next((item for item in items if item.actor_id == account.id), None)
    if known is not None and known.revoked_at is not None:
        raise Invalid(Sentence("This account cannot be added."), field="account_id")
    if known is None:
        if len([item for item in items if item.revoked_at is None]) >= MAX_ITEMS:
            raise Invalid(
                Sentence("A collection has %(most)s accounts at most.", most=MAX_ITEMS), field="account_id"
            )
        now = now_of(session)
        known = CollectionItem(collection_id=found.id, actor_id=account.id, created_at=now)
        found.updated_at = now
        session.add(known)
        session.flush()
    return known


def remove_item(session: Session, owner: Actor, collection_id: int, item_id: int) -> None:
    """Take an account out of a collection. Raises NotFound, NotAllowed for another's collection."""
    found = _own(session, owner, collection_id)
    item = _item(session, found.id, item_id)
    if item.revoked_at is None:
        session.delete(item)
        found.updated_at = now_of(session)


def revoke_item(session: Session, account: Actor, collection_id: int, item_id: int) -> None:
    """Let our account be in a collection no longer, for good. Raises NotFound where it is another's item."""
    item = _item(session, collection_id, item_id)
    if item.actor_id != account.id:
        raise NotFound("There is no such item.")
    if item.revoked_at is None:
        item.revoked_at = now_of(session)


def forget_all_of(session: Session, actor_id: int) -> None:
    """Delete the collections of somebody who goes, and take the account out of all others."""
    session.execute(delete(CollectionItem).where(CollectionItem.actor_id == actor_id))
    session.execute(delete(Collection).where(Collection.owner_id == actor_id))


def _own(session: Session, owner: Actor, collection_id: int) -> Collection:
    """Return the owner's collection. NotAllowed where it is another's and there for the owner to see."""
    found = get_collection(session, collection_id, Viewer(owner.id, None, is_member=True)).collection
    if found.owner_id != owner.id:
        raise NotAllowed("This action is not allowed")
    return found


def _item(session: Session, collection_id: int, item_id: int) -> CollectionItem:
    item = session.get(CollectionItem, item_id)
    if item is None or item.collection_id != collection_id:
        raise NotFound("There is no such item.")
    return item


def _apply(found: Collection, changes: CollectionChanges) -> None:
    if changes.name is not None:
        found.name = _text(changes.name, MAX_NAME_CHARACTERS, "name")
        if not found.name:
            raise Invalid(Sentence("A collection needs a name."), field="name", reason="blank")
    if changes.description is not None:
        found.description = _text(changes.description, MAX_DESCRIPTION_CHARACTERS, "description")
    if changes.language is not None:
        if changes.language and not valid_language_tag(changes.language):
            raise Invalid(Sentence("This is no language."), field="language")
        found.language = changes.language or None
    if changes.tag is not None:
        tag = changes.tag.strip().removeprefix("#")
        if tag and not valid_hashtag(tag):
            raise Invalid(Sentence("This is not a hashtag."), field="tag_name")
        found.tag = normalise_hashtag(tag) if tag else ""
    if changes.sensitive is not None:
        found.sensitive = changes.sensitive
    if changes.discoverable is not None:
        found.discoverable = changes.discoverable


def _text(text: str, most: int, field: str) -> str:
    text = text.replace("\x00", "").strip()
    if len(text) > most:
        raise Invalid(
            Sentence("This has at most %(most)s characters.", most=most), field=field, reason="too-long"
        )
    return text
