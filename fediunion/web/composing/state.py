"""What the form of a post carries, from the page to the server and back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.social.media.service import focus_in
from fediunion.social.posts.service.drafts import (
    MARKDOWN,
    MAX_WRITTEN_CHARACTERS,
    PLAIN,
    AttachmentWords,
    PollDraft,
    PostDraft,
)
from fediunion.social.profiles.posting_defaults import QUOTE_POLICIES
from fediunion.web.forms import Form
from fediunion.web.listing import whole_number
from fediunion.web.rows import moment_in
from fediunion.web.visits import Visit

_MOST_FILES: Final = 16
_MOST_OPTIONS: Final = 10
_LONGEST_POLL_SECONDS: Final = 2_629_746


@dataclass(frozen=True)
class FileState:
    """An upload that the post will have. `focus` is "x,y" as in the API, "" for the middle."""

    file_id: int
    description: str = ""
    focus: str = ""
    kind: str = "image"
    preview: str = ""


@dataclass(frozen=True, kw_only=True)
class ComposeState:
    """A post while it is written. `edit`, `draft` and `scheduled` say what it is already.

    `audience` is "" for the usual one; `at` is a moment in the writer's zone, as the form has it.
    `key` makes sending twice the same as once. `write_as` is the institution that it is written for, None
    for oneself; `shown_as` is whose audiences the form showed.
    """

    text: str = ""
    warning: str = ""
    sensitive: bool = False
    language: str = ""
    audience: str = ""
    markdown: bool = False
    quote_policy: str = ""
    options: Sequence[str] = ()
    poll_multiple: bool = False
    poll_hides: bool = False
    poll_seconds: int = 86_400
    reply: int | None = None
    quote: int | None = None
    edit: int | None = None
    draft: int | None = None
    scheduled: int | None = None
    at: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    files: Sequence[FileState] = ()
    write_as: int | None = None
    shown_as: int | None = None

    def post_draft(self, audience: Audience, now: datetime) -> PostDraft:
        """Return what is to be published. Raises Invalid for what is no language."""
        if self.language and not valid_language_tag(self.language):
            raise Invalid(Sentence("This is no language."), field="language")
        options = [option for option in self.options if option.strip()]
        seconds = min(max(self.poll_seconds, 300), _LONGEST_POLL_SECONDS)
        poll = PollDraft(
            options=options,
            ends_at=now + timedelta(seconds=seconds),
            multiple=self.poll_multiple,
            hides_totals=self.poll_hides,
        )
        return PostDraft(
            text=self.text,
            content_type=self.content_type,
            content_warning=self.warning,
            sensitive=self.sensitive,
            language=self.language or None,
            in_reply_to_id=self.reply,
            quote_of_id=self.quote,
            attachment_ids=[file.file_id for file in self.files],
            quote_policy=self.quote_policy or QUOTE_POLICIES[0],
            audience=audience,
            poll=poll if options else None,
        )

    @property
    def content_type(self) -> str:
        """Return the media type of the text."""
        return MARKDOWN if self.markdown else PLAIN

    @property
    def words(self) -> list[AttachmentWords]:
        """Return what is said about the files."""
        return [
            AttachmentWords(
                attachment_id=file.file_id, description=file.description, focus=focus_in(file.focus)
            )
            for file in self.files
        ]

    def moment(self, visit: Visit) -> datetime | None:
        """Return when it is to be published, None for now. Raises Invalid for what is no moment."""
        return moment_in(self.at, visit, "at")


def read_state(form: Form) -> ComposeState:
    """Return what the form carries; what is no number, or unknown, is left out."""
    gone = set(form.every("remove[]"))
    return ComposeState(
        text=_text(form, "text"),
        warning=_text(form, "warning"),
        sensitive="sensitive" in form,
        language=form.get("language", "")[:35],
        audience=form.get("audience", "") if form.get("audience", "") in list(Audience) else "",
        markdown="markdown" in form,
        quote_policy=form.get("quote_policy", "") if form.get("quote_policy", "") in QUOTE_POLICIES else "",
        options=form.every("option[]")[:_MOST_OPTIONS],
        poll_multiple="poll_multiple" in form,
        poll_hides="poll_hides" in form,
        poll_seconds=whole_number(form.get("poll_seconds", "")) or 86_400,
        reply=whole_number(form.get("reply", "")),
        quote=whole_number(form.get("quote", "")),
        edit=whole_number(form.get("edit", "")),
        draft=whole_number(form.get("draft", "")),
        scheduled=whole_number(form.get("scheduled", "")),
        at=form.get("at", "").strip()[:16],
        write_as=whole_number(form.get("write_as", "")),
        shown_as=whole_number(form.get("shown_as", "")),
        key=form.get("key", "")[:100] or secrets.token_urlsafe(16),
        files=[
            FileState(number, form.get(f"description-{number}", ""), form.get(f"focus-{number}", ""))
            for text in form.every("file[]")[:_MOST_FILES]
            if text not in gone and (number := whole_number(text)) is not None
        ],
    )


def _text(form: Form, name: str) -> str:
    # Browsers end lines as in mail; one more than fits is kept, for the rules to refuse.
    return form.get(name, "").replace("\r\n", "\n")[: MAX_WRITTEN_CHARACTERS + 1]
