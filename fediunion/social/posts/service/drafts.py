"""What somebody wants to publish, and whether it can be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.lengths import counted_length
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.social.media.descriptions import check_uploads_described
from fediunion.social.media.service import Focus, NewThumbnail, most_attachments

MAX_CHARACTERS = 10_000
MAX_WRITTEN_CHARACTERS = 3 * MAX_CHARACTERS
"""What addresses and handles, which count as less than they are, may add to a text."""

MAX_OPTIONS = 10
MAX_OPTION_CHARACTERS = 100
PLAIN, MARKDOWN = "text/plain", "text/markdown"
CONTENT_TYPES = (PLAIN, MARKDOWN)
NOTHING_TO_SAY = Sentence("A post needs words, a picture, a poll or a quote.")


class UnexpectedMentions(Invalid):
    """A post would reach `accounts` that it was not meant for."""

    reason = "unexpected-mentions"

    def __init__(self, accounts: Sequence[Actor]) -> None:
        super().__init__(Sentence("The post names people whom it was not meant for."), field="post")
        self.accounts = accounts


@dataclass(frozen=True, kw_only=True)
class PollTerms:
    """What a poll asks, whenever it ends."""

    options: Sequence[str]
    multiple: bool = False
    hides_totals: bool = False


@dataclass(frozen=True, kw_only=True)
class PollDraft(PollTerms):
    """A poll to be asked; it ends at `ends_at`."""

    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttachmentWords:
    """What is said about an attachment from now on; None leaves a thing as it is."""

    attachment_id: int
    description: str | None = None
    focus: Focus = None
    thumbnail: NewThumbnail | None = None


@dataclass(frozen=True, kw_only=True)
class PostTerms:
    """What a post says, whenever it is published and for whom.

    `quote_policy` says who may quote it: `public`, `followers` or `nobody`. `allowed_mentions` are the ids of
    all whom it may reach by name, None where the author's words alone say whom.
    """

    text: str = ""
    content_type: str = PLAIN
    content_warning: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    quote_of_id: int | None = None
    attachment_ids: Sequence[int] = ()
    quote_policy: str = "public"
    allowed_mentions: Sequence[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Composed:
    """Words that a feature of the union wrote, in the place of typed ones; nobody is mentioned in them.

    `html` is clean HTML, `hashtags` stand in it, `slug` ends the post's id, `url` is the page for people.
    `extension` are more members of the document, as on the wire; its attachments stand before the post's own.
    `expand` are audiences that get it beside those of any post.
    """

    html: str
    slug: str
    url: str
    hashtags: Sequence[str] = ()
    extension: JsonObject = field(default_factory=dict)
    expand: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class PostDraft(PostTerms):
    """What somebody wants to publish. `audience` is a wish: reach and thread are its ceilings."""

    audience: Audience
    poll: PollDraft | None = None
    composed: Composed | None = None


def check_draft(session: Session, draft: PostDraft) -> None:
    """Raise Invalid, naming the field, for what cannot be published."""
    has_more = draft.attachment_ids or draft.poll is not None or draft.quote_of_id or draft.composed
    if not draft.text.strip() and not has_more:
        raise Invalid(NOTHING_TO_SAY, field="post", reason="blank")
    check_content_type(draft.content_type)
    check_words(draft.text, draft.content_warning, draft.language)
    check_attachments(session, draft.attachment_ids)
    check_uploads_described(session, draft.attachment_ids)
    if draft.poll is not None:
        check_poll(session, draft.poll)
        if draft.attachment_ids:
            raise Invalid(Sentence("A post has attachments or a poll, not both."), field="poll")


def check_attachments(session: Session, ids: Sequence[int]) -> None:
    """Raise Invalid for more files than a post can have."""
    most = most_attachments(session)
    if len(ids) > most:
        raise Invalid(
            Sentence("A post can have %(most)s attachments at most.", most=most), field="attachments"
        )


def check_content_type(content_type: str) -> None:
    """Raise Invalid for a media type in which nothing can be written here."""
    if content_type not in CONTENT_TYPES:
        raise Invalid(
            f"What is typed is one of {', '.join(CONTENT_TYPES)}.", field="content_type", reason="inclusion"
        )


def check_words(text: str, content_warning: str, language: str | None) -> None:
    """Raise Invalid for words that cannot be stored, are too many, or are in no language."""
    written = len(text) + len(content_warning)
    if written > MAX_WRITTEN_CHARACTERS or counted_length(text) + len(content_warning) > MAX_CHARACTERS:
        raise Invalid(
            Sentence("A post can have %(most)s characters at most.", most=MAX_CHARACTERS),
            field="post",
            reason="too-long",
        )
    _check_storable(text, "post")
    _check_storable(content_warning, "content_warning")
    if language is not None and not valid_language_tag(language):
        raise Invalid(Sentence("This is no language."), field="language")


def _check_storable(text: str, field: str) -> None:
    if "\x00" in text:
        raise Invalid(Sentence("A text cannot contain the character NUL."), field=field)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(Sentence("A text cannot contain half a character."), field=field) from error


def check_poll(session: Session, poll: PollDraft) -> None:
    """Raise Invalid for a poll that cannot be asked."""
    options = [option.strip() for option in poll.options]
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise Invalid(Sentence("A poll has 2 to %(most)s options.", most=MAX_OPTIONS), field="poll_options")
    for option in options:
        if not 0 < len(option) <= MAX_OPTION_CHARACTERS:
            raise Invalid(
                Sentence("A poll’s option has 1 to %(most)s characters.", most=MAX_OPTION_CHARACTERS),
                field="poll_options",
            )
        _check_storable(option, "poll_options")
    if len(set(options)) != len(options):
        raise Invalid(Sentence("A poll’s options differ from each other."), field="poll_options")
    if poll.ends_at <= now_of(session):
        raise Invalid(Sentence("A poll ends in the future."), field="poll_ends_at")
