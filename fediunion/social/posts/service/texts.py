"""What a member's words contain: mentions, hashtags, attachments; and the parts of a post they become."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.html import text_to_html
from fediunion.kit.text import Mention, find_hashtags, find_mentions, normalise_hashtag
from fediunion.social.follows.queries import is_blocked_between
from fediunion.social.media.models import Attachment
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
from fediunion.social.posts.queries import PostView, views_of

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


def write(session: Session, author: Actor, text: str, audience: Audience, parent: Post | None) -> Written:
    """Return the text made ready for an audience.

    A member whom nobody outside may know of is linked only in what stays on the instance. Whoever blocks
    the author, or is blocked, is not addressed. Raises Invalid for too many mentions.
    """
    mentions = find_mentions(text)
    if len(mentions) > MAX_MENTIONS:
        raise Invalid(f"A post can mention {MAX_MENTIONS} accounts at most.", field="status")
    named = _named(session, mentions)
    stays_here = audience is Audience.LOCAL
    linked: dict[str, tuple[str, str]] = {}
    addressed: dict[int, Actor] = {}
    for handle, actor in named.items():
        if actor.id != author.id and is_blocked_between(session, author.id, actor.id):
            continue
        if stays_here or is_known_outside(actor) or audience is Audience.DIRECT:
            linked[handle] = (actor.uri, actor.url or actor.uri)
        if actor.id != author.id:
            addressed[actor.id] = actor
    if audience is Audience.DIRECT and any(not actor.local for actor in addressed.values()):
        linked = {handle: link for handle, link in linked.items() if is_known_outside(named[handle])}
    named_ids = frozenset(addressed)
    if parent is not None and parent.author_id != author.id and audience is not Audience.DIRECT:
        answered = find_actor(session, parent.author_id)
        if answered is not None and not is_blocked_between(session, author.id, answered.id):
            addressed.setdefault(answered.id, answered)
    base = settings_of(session).base_url
    hashtags = find_hashtags(text)
    return Written(
        html=text_to_html(
            text, mentions=linked, hashtag_url=lambda name: f"{base}/tags/{normalise_hashtag(name)}"
        ),
        tags={normalise_hashtag(name): name for name in hashtags},
        addressed=list(addressed.values()),
        named_ids=named_ids,
    )


def _named(session: Session, mentions: Iterable[Mention]) -> dict[str, Actor]:
    """Return the known actors by handle; a member's handle needs no host, or carries ours."""
    settings = settings_of(session)
    found: dict[str, Actor] = {}
    for mention in mentions:
        host = mention.host or settings.handle_domain
        if host == settings.web_domain:
            host = settings.handle_domain
        actor = session.scalar(
            select(Actor).where(
                Actor.username_key == mention.username.lower(),
                Actor.handle_host == host,
                Actor.deleted_at.is_(None),
                Actor.suspended_at.is_(None),
            )
        )
        if actor is not None:
            found[mention.handle] = actor
    return found


def attach(session: Session, post: Post, author: Actor, attachment_ids: Sequence[int]) -> None:
    """Attach the author's own uploads. Raises Invalid for another's, or one that is in use (row M14)."""
    for position, attachment_id in enumerate(attachment_ids):
        attachment = session.get(Attachment, attachment_id)
        if attachment is None or attachment.owner_id != author.id or attachment.post_id is not None:
            raise Invalid("There is no such attachment.", field="media_ids")
        attachment.post_id, attachment.position = post.id, position


def replace_parts(session: Session, post: Post, written: Written) -> None:
    """Make mentions and hashtags those of the new words."""
    session.execute(delete(PostMention).where(PostMention.post_id == post.id))
    session.execute(delete(PostTag).where(PostTag.post_id == post.id))
    session.add_all(
        PostMention(post_id=post.id, actor_id=actor.id, silent=actor.id not in written.named_ids)
        for actor in written.addressed
    )
    session.add_all(
        PostTag(post_id=post.id, name=name, display_name=shown) for name, shown in written.tags.items()
    )


def author_view(session: Session, post: Post, author: Actor) -> PostView:
    """Return our post with all its parts, as its author sees it."""
    return views_of(session, [post.id], Viewer(author.id, None, is_member=True))[0]


def empty(session: Session, post: Post) -> None:
    """Remove the words of a post and everything that hangs on it."""
    for table in (PostMention, PostTag, PostEdit, Favourite, Bookmark, Pin, Poll, PollVote):
        session.execute(delete(table).where(table.post_id == post.id))
    session.execute(update(Attachment).where(Attachment.post_id == post.id).values(post_id=None))
    post.content = post.source = post.content_warning = post.title = ""
    post.content_map, post.card, post.event, post.emojis = {}, {}, {}, []
