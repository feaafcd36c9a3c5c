"""What is done with posts, as activities: published, changed, deleted, boosted, liked, pinned, voted on."""

from collections.abc import Sequence

from fediunion.activitypub.audience import Audience, addressing_for
from fediunion.activitypub.vocab import PUBLIC, activity_document
from fediunion.actors.models import Actor
from fediunion.kit.clock import format_instant
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.social.posts.documents.notes import told_moment
from fediunion.social.posts.models import Post


def create_document(note: JsonObject, author: Actor) -> JsonObject:
    """Return the Create of a note. Its id is the note's with `/activity`."""
    return activity_document(
        "Create",
        f"{note['id']}/activity",
        author.uri,
        note,
        to=note["to"],
        cc=note["cc"],
    ) | {"published": note["published"]}


def update_document(note: JsonObject, author: Actor, slug: str = "") -> JsonObject:
    """Return an Update of a note: an edit where it has `updated`, else a refresh of counts.

    `slug` is what its id ends in, for who must find it again; else it is a new one.
    """
    return activity_document(
        "Update",
        f"{note['id']}#updates/{slug or new_slug()}",
        author.uri,
        note,
        to=note["to"],
        cc=note["cc"],
    )


def delete_document(post: Post, author: Actor, *, to: Sequence[str]) -> JsonObject:
    """Return the Delete of a post, with a Tombstone."""
    return activity_document(
        "Delete",
        f"{post.uri}#delete",
        author.uri,
        {"id": post.uri, "type": "Tombstone", "formerType": post.wire_type},
        to=list(to),
    )


def announce_document(boost: Post, author: Actor, boosted: Post, boosted_author: Actor) -> JsonObject:
    """Return the Announce that a boost of ours is."""
    to, cc = addressing_for(
        Audience(boost.audience),
        followers_uri=f"{author.uri}/followers",
        mentioned=[boosted_author.uri],
    )
    document = activity_document("Announce", boost.uri, author.uri, boosted.uri, to=to, cc=cc) | {
        "published": format_instant(told_moment(boost.published_at, author))
    }
    if boost.approval_uri is not None:
        document |= {"announceAuthorization": boost.approval_uri, "approvedBy": boost.approval_uri}
    return document


def like_document(uri: str, actor: Actor, post: Post, author: Actor) -> JsonObject:
    """Return the Like that a favourite of ours is. Only the post's author gets it."""
    return activity_document("Like", uri, actor.uri, post.uri, to=[author.uri])


def undo_document(uri: str, actor: Actor, undone: JsonObject) -> JsonObject:
    """Return the taking back of `undone`, an activity of `actor`."""
    return activity_document("Undo", uri, actor.uri, undone, to=undone.get("to", []), cc=undone.get("cc", []))


def vote_document(uri: str, voter: Actor, question: Post, author: Actor, option: str) -> JsonObject:
    """Return the Create of a vote: a Note that names an option and says nothing (trap: never public)."""
    note: JsonObject = {
        "id": uri,
        "type": "Note",
        "name": option,
        "attributedTo": voter.uri,
        "to": [author.uri],
        "inReplyTo": question.uri,
    }
    return activity_document("Create", f"{uri}/activity", voter.uri, note, to=[author.uri])


def pin_document(type: str, uri: str, author: Actor, post: Post) -> JsonObject:
    """Return the Add to, or Remove from, the author's featured collection."""
    return activity_document(
        type,
        uri,
        author.uri,
        post.uri,
        to=[PUBLIC],
        cc=[f"{author.uri}/followers"],
        target=f"{author.uri}/collections/featured",
    )
