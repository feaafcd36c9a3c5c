"""What a member's words contain: mentions, hashtags, attachments; and the parts of a post they become."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.html import text_to_html
from fediunion.kit.markdown import markdown_to_html, prose_of
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import Mention, find_hashtags, find_mentions, normalise_hashtag
from fediunion.social.follows.refusals import blocked_among
from fediunion.social.media.models import Attachment
from fediunion.social.media.service import attach_all, describe, detach_all, replace_thumbnail
from fediunion.social.posts.documents import is_known_outside
from fediunion.social.posts.models import (
    Bookmark,
    Favourite,
    Pin,
    Poll,
    PollVote,
    Post,
    PostEdit,
    PostMention,
    PostTag,
)
from fediunion.social.posts.queries import PostView
from fediunion.social.posts.service.drafts import (
    MARKDOWN,
    PLAIN,
    AttachmentWords,
    Composed,
    UnexpectedMentions,
)
from fediunion.social.posts.service.reach import stays_here

MAX_MENTIONS = 100


@dataclass(frozen=True)
class Written:
    """A text made ready: HTML, hashtags (normalised → as written), and whom the post addresses.

    `named_ids` are those whose name stands in the text; the author of what is replied to is addressed too.
    """

    html: str
    tags: Mapping[str, str]
    addressed: Sequence[Actor] = ()
    named_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def local(self) -> list[Actor]:
        """The addressed members and institutions of this instance."""
        return [actor for actor in self.addressed if actor.local]

    @property
    def remote(self) -> list[Actor]:
        """The addressed actors elsewhere."""
        return [actor for actor in self.addressed if not actor.local]


def as_composed(composed: Composed) -> Written:
    """Return words that are ready already."""
    return Written(composed.html, {normalise_hashtag(name): name for name in composed.hashtags})


def write(
    session: Session,
    author: Actor,
    text: str,
    audience: Audience,
    parent: Post | None,
    content_type: str = PLAIN,
    *,
    allowed: Collection[int] | None = None,
) -> Written:
    """Return the text made ready for an audience.

    A member whom nobody outside may know of is linked only in what stays on the instance; what is for the
    instance addresses nobody elsewhere. Whoever blocks the author, or is blocked, is not addressed; nor is
    whoever is answered without being named, where `allowed` are others.
    Raises Invalid for too many mentions, and for a hidden member's direct post to another server;
    UnexpectedMentions where somebody is named who is not among `allowed`.
    """
    words = prose_of(text) if content_type == MARKDOWN else text
    mentions = find_mentions(words)
    if len(mentions) > MAX_MENTIONS:
        raise Invalid(
            Sentence("A post can mention %(most)s accounts at most.", most=MAX_MENTIONS), field="post"
        )
    named = _named(session, mentions)
    answered = _answered(session, author, audience, parent)
    if answered is not None and allowed is not None and answered.id not in allowed:
        answered = None
    everybody = {actor.id: actor for actor in (*named.values(), *((answered,) if answered else ()))}
    blocked = blocked_among(session, author.id, everybody.keys() - {author.id})
    addressed = {
        row_id: actor
        for row_id, actor in everybody.items()
        if row_id != author.id and row_id not in blocked and (actor.local or audience is not Audience.LOCAL)
    }
    unexpected = [
        actor for row_id, actor in addressed.items() if allowed is not None and row_id not in allowed
    ]
    if unexpected:
        raise UnexpectedMentions(unexpected)
    if audience is Audience.DIRECT and stays_here(author) and not all(a.local for a in addressed.values()):
        raise Invalid(
            Sentence("Members whom nobody outside may know of can write only to members of this instance."),
            field="post",
        )
    stays = audience is Audience.LOCAL or (
        audience is Audience.DIRECT and all(actor.local for actor in addressed.values())
    )
    linked = {
        handle: actor
        for handle, actor in named.items()
        if actor.id not in blocked and (stays or is_known_outside(actor))
    }
    return Written(
        html=_html(session, text, content_type, linked),
        tags={normalise_hashtag(name): name for name in find_hashtags(words)},
        addressed=list(addressed.values()),
        named_ids=frozenset(actor.id for actor in named.values()),
    )


def _answered(session: Session, author: Actor, audience: Audience, parent: Post | None) -> Actor | None:
    """Return whom a reply addresses though it does not name them.

    A direct post that answers what is not direct goes to those whom it names alone.
    """
    if parent is None or parent.author_id == author.id:
        return None
    if audience is Audience.DIRECT and parent.audience != Audience.DIRECT:
        return None
    return find_actor(session, parent.author_id)


def _named(session: Session, mentions: Iterable[Mention]) -> dict[str, Actor]:
    """Return the known actors by handle; a member's handle needs no host, or carries ours."""
    settings = settings_of(session)
    wanted: dict[str, tuple[str, str]] = {}
    for mention in mentions:
        host = mention.host or settings.handle_domain
        if host == settings.web_domain:
            host = settings.handle_domain
        wanted[mention.handle] = (mention.username.lower(), host)
    if not wanted:
        return {}
    found = {
        (actor.username_key, actor.handle_host): actor
        for actor in session.scalars(
            select(Actor).where(
                tuple_(Actor.username_key, Actor.handle_host).in_(sorted(set(wanted.values()))),
                Actor.deleted_at.is_(None),
                Actor.suspended_at.is_(None),
                ~Actor.pending,
            )
        )
    }
    return {handle: found[key] for handle, key in wanted.items() if key in found}


