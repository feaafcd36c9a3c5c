"""Create, Update and Delete of posts, as received."""

from datetime import timedelta
from typing import Final

from fediunion.activitypub import vocab
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Irrelevant, Refused
from fediunion.social.posts.inbound.finding import stored_post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service import polls, remote

NEWS_FOR: Final = timedelta(days=1)
"""An Update of a post that we never saw is news for so long, as it is for Mastodon."""


def receive_post(ctx: InboxContext, create: vocab.Create, document: vocab.PostDocument) -> None:
    """Somebody published a post; or voted in a poll of ours, which is a Note that only names an option."""
    if vocab.is_poll_vote(document):
        question = find_post_by_uri(ctx.session, document.in_reply_to or "")
        if question is None or not question.local or question.wire_type != "Question":
            raise Refused("votes in a poll that is not ours", reason="no-such-poll")
        polls.receive_vote(ctx.session, ctx.sender, question, document.name or "", document.id)
        return
    if isinstance(document, vocab.Note) and not document.content and not document.attachments:
        raise Refused("publishes a post without anything in it", reason="empty-post")
    if remote.record_remote_post(ctx.session, ctx.sender, document) is None:
        raise Irrelevant("concerns nobody here")


def receive_edit(ctx: InboxContext, change: vocab.Update, document: vocab.PostDocument) -> None:
    """Somebody edited a post, or its counts changed. An unknown post is stored as if it were new."""
    post = find_post_by_uri(ctx.session, document.id)
    if post is not None:
        remote.record_remote_edit(ctx.session, ctx.sender, post, document)
        return
    if vocab.is_poll_vote(document):
        raise Refused("changes a vote", reason="no-such-poll")
    live = document.published is not None and ctx.now - document.published < NEWS_FOR
    if remote.record_remote_post(ctx.session, ctx.sender, document, live=live) is None:
        raise Irrelevant("concerns nobody here")


def receive_delete(ctx: InboxContext, delete: vocab.Delete, known: KnownUri) -> None:
    """Somebody deleted a post of theirs."""
    remote.forget_remote_post(ctx.session, ctx.sender, stored_post(ctx, known))
