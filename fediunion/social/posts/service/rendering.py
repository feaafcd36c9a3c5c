"""Our posts as they go out: what of a post others may learn is decided here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import settings_of
from fediunion.kit.json import JsonObject
from fediunion.social.posts import documents
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import PostView, find_post, own_view
from fediunion.social.posts.quote_links import with_quote_link, without_quote_link
from fediunion.social.posts.service import texts


def author_view(session: Session, post: Post) -> PostView:
    """Return our post with all its parts, as its author sees it."""
    return own_view(session, post)


def render(session: Session, view: PostView) -> JsonObject:
    """Return our post as Note or Question, without what nobody outside may know.

    What it answers or quotes is not named where its author is hidden now, nor is a hidden member linked;
    replies are counted as far as everybody may see them (row V04).
    """
    post = view.post
    quote_uri = _known_uri(session, post.quote_of_id, post.quote_uri)
    content = _content(session, view)
    return documents.note_document(
        view,
        content=content if quote_uri or not post.quote_uri else without_quote_link(content),
        parent_uri=_known_uri(session, post.in_reply_to_id, post.in_reply_to_uri),
        quote_uri=quote_uri,
        network_uri=f"{settings_of(session).base_url}/actors/union/network",
        replies_count=post.replies_count,
    )


def _content(session: Session, view: PostView) -> str:
    """Return the HTML; written anew where somebody whom it links has become hidden since."""
    if all(documents.is_known_outside(actor) for actor in view.addressed):
        return view.post.content
    words = texts.html_for_outside(session, view)
    quoted = find_post(session, view.post.quote_of_id) if view.post.quote_of_id else None
    return words if quoted is None else with_quote_link(words, quoted)


def _known_uri(session: Session, post_id: int | None, uri: str | None) -> str | None:
    if post_id is None:
        return uri
    author = session.scalar(
        select(Actor).join(Post, Post.author_id == Actor.id).where(Post.id == post_id, Actor.local.is_(True))
    )
    return uri if author is None or documents.is_known_outside(author) else None
