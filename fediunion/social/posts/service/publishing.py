"""Writing posts: what a member's words become, who gets them, and how they are taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, narrower
from fediunion.activitypub.vocab import JsonObject
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.viewer import Viewer
from fediunion.db import announce, emit, now_of, settings_of
from fediunion.db.known_uris import bury_uri, remember_uri
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.ids import new_id, new_slug
from fediunion.outbox.publish import Recipients, publish, withdraw_unsent
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.posts import documents
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored
from fediunion.social.posts.models import Poll, Post, PostMention, PostTag
from fediunion.social.posts.queries import PostView, find_post
from fediunion.social.posts.service import quotes, texts
from fediunion.social.posts.service.edits import keep_version
from fediunion.social.posts.visibility import get_visible_post

MAX_CHARACTERS = 10_000
MAX_ATTACHMENTS = 4
MAX_OPTIONS = 10
MAX_OPTION_CHARACTERS = 100


@dataclass(frozen=True, kw_only=True)
class PollDraft:
    """A poll to be asked; it ends at `ends_at`."""

    options: Sequence[str]
    ends_at: datetime
    multiple: bool = False
    hides_totals: bool = False


@dataclass(frozen=True, kw_only=True)
class PostDraft:
    """What somebody wants to publish. `audience` is a wish: reach and thread are its ceilings."""

    text: str = ""
    audience: Audience
    content_warning: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    quote_of_id: int | None = None
    attachment_ids: Sequence[int] = ()
    poll: PollDraft | None = None


def ceiling_of(author: Actor) -> Audience:
    """Return the widest audience of an author: a member's reach decides it, institutions are public."""
    if author.kind != ActorKind.MEMBER:
        return Audience.PUBLIC
    widest = {Reach.PUBLIC: Audience.PUBLIC, Reach.FOLLOWABLE: Audience.FOLLOWERS}
    return widest.get(Reach(author.reach), Audience.LOCAL)


def publish_post(session: Session, author: Actor, draft: PostDraft) -> Post:
    """Store our post and send it to its audience, which may be narrower than was wished (decision 8).

    Raises Invalid for a draft that cannot be published, NotFound where the post replied to is not there
    for the author.
    """
    _check(session, draft)
    now = now_of(session)
    viewer = Viewer(author.id, None, is_member=True)
    parent = get_visible_post(session, draft.in_reply_to_id, viewer) if draft.in_reply_to_id else None
    quoted = get_visible_post(session, draft.quote_of_id, viewer) if draft.quote_of_id else None
    audience = narrower(draft.audience, ceiling_of(author))
    if parent is not None:
        audience = narrower(audience, Audience(parent.audience))
    row_id, slug = new_id(now), new_slug()
    written = texts.write(session, author, draft.text, audience, parent)
    if draft.audience is Audience.DIRECT and ceiling_of(author) is Audience.LOCAL and written.remote:
        raise Invalid(
            "Members whom nobody outside may know of can write only to members of this instance.",
            field="status",
        )
    base = settings_of(session).base_url
    post = Post(
        id=row_id,
        uri=f"{author.uri}/posts/{slug}",
        url=f"{base}/@{author.username}/{slug}",
        author_id=author.id,
        local=True,
        slug=slug,
        wire_type="Question" if draft.poll else "Note",
        content=written.html,
        source=draft.text,
        content_warning=draft.content_warning.strip(),
        sensitive=draft.sensitive or bool(draft.content_warning.strip()),
        language=draft.language,
        audience=audience,
        in_reply_to_uri=parent.uri if parent else None,
        in_reply_to_id=parent.id if parent else None,
        in_reply_to_author_id=parent.author_id if parent else None,
        thread_id=parent.thread_id if parent else row_id,
        context_uri=(parent.context_uri if parent else None) or f"{base}/contexts/{slug}",
        published_at=now,
        received_at=now,
    )
    if quoted is not None:
        quotes.start_quote(session, post, author, quoted)
    session.add(post)
    remember_uri(session, post.uri, "post", post.id)
    _add_parts(session, post, author, draft, written)
    author.posts_count += 1
    author.last_posted_at = now
    if parent is not None:
        parent.replies_count += 1
    session.flush()
    _send_new(session, post, author, written)
    emit(
        session,
        PostStored(post, author, local_follower_ids(session, author.id), [a.id for a in written.local]),
    )
    return post


