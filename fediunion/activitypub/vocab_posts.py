"""What people publish: notes, polls, articles, events and media, as other servers send them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from fediunion.activitypub.vocab_objects import EmojiDocument, Object


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachmentDocument:
    """A file or a link that comes with a post.

    `kind` is image, video, audio, document or link; `width` and `height` are pixels; `focal_point` is
    (x, y) from -1 to 1; `duration` is ISO 8601 as received; `rel` belongs to links (FEP-0ea0 `payment`).
    """

    kind: str
    url: str
    media_type: str | None = None
    description: str | None = None
    blurhash: str | None = None
    width: int | None = None
    height: int | None = None
    focal_point: tuple[float, float] | None = None
    preview_url: str | None = None
    duration: str | None = None
    rel: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MentionDocument:
    """Someone named in a post: `href` is the actor's id, `name` what was written (`@bob@good.example`)."""

    href: str
    name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PollOption:
    """One answer of a poll and how many chose it (None where not told)."""

    name: str
    votes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalRule:
    """Who may do a thing at once, and who may after asking: actors, collections or PUBLIC."""

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class InteractionPolicy:
    """What the author allows others; None means that nothing was said (GoToSocial, FEP-044f)."""

    can_like: ApprovalRule | None = None
    can_reply: ApprovalRule | None = None
    can_announce: ApprovalRule | None = None
    can_quote: ApprovalRule | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PostDocument(Object):
    """Anything that is shown as a post. All HTML is as received, not yet cleaned.

    `summary` is a content warning on a Note or Question, an abstract elsewhere. `published` and
    `updated` are None where missing or garbage; the caller clamps them. `url` may be on another host
    than `id`: the caller decides. `hashtags` are without `#`, as spelled. `language` is a BCP 47 tag.
    `attributed_to` has one entry except where several wrote (PeerTube: person first, then channel).
    `quote_uri` is the quoted post in whichever spelling it came; `quote_authorization` is FEP-044f's.
    `content` is HTML even where plain text or Markdown was sent (the text is then shown as it stands).
    """

    type_name: ClassVar[str] = "Object"

    attributed_to: tuple[str, ...] = ()
    content: str | None = None
    content_map: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    media_type: str | None = None
    source: str | None = None
    name: str | None = None
    summary: str | None = None
    sensitive: bool = False
    published: datetime | None = None
    updated: datetime | None = None
    url: str | None = None
    in_reply_to: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience_uris: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[MentionDocument, ...] = ()
    emojis: tuple[EmojiDocument, ...] = ()
    attachments: tuple[AttachmentDocument, ...] = ()
    replies: str | None = None
    reply_uris: tuple[str, ...] = ()
    replies_count: int | None = None
    likes: str | None = None
    likes_count: int | None = None
    shares: str | None = None
    shares_count: int | None = None
    context: str | None = None
    conversation: str | None = None
    quote_uri: str | None = None
    quote_authorization: str | None = None
    interaction_policy: InteractionPolicy | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    location: str | None = None

    @property
    def author(self) -> str | None:
        """The id of the first who is said to have written it."""
        return self.attributed_to[0] if self.attributed_to else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Note(PostDocument):
    """A post."""

    type_name: ClassVar[str] = "Note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question(PostDocument):
    """A poll: `multiple` for `anyOf`; `closed` is when it ended, None while open; `end_time` when it will."""

    type_name: ClassVar[str] = "Question"

    options: tuple[PollOption, ...] = ()
    multiple: bool = False
    closed: datetime | None = None
    voters_count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Article(PostDocument):
    """A long text with a title in `name`."""

    type_name: ClassVar[str] = "Article"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(PostDocument):
    """A thread opener of Lemmy and its kind: title, text, and the link it is about as an attachment."""

    type_name: ClassVar[str] = "Page"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event(PostDocument):
    """Something at a time and place; `attendees` is a collection (FEP-8a8e), the others as Mobilizon."""

    type_name: ClassVar[str] = "Event"

    timezone: str | None = None
    status: str | None = None
    join_mode: str | None = None
    attendees: str | None = None
    participant_count: int | None = None
    maximum_attendees: int | None = None
    online_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Image(PostDocument):
    """A picture published by itself."""

    type_name: ClassVar[str] = "Image"


@dataclass(frozen=True, kw_only=True, slots=True)
class Audio(PostDocument):
    """A recording published by itself."""

    type_name: ClassVar[str] = "Audio"


@dataclass(frozen=True, kw_only=True, slots=True)
class Video(PostDocument):
    """A film published by itself; its files are attachments."""

    type_name: ClassVar[str] = "Video"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownObject(PostDocument):
    """A thing of a type that nobody here knows: kept raw, shown as title, summary and link."""

    type_name: ClassVar[str] = "Unknown"


def is_poll_vote(document: Object) -> bool:
    """Return whether the document is a vote: a Note that names an option of a poll and says nothing.

    Source: Mastodon's `vote_serializer.rb`; GoToSocial, Misskey and Pleroma send the same.
    """
    return (
        isinstance(document, Note)
        and bool(document.name)
        and document.in_reply_to is not None
        and not document.content
        and not document.attachments
    )
