"""Publishing a new post of ours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import emit, now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotAllowed
from fediunion.kit.ids import new_id, new_slug
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import publish
from fediunion.social.emoji.service import emojis_in
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.posts import documents, policies
from fediunion.social.posts.events import PostQuoted, PostStored
from fediunion.social.posts.kinds import END_POLL
from fediunion.social.posts.models import Poll, Post, PostTag
from fediunion.social.posts.queries import PostView
from fediunion.social.posts.quote_links import with_quote_link
from fediunion.social.posts.service import quotes, texts
from fediunion.social.posts.service.allowing import Rule, check_allowed
from fediunion.social.posts.service.counting import count_post, count_reply
from fediunion.social.posts.service.drafts import PostDraft, check_draft
from fediunion.social.posts.service.reach import is_open, is_shared, narrowed, recipients_of
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.social.posts.service.rows import insert_post
from fediunion.social.posts.visibility import get_visible_post


def publish_post(session: Session, author: Actor, draft: PostDraft) -> Post:
    """Store our post and send it to its audience, which may be narrower than was wished.

    Raises Invalid for a draft that cannot be published, UnexpectedMentions where it would reach others than
    it may, NotFound where the post replied to or quoted is not there for the author, NotAllowed for a
    suspended author.
    """
    return publish_view(session, author, draft).post


def publish_view(session: Session, author: Actor, draft: PostDraft) -> PostView:
    """Do what `publish_post` does, and return the post with all that belongs to it."""
    if author.suspended_at is not None or author.deleted_at is not None:
        raise NotAllowed(Sentence("This account cannot publish."))
    check_draft(session, draft)
    now = now_of(session)
    parent, quoted, audience = _placed(session, author, draft)
    row_id, slug = new_id(now), draft.composed.slug if draft.composed else new_slug()
    written = _written(session, author, draft, audience, parent)
    composed = draft.composed
    base = settings_of(session).base_url
    row: dict[str, Any] = {
        "id": row_id,
        "uri": f"{author.uri}/posts/{slug}",
        "url": f"{base}/@{author.username}/{slug}" if composed is None else composed.url,
        "author_id": author.id,
        "local": True,
        "live": True,
        "slug": slug,
        "wire_type": "Question" if draft.poll else "Note",
        "title": "",
        "content": written.html if quoted is None else with_quote_link(written.html, quoted),
        "content_map": {},
        "source": draft.text,
        "source_type": draft.content_type,
        "content_warning": draft.content_warning.strip(),
        "sensitive": draft.sensitive
        or bool(draft.content_warning.strip())
        or author.sensitized_at is not None,
        "language": draft.language,
        "audience": audience,
        "interaction_policy": policies.policy_for(draft.quote_policy, audience, author),
        "emojis": emojis_in(
            session, draft.text, draft.content_warning, *(draft.poll.options if draft.poll else ())
        ),
        "card": {},
        "event": {},
        "extension": {} if composed is None else composed.extension,
        "in_reply_to_uri": parent.uri if parent else None,
        "in_reply_to_id": parent.id if parent else None,
        "in_reply_to_author_id": parent.author_id if parent else None,
        "thread_id": parent.thread_id if parent else row_id,
        "context_uri": (parent.context_uri if parent else None) or f"{base}/contexts/{slug}",
        "published_at": now,
        "received_at": now,
        "edited_at": None,
        "replies_count": 0,
        "stated_boosts_count": 0,
        "stated_favourites_count": 0,
    }
    post = insert_post(session, row)
    if quoted is not None:
        quotes.start_quote(session, post, author, quoted, {actor.id for actor in written.addressed})
    _add_parts(session, post, author, draft, written)
    count_post(session, author, audience, now)
    if parent is not None:
        count_reply(session, parent, audience)
    session.flush()
    view = _view_of_new(session, post, author, draft, written)
    _send(session, view, written, () if composed is None else composed.expand)
    addressed = [actor.id for actor in written.local]
    readers, tagged = local_follower_ids(session, author.id), bool(written.tags)
    emit(session, PostStored(post, author, readers, addressed, tagged=tagged))
    if quoted is not None and quoted.local and post.quote_state == quotes.ACCEPTED:
        emit(session, PostQuoted(quoted, post))
    return view


def check_mentions(session: Session, author: Actor, draft: PostDraft) -> None:
    """Raise UnexpectedMentions for a draft that would be refused for whom it names, if published now.

    Where a draft does not say whom it may reach nothing is looked up. Raises NotFound and NotAllowed as
    publishing it does.
    """
    if draft.allowed_mentions is not None:
        parent, _, audience = _placed(session, author, draft)
        _written(session, author, draft, audience, parent)


def _placed(session: Session, author: Actor, draft: PostDraft) -> tuple[Post | None, Post | None, Audience]:
    """Return the post that is answered, the one that is quoted, and whom the new one can be for."""
    parent, quoted = _seen(session, author, draft.in_reply_to_id), _seen(session, author, draft.quote_of_id)
    if parent is not None:
        check_allowed(session, parent, author, Rule.REPLY)
    limits = () if parent is None else (Audience(parent.audience),)
    audience = narrowed(author, draft.audience, *limits)
    return parent, quoted, audience if quoted is None else quotes.quote_audience(audience, quoted)


def _written(
    session: Session, author: Actor, draft: PostDraft, audience: Audience, parent: Post | None
) -> texts.Written:
    if draft.composed is not None:
        return texts.as_composed(draft.composed)
    return texts.write(
        session, author, draft.text, audience, parent, draft.content_type, allowed=draft.allowed_mentions
    )


def _view_of_new(
    session: Session, post: Post, author: Actor, draft: PostDraft, written: texts.Written
) -> PostView:
    """Return the new post with its parts. Of a plain one all are at hand: nothing is read back."""
    if draft.attachment_ids or draft.poll is not None:
        return author_view(session, post)
    addressed = sorted(written.addressed, key=lambda actor: actor.id)
    return PostView(
        post=post,
        author=author,
        mentions=[actor for actor in addressed if actor.id in written.named_ids],
        addressed=addressed,
        tags=[
            PostTag(post_id=post.id, name=name, display_name=shown)
            for name, shown in sorted(written.tags.items())
        ],
    )


def _seen(session: Session, author: Actor, post_id: int | None) -> Post | None:
    """Return the post that is answered or quoted; of a boost, what it boosts."""
    if not post_id:
        return None
    viewer = Viewer(author.id, None, is_member=True)
    post = get_visible_post(session, post_id, viewer)
    return post if post.boost_of_id is None else get_visible_post(session, post.boost_of_id, viewer)


def _add_parts(session: Session, post: Post, author: Actor, draft: PostDraft, written: texts.Written) -> None:
    texts.add_parts(session, post, written)
    if draft.attachment_ids:
        texts.attach(session, post, author, draft.attachment_ids)
    if draft.poll is not None:
        session.add(
            Poll(
                post_id=post.id,
                options=[{"name": option.strip(), "votes": 0} for option in draft.poll.options],
                multiple=draft.poll.multiple,
                hides_totals=draft.poll.hides_totals,
                ends_at=draft.poll.ends_at,
            )
        )
        enqueue(session, END_POLL, at=draft.poll.ends_at, key=f"end_poll:{post.id}", post_id=post.id)


def _send(session: Session, view: PostView, written: texts.Written, more: Sequence[str]) -> None:
    post, author = view.post, view.author
    recipients = recipients_of(post, author, [actor.id for actor in written.remote])
    if recipients is None:
        return
    if more and is_open(post):
        recipients = replace(recipients, expand=(*recipients.expand, *more))
    note = render(session, view)
    document = documents.create_document(note, author)
    publish(session, author, document, recipients, public=is_open(post), shared=is_shared(post))
    if post.quote_state == quotes.PENDING:
        quotes.ask_to_quote(session, post, author, note)