def _html(session: Session, text: str, content_type: str, linked: Mapping[str, Actor]) -> str:
    base = settings_of(session).base_url
    to_html = markdown_to_html if content_type == MARKDOWN else text_to_html
    return to_html(
        text,
        mentions={handle: (actor.uri, actor.url or actor.uri) for handle, actor in linked.items()},
        hashtag_url=lambda name: f"{base}/tags/{normalise_hashtag(name)}",
    )


def html_for_outside(session: Session, view: PostView) -> str:
    """Return the words of a post of ours as HTML that links nobody whom the outside may not know of."""
    addressed = {actor.id for actor in view.addressed}
    linked = {
        handle: actor
        for handle, actor in _named(session, find_mentions(view.post.source)).items()
        if actor.id in addressed and is_known_outside(actor)
    }
    return _html(session, view.post.source, view.post.source_type, linked)


def attach(session: Session, post: Post, author: Actor, attachment_ids: Sequence[int]) -> None:
    """Make these uploads of the author's the attachments of a post. Raises Invalid for others (row M14)."""
    shared = post.audience in (Audience.PUBLIC, Audience.UNLISTED)
    attach_all(session, post.id, author.id, attachment_ids, shared=shared)


def describe_attachments(session: Session, post: Post, described: Iterable[AttachmentWords]) -> None:
    """Change what is said about attachments of a post. Raises Invalid for one that it does not have (M14)."""
    for words in described:
        attachment = session.get(Attachment, words.attachment_id)
        if attachment is None or attachment.post_id != post.id:
            raise Invalid(Sentence("There is no such attachment."), field="attachment_words")
        describe(attachment, description=words.description, focus=words.focus)
        if words.thumbnail is not None:
            replace_thumbnail(session, attachment.id, post.author_id, words.thumbnail)


def add_parts(session: Session, post: Post, written: Written) -> None:
    """Add the mentions and hashtags of its words to a post."""
    session.add_all(
        PostMention(post_id=post.id, actor_id=actor.id, silent=actor.id not in written.named_ids)
        for actor in written.addressed
    )
    session.add_all(
        PostTag(post_id=post.id, name=name, display_name=shown) for name, shown in written.tags.items()
    )


def replace_parts(session: Session, post: Post, written: Written) -> None:
    """Make mentions and hashtags those of the new words."""
    session.execute(delete(PostMention).where(PostMention.post_id == post.id))
    session.execute(delete(PostTag).where(PostTag.post_id == post.id))
    add_parts(session, post, written)


def empty(session: Session, post: Post) -> None:
    """Remove the words of a post and everything that hangs on it."""
    for table in (PostMention, PostTag, PostEdit, Favourite, Bookmark, Pin, Poll, PollVote):
        session.execute(delete(table).where(table.post_id == post.id))
    detach_all(session, post.id)
    post.content = post.source = post.content_warning = post.title = ""
    post.content_map, post.card, post.event, post.emojis, post.extension = {}, {}, {}, [], {}
