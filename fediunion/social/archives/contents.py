"""What is in an archive: reads, in portions, of what belongs to one member and to nobody else (V18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.documents import actor_document
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor, keys_of
from fediunion.db import settings_of
from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject
from fediunion.members.emails import unseal_email
from fediunion.members.queries import find_member_of
from fediunion.social.annotations.models import AccountNote
from fediunion.social.archives.cards import calendar_of, vcard_of
from fediunion.social.filters.queries import list_filters
from fediunion.social.media.models import READY, Attachment, StoredFile
from fediunion.social.media.queries import file_name_in
from fediunion.social.posts.documents import announce_document, create_document
from fediunion.social.posts.models import Bookmark, Favourite, Post
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.social.tags.models import FollowedTag
from fediunion.social.transfers.csv_files import FILES, file_of
from fediunion.social.transfers.queries import exported_rows
from fediunion.social.unpublished.models import UnpublishedPost

POSTS_AT_ONCE: Final = 50
README: Final = """This archive has everything that the server has of your account.

actor.json      your profile as other servers get it (ActivityStreams)
outbox.json     all your posts and boosts, also those for few readers (ActivityStreams)
likes.json      the addresses of the posts that you like (ActivityStreams)
account.json    your address, settings, filters, hashtags, notes, drafts and scheduled posts
profile.vcf     your profile for an address book (vCard 4.0)
calendar.ics    your scheduled posts for a calendar (iCalendar); missing where nothing is scheduled
csv/            whom you follow, mute and block, your lists and bookmarks: other servers can import these
searches.json   the searches over vacancies that you are told of; missing where there are none
media/          your files, under the names that outbox.json and actor.json give them

What others wrote to you is theirs, and is not in it. Keep this file as safe as your messages.
"""


@dataclass(frozen=True)
class Portion:
    """Some activities, and the id of the last post looked at, None where there are no more."""

    activities: Sequence[JsonObject]
    last_id: int | None


def small_files(session: Session, owner_id: int, now: datetime) -> dict[str, bytes | JsonObject]:
    """Return by name what fits into memory: profile, settings, likes, and what others can import."""
    actor = get_actor(session, owner_id)
    planned = _unpublished(session, owner_id)
    files: dict[str, bytes | JsonObject] = {
        "README.txt": README.encode(),
        "actor.json": actor_document(actor, keys_of(session, actor.id), settings_of(session)),
        "likes.json": _likes(session, actor),
        "account.json": _account(session, actor, planned),
        "profile.vcf": vcard_of(actor).encode(),
    }
    events = [
        (f"{row.id}@{actor.handle_host}", row.publish_at, str(row.wish.get("text", "")))
        for row in planned
        if row.publish_at is not None
    ]
    calendar = calendar_of(events, now)
    if calendar:
        files["calendar.ics"] = calendar.encode()
    for name, kind in FILES.items():
        files[f"csv/{name}"] = file_of(kind, exported_rows(session, owner_id, kind))
    return files


def activities_after(session: Session, owner_id: int, post_id: int) -> Portion:
    """Return the next activities of a member, the oldest first: Create and Announce."""
    actor = get_actor(session, owner_id)
    posts = session.scalars(
        select(Post)
        .where(Post.author_id == owner_id, Post.deleted_at.is_(None), Post.id > post_id)
        .order_by(Post.id)
        .limit(POSTS_AT_ONCE)
    ).all()
    found = [_activity(session, actor, post) for post in posts]
    last_id = posts[-1].id if len(posts) == POSTS_AT_ONCE else None
    return Portion([each for each in found if each is not None], last_id)


def _activity(session: Session, actor: Actor, post: Post) -> JsonObject | None:
    if post.boost_of_id is None:
        return create_document(render(session, author_view(session, post)), actor)
    boosted = session.get(Post, post.boost_of_id)
    if boosted is None or boosted.deleted_at is not None:
        return None
    return announce_document(post, actor, boosted, get_actor(session, boosted.author_id))


def own_files(session: Session, owner_id: int) -> list[StoredFile]:
    """Return the files of a member that posts, drafts and the profile show."""
    actor = get_actor(session, owner_id)
    names = set(
        session.scalars(
            select(Attachment.file_name).where(
                Attachment.owner_id == owner_id, Attachment.state == READY, Attachment.file_name.is_not(None)
            )
        )
    ) | {file_name_in(actor.icon_url), file_name_in(actor.header_url)}
    owned = select(StoredFile).where(StoredFile.owner_id == owner_id, StoredFile.ready)
    return [file for file in session.scalars(owned.order_by(StoredFile.id)) if file.name in names]


def _likes(session: Session, actor: Actor) -> JsonObject:
    uris = session.scalars(
        select(Post.uri)
        .join(Favourite, Favourite.post_id == Post.id)
        .where(Favourite.actor_id == actor.id, Post.deleted_at.is_(None))
        .order_by(Favourite.id)
    )
    return collection(f"{actor.uri}/likes", list(uris))


def collection(uri: str, items: Sequence[Any]) -> JsonObject:
    """Return an ordered collection with all its items."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": uri,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": list(items),
    }


def _unpublished(session: Session, owner_id: int) -> Sequence[UnpublishedPost]:
    rows = select(UnpublishedPost).where(UnpublishedPost.owner_id == owner_id)
    return session.scalars(rows.order_by(UnpublishedPost.id)).all()


def _account(session: Session, actor: Actor, planned: Sequence[UnpublishedPost]) -> JsonObject:
    member = find_member_of(session, actor.id)
    sealed = member.sealed_email if member is not None else None
    notes = session.execute(
        select(Actor.uri, AccountNote.text)
        .join(Actor, Actor.id == AccountNote.about_id)
        .where(AccountNote.actor_id == actor.id)
    )
    tags = session.scalars(select(FollowedTag.name).where(FollowedTag.actor_id == actor.id))
    return {
        "handle": f"{actor.username}@{actor.handle_host}",
        "display_name": actor.display_name,
        "description": actor.summary_source,
        "fields": list(actor.fields),
        "reach": actor.reach,
        "created_at": format_instant(actor.created_at),
        "email": unseal_email(sealed, member.id, settings_of(session)) if member and sealed else None,
        "language": member.locale if member else None,
        "role": member.role if member else None,
        "settings": dict(member.settings) if member else {},
        "also_known_as": list(actor.also_known_as),
        "moved_to": actor.moved_to_uri,
        "followed_hashtags": list(tags),
        "notes": [{"about": uri, "text": text} for uri, text in notes],
        "bookmarks": [uri for (uri,) in _bookmarks(session, actor.id)],
        "filters": [
            {
                "title": view.filter.title,
                "contexts": list(view.filter.contexts),
                "action": view.filter.action,
                "words": [word.keyword for word in view.keywords],
            }
            for view in list_filters(session, actor.id)
        ],
        "unpublished": [
            {"publish_at": format_instant(row.publish_at) if row.publish_at else None, "post": dict(row.wish)}
            for row in planned
        ],
    }


def _bookmarks(session: Session, owner_id: int) -> Any:
    return session.execute(
        select(Post.uri).join(Bookmark, Bookmark.post_id == Post.id).where(Bookmark.actor_id == owner_id)
    )
