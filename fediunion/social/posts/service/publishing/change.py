"""Changing a post of ours."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import announce, emit, now_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.ids import new_slug
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import HOLDERS, Recipients, publish
from fediunion.social.emoji.service import emojis_in
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.media.descriptions import check_post_described
from fediunion.social.media.models import Attachment
from fediunion.social.posts import documents, policies
from fediunion.social.posts.events import PostEdited
from fediunion.social.posts.models import Poll, PollVote, Post
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.quote_links import with_quote_link
from fediunion.social.posts.service import texts
from fediunion.social.posts.service.counting import lock_post
from fediunion.social.posts.service.drafts import (
    NOTHING_TO_SAY,
    AttachmentWords,
    PollDraft,
    check_attachments,
    check_content_type,
    check_words,
)
from fediunion.social.posts.service.edits import forget_versions, keep_version
from fediunion.social.posts.service.polls import change_poll
from fediunion.social.posts.service.reach import is_open, is_shared, reached_ids, recipients_of
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.world import CHANGED


def edit_post(
    session: Session,
    author: Actor,
    post: Post,
    *,
    text: str,
    content_warning: str,
    sensitive: bool,
    language: str | None,
    content_type: str | None = None,
    attachment_ids: Sequence[int] | None = None,
    described: Sequence[AttachmentWords] = (),
    quote_policy: str | None = None,
    poll_draft: PollDraft | None = None,
) -> None:
    """Change the words of our post; the old version is kept, everybody who may hold it is told.

    Somebody newly mentioned gets the new version only, also of the history where not everybody may read
    it; somebody no longer mentioned, who may not read it otherwise, gets a Delete (row V26).
    `attachment_ids` are the files that it has from now on, None leaves them; `described` says what
    becomes of their descriptions. `content_type` is that of the text, None the one of the text before.
    `quote_policy` says who may quote it from now on, None leaves that. `poll_draft` is what its poll asks
    from now on, None leaves that; votes for something else are forgotten.
    Raises NotAllowed for another's post, Invalid for words that cannot be published.
    """
    lock_post(session, post.id)
    session.refresh(post, ["deleted_at"])
    check_own(author, post)
    if post.extension:
        raise NotAllowed(
            Sentence("This post tells of something else: edit that."), reason="tells-of-something"
        )
    content_type = content_type or post.source_type
    check_content_type(content_type)
    check_words(text, content_warning, language)
    check_attachments(session, attachment_ids or ())
    quoted = find_post(session, post.quote_of_id) if post.quote_of_id else None
    if not text.strip() and quoted is None and not _has_more_than_words(session, post, attachment_ids):
        raise Invalid(NOTHING_TO_SAY, field="post", reason="blank")
    before = {actor.id: actor for actor in author_view(session, post).addressed}
    parent = find_post(session, post.in_reply_to_id) if post.in_reply_to_id else None
    written = texts.write(session, author, text, Audience(post.audience), parent, content_type)
    after = {actor.id for actor in written.addressed}
    keep_version(session, post)
    if not is_open(post) and after - before.keys():
        forget_versions(session, post)
    post.content = written.html if quoted is None else with_quote_link(written.html, quoted)
    post.source, post.source_type = text, content_type
    post.content_warning = content_warning.strip()
    post.sensitive = sensitive or bool(post.content_warning) or author.sensitized_at is not None
    post.language = language or post.language
    asks_else = poll_draft is not None and change_poll(session, post, poll_draft)
    poll = session.get(Poll, post.id)
    options = [] if poll is None else [str(option["name"]) for option in poll.options]
    post.emojis = emojis_in(session, text, post.content_warning, *options)
    post.edited_at = now_of(session)
    if quote_policy is not None:
        post.interaction_policy = policies.policy_for(quote_policy, Audience(post.audience), author)
    texts.replace_parts(session, post, written)
    if attachment_ids is not None:
        texts.attach(session, post, author, attachment_ids)
    texts.describe_attachments(session, post, described)
    session.flush()
    check_post_described(session, post.id)
    tell_edit(session, author, post)
    if asks_else:
        # Not before: those who voted are told that they can do so again.
        session.execute(delete(PollVote).where(PollVote.post_id == post.id))
    _tell_gone(session, author, post, [actor for row_id, actor in before.items() if row_id not in after])
    announce(session, CHANGED, "posts")
    emit(session, PostEdited(post))


def check_own(author: Actor, post: Post) -> None:
    """Raise NotAllowed unless the post is there and is the author's own."""
    if post.author_id != author.id or post.deleted_at is not None or post.boost_of_id is not None:
        raise NotAllowed(Sentence("Only the author can change a post."))


def change_quote_policy(session: Session, author: Actor, post: Post, quotes: str) -> None:
    """Let `public`, `followers` or `nobody` quote our post from now on; quotes that there are, stay.

    Everybody who may hold the post is told. Raises NotAllowed for another's post.
    """
    lock_post(session, post.id)
    session.refresh(post, ["deleted_at"])
    check_own(author, post)
    policy = policies.policy_for(quotes, Audience(post.audience), author)
    if policy == post.interaction_policy:
        return
    post.interaction_policy = policy
    session.flush()
    tell_edit(session, author, post)
    announce(session, CHANGED, "posts")


def _has_more_than_words(session: Session, post: Post, attachment_ids: Sequence[int] | None) -> bool:
    if attachment_ids is not None:
        return bool(attachment_ids) or session.get(Poll, post.id) is not None
    picture = select(Attachment.id).where(Attachment.post_id == post.id).limit(1)
    return session.get(Poll, post.id) is not None or session.scalar(picture) is not None


def tell_edit(session: Session, author: Actor, post: Post, more: Sequence[str] = ()) -> None:
    """Send our post as it is now to those who may read it; what everybody may read, to all who hold it.

    `more` are audiences that get what everybody may read beside those of any post.
    """
    view = author_view(session, post)
    recipients = recipients_of(post, author, [actor.id for actor in view.addressed if not actor.local])
    if recipients is None:
        return
    document = documents.update_document(render(session, view), author)
    holders = (*more, f"{HOLDERS}:{post.uri}") if is_open(post) else ()
    publish(
        session,
        author,
        document,
        Recipients((*recipients.actor_ids, *reached_ids(session, post)), (), (*recipients.expand, *holders)),
        public=is_open(post),
        shared=is_shared(post),
    )


def _tell_gone(session: Session, author: Actor, post: Post, gone: Sequence[Actor]) -> None:
    """Delete a private post at those who may read it no longer.

    Not on a server where somebody else still may: the Delete would take it from them as well, and the
    Update that they got says who may read it.
    """
    gone = [actor for actor in gone if not actor.local]
    if not gone or post.audience not in (Audience.DIRECT, Audience.FOLLOWERS):
        return
    left = {actor.host for actor in author_view(session, post).addressed if not actor.local}
    if post.audience == Audience.FOLLOWERS:
        left |= set(
            session.scalars(
                select(Actor.host)
                .join(Follow, Follow.follower_id == Actor.id)
                .where(
                    Follow.followed_id == author.id,
                    Follow.state == FollowState.ACCEPTED,
                    Actor.host.in_([actor.host for actor in gone]),
                )
            )
        )
    told = [actor for actor in gone if actor.host not in left]
    if told:
        document = documents.delete_document(post, author, to=[actor.uri for actor in told])
        document["id"] = f"{post.uri}#delete/{new_slug()}"
        publish(session, author, document, Recipients(actor_ids=tuple(actor.id for actor in told)))