def _check(session: Session, draft: PostDraft) -> None:
    if not draft.text.strip() and not draft.attachment_ids and draft.poll is None:
        raise Invalid("A post needs words, a picture or a poll.", field="status")
    if len(draft.text) + len(draft.content_warning) > MAX_CHARACTERS:
        raise Invalid(f"A post can have {MAX_CHARACTERS} characters at most.", field="status")
    if "\x00" in draft.text or "\x00" in draft.content_warning:
        raise Invalid("A post cannot contain the character NUL.", field="status")
    if len(draft.attachment_ids) > MAX_ATTACHMENTS:
        raise Invalid(f"A post can have {MAX_ATTACHMENTS} attachments at most.", field="media_ids")
    if draft.poll is not None:
        _check_poll(session, draft.poll)
        if draft.attachment_ids:
            raise Invalid("A post has attachments or a poll, not both.", field="poll")


def _check_poll(session: Session, poll: PollDraft) -> None:
    options = [option.strip() for option in poll.options]
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise Invalid(f"A poll has 2 to {MAX_OPTIONS} options.", field="poll[options]")
    if any(not option or len(option) > MAX_OPTION_CHARACTERS for option in options):
        raise Invalid(f"A poll's option has 1 to {MAX_OPTION_CHARACTERS} characters.", field="poll[options]")
    if len(set(options)) != len(options):
        raise Invalid("A poll's options differ from each other.", field="poll[options]")
    if poll.ends_at <= now_of(session):
        raise Invalid("A poll ends in the future.", field="poll[expires_in]")


def _add_parts(session: Session, post: Post, author: Actor, draft: PostDraft, written: texts.Written) -> None:
    session.add_all(
        PostMention(post_id=post.id, actor_id=actor.id, silent=actor.id not in written.named_ids)
        for actor in written.addressed
    )
    session.add_all(
        PostTag(post_id=post.id, name=name, display_name=shown) for name, shown in written.tags.items()
    )
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
        enqueue(session, "posts.end_poll", at=draft.poll.ends_at, key=f"end_poll:{post.id}", post_id=post.id)


def _send_new(session: Session, post: Post, author: Actor, written: texts.Written) -> None:
    recipients = recipients_of(post, [actor.id for actor in written.remote])
    if recipients is None:
        return
    view = texts.author_view(session, post, author)
    note = render(session, view)
    document = documents.create_document(note, author)
    publish(session, author, document, recipients, public=is_open(post), shared=is_shared(post))
    if post.quote_state == quotes.PENDING:
        quotes.ask_to_quote(session, post, author, note)


def render(session: Session, view: PostView) -> JsonObject:
    """Return our post as it goes out."""
    network_uri = f"{settings_of(session).base_url}/actors/union/network"
    return documents.note_document(view, parent_uri=view.post.in_reply_to_uri, network_uri=network_uri)


def is_open(post: Post) -> bool:
    """Return whether anyone may read the post."""
    return Audience(post.audience).is_public


def is_shared(post: Post) -> bool:
    """Return whether a host's shared inbox may take the post."""
    return post.audience in (Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS)


def recipients_of(post: Post, remote_ids: Sequence[int]) -> Recipients | None:
    """Return who outside gets the post, or None where it stays here."""
    match Audience(post.audience):
        case Audience.LOCAL:
            return None
        case Audience.DIRECT:
            return Recipients(actor_ids=tuple(remote_ids)) if remote_ids else None
        case Audience.NETWORK:
            return Recipients(expand=("network",))
        case _:
            return Recipients(actor_ids=tuple(remote_ids), expand=("followers",))


