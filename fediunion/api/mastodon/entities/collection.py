"""The Collection entities of API version 10."""

from fediunion.actors.models import Actor
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, Frame, instant
from fediunion.kit.html import escape
from fediunion.social.collections.models import CollectionItem
from fediunion.social.collections.queries import CollectionView


def collection_entity(view: CollectionView, frame: Frame) -> Entity:
    """Return a Collection. It has no page for people: `uri` and `url` are where apps read it.

    Apps read the `url` as a text, and share it. Source: https://docs.joinmastodon.org/entities/Collection/
    """
    row = view.collection
    uri = f"{frame.base_url}/api/v1/collections/{row.id}"
    return {
        "id": str(row.id),
        "account_id": str(row.owner_id),
        "uri": uri,
        "url": uri,
        "name": row.name,
        "description": f"<p>{escape(row.description)}</p>" if row.description else "",
        "language": row.language,
        "local": True,
        "sensitive": row.sensitive,
        "discoverable": row.discoverable,
        "tag": {"name": row.tag, "url": f"{frame.base_url}/tags/{row.tag}"} if row.tag else None,
        "item_count": len(view.items),
        "items": [collection_item_entity(item) for item, _ in view.items],
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def collection_with_accounts_entity(view: CollectionView, frame: Frame) -> Entity:
    """Return a CollectionWithAccounts: also the owner's account and those in it, each once.

    Source: https://docs.joinmastodon.org/entities/CollectionWithAccounts/
    """
    accounts: dict[int, Actor] = {actor.id: actor for actor in (view.owner, *(a for _, a in view.items))}
    return {
        "accounts": [account_entity(actor, frame) for actor in accounts.values()],
        "collection": collection_entity(view, frame),
    }


def collection_item_entity(item: CollectionItem) -> Entity:
    """Return a CollectionItem. Source: https://docs.joinmastodon.org/entities/CollectionItem/"""
    return {
        "id": str(item.id),
        "account_id": str(item.actor_id),
        "state": "accepted" if item.revoked_at is None else "revoked",
        "created_at": instant(item.created_at),
    }
