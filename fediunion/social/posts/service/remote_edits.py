"""What changes in a stored remote post: its words, its counts, what it quotes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import PostDocument, Question
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.social.media.models import Attachment
from fediunion.social.posts.kinds import END_POLL
from fediunion.social.posts.models import Poll, PollVote, Post, PostEdit, PostMention, PostTag
from fediunion.social.posts.service import remote_rows
from fediunion.social.posts.service.edits import keep_version
from fediunion.social.posts.service.remote_parts import (
    add_parts,
    check_quote,
    is_edit,
    poll_columns,
    quote_of,
    words_of,
)
from fediunion.social.posts.service.tallies import keep_votes_home


def newer_version(session: Session, post: Post, document: PostDocument) -> datetime | None:
    """Return since when the post reads as the document says; None where that is no news to us (row A08)."""
    if document.updated is None or not is_edit(document):
        return None
    if document.updated <= (post.edited_at or post.published_at):
        return None
    return min(document.updated, now_of(session))


def is_older(post: Post, document: PostDocument) -> bool:
    """Return whether the document says of itself that it was written before what we have."""
    return document.updated is not None and post.edited_at is not None and document.updated < post.edited_at


def keep_earlier_version(session: Session, post: Post, document: PostDocument) -> None:
    """Keep how the post read before an edit that overtook it on its way (row L20)."""
    written_at = document.updated or document.published
    if written_at is None or post.edited_at is None or post.deleted_at is not None:
        return
    if written_at >= post.edited_at or post.audience not in ("public", "unlisted"):
        return
    known = select(PostEdit.id).where(PostEdit.post_id == post.id, PostEdit.written_at == written_at)
    if session.scalar(known.limit(1)) is not None:
        return
    words = words_of(document)
    session.add(
        PostEdit(
            post_id=post.id,
            content=words["content"],
            content_warning=words["content_warning"],
            sensitive=words["sensitive"],
            source="",
            title=words["title"],
            attachments=[],
            poll_options=[option.name for option in document.options]
            if isinstance(document, Question)
            else [],
            written_at=written_at,
        )
    )


def refresh_counts(session: Session, post: Post, document: PostDocument) -> None:
    """Take over what the post's own server counts: likes, shares, and the tally of a poll."""
    if document.likes_count is not None:
        post.stated_favourites_count = document.likes_count
    if document.shares_count is not None:
        post.stated_boosts_count = document.shares_count
    poll = session.get(Poll, post.id)
    if poll is None or not isinstance(document, Question):
        return
    fresh = poll_columns(document)
    if _names(fresh["options"]) != _names(poll.options):
        return
    poll.options, poll.voters_count, poll.ends_at = fresh["options"], fresh["voters_count"], fresh["ends_at"]
    if document.closed is not None and poll.closed_at is None:
        enqueue(session, END_POLL, key=f"end_poll:{post.id}", post_id=post.id)


def renew_quote(session: Session, post: Post, document: PostDocument) -> None:
    """Note another quote, none any more, or the consent that came meanwhile: it is checked anew (row A31)."""
    told = quote_of(document)
    uri, authorization = told.get("quote_uri"), told.get("quote_authorization_uri")
    if uri == post.quote_uri and (authorization is None or authorization == post.quote_authorization_uri):
        return
    if uri == post.quote_uri and post.quote_state == "accepted":
        return
    if uri != post.quote_uri:
        post.quote_of_id = None
    post.quote_uri, post.quote_authorization_uri = uri, authorization
    post.quote_state = told.get("quote_state", "")
    if uri is not None:
        check_quote(session, post)


def rewrite(
    session: Session,
    post: Post,
    document: PostDocument,
    edited_at: datetime,
    addressed: Sequence[Actor],
    named_uris: frozenset[str],
) -> bool:
    """Replace the words and parts of a stored post, keeping the earlier version.

    Return whether somebody is addressed who was not before.
    """
    keep_version(session, post)
    for column, value in words_of(document).items():
        setattr(post, column, value)
    post.edited_at = edited_at
    before = set(session.scalars(select(PostMention.actor_id).where(PostMention.post_id == post.id)))
    for table in (PostMention, PostTag, Attachment):
        session.execute(delete(table).where(table.post_id == post.id))
    poll = session.get(Poll, post.id)
    stays_home = poll is not None and poll.stays_home
    if poll is not None:
        fresh = poll_columns(document) if isinstance(document, Question) else None
        if fresh is None or _names(fresh["options"]) != _names(poll.options):
            # Other options are another question: the votes in the old one say nothing about it.
            session.execute(delete(PollVote).where(PollVote.post_id == post.id))
        session.delete(poll)
        session.flush()
    remote_rows.insert_mentions(session, post.id, addressed, named_uris)
    add_parts(session, post, document)
    if stays_home:
        keep_votes_home(session, post.id)
    return bool({actor.id for actor in addressed} - before)


def _names(options: Sequence[dict[str, object]]) -> list[object]:
    return [option["name"] for option in options]