def edit_post(
    session: Session,
    author: Actor,
    post: Post,
    *,
    text: str,
    content_warning: str,
    sensitive: bool,
    language: str | None,
) -> None:
    """Change the words of our post; the old version is kept, everybody who may hold it is told.

    Somebody newly mentioned gets the new version only; somebody no longer mentioned gets a Delete (V26).
    Raises NotAllowed for another's post, Invalid for words that cannot be published.
    """
    if post.author_id != author.id or post.deleted_at is not None or post.boost_of_id is not None:
        raise NotAllowed("Only the author can edit a post.")
    _check(session, PostDraft(text=text or " x", audience=Audience(post.audience)))
    keep_version(session, post)
    before = {actor.id: actor for actor in texts.author_view(session, post, author).addressed}
    parent = find_post(session, post.in_reply_to_id) if post.in_reply_to_id else None
    written = texts.write(session, author, text, Audience(post.audience), parent)
    post.content, post.source = written.html, text
    post.content_warning = content_warning.strip()
    post.sensitive = sensitive or bool(post.content_warning)
    post.language = language or post.language
    post.edited_at = now_of(session)
    texts.replace_parts(session, post, written)
    session.flush()
    tell_edit(session, author, post)
    gone = [a.id for i, a in before.items() if not a.local and i not in {w.id for w in written.addressed}]
    if gone and post.audience == Audience.DIRECT:
        publish(
            session,
            author,
            documents.delete_document(post, author) | {"id": f"{post.uri}#delete/{new_slug()}"},
            Recipients(actor_ids=tuple(gone)),
        )
    announce(session, "changed", "posts")
    emit(session, PostEdited(post))


def withdraw_post(session: Session, author: Actor, post: Post) -> None:
    """Delete our post or boost everywhere: a Delete goes to everybody who may hold it (L35).

    Raises NotAllowed for another's post.
    """
    if post.author_id != author.id:
        raise NotAllowed("Only the author can delete a post.")
    if post.deleted_at is not None:
        return
    withdraw_unsent(session, post.uri)
    if post.audience != Audience.LOCAL:
        view = texts.author_view(session, post, author)
        remote_ids = [actor.id for actor in view.addressed if not actor.local]
        recipients = recipients_of(post, remote_ids) or Recipients()
        publish(
            session,
            author,
            documents.delete_document(post, author),
            Recipients(recipients.actor_ids, (), (*recipients.expand, f"holders:{post.uri}")),
            shared=is_shared(post),
        )
    remove_post(session, post)
    author.posts_count = max(0, author.posts_count - 1)


def remove_post(session: Session, post: Post) -> None:
    """Take a post out of everything: it keeps its id as a tombstone, its words are gone."""
    post.deleted_at = now_of(session)
    emit(session, PostRemoved(post))
    texts.empty(session, post)
    bury_uri(session, post.uri)
    if post.in_reply_to_id is not None:
        session.execute(
            update(Post)
            .where(Post.id == post.in_reply_to_id, Post.replies_count > 0)
            .values(replies_count=Post.replies_count - 1)
        )
    announce(session, "changed", "posts")


def tell_edit(session: Session, author: Actor, post: Post) -> None:
    """Send our post as it is now to everybody who may hold it."""
    view = texts.author_view(session, post, author)
    recipients = recipients_of(post, [actor.id for actor in view.addressed if not actor.local])
    if recipients is None:
        return
    document = documents.update_document(render(session, view), author)
    holders = () if post.audience == Audience.DIRECT else (f"holders:{post.uri}",)
    publish(
        session,
        author,
        document,
        Recipients(recipients.actor_ids, recipients.inboxes, (*recipients.expand, *holders)),
        public=is_open(post),
        shared=is_shared(post),
    )
