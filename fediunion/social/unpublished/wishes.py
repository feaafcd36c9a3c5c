"""What somebody wants to publish later, in a form that can be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from fediunion.activitypub.audience import Audience
from fediunion.social.posts.service.drafts import PLAIN, PollDraft, PostDraft


@dataclass(frozen=True, kw_only=True)
class PollWish:
    """A poll that lasts `seconds` from when it is published."""

    options: Sequence[str]
    seconds: int
    multiple: bool = False
    hides_totals: bool = False


@dataclass(frozen=True, kw_only=True)
class PostWish:
    """A post as somebody wants it. Without an `audience` it is for whom its author usually writes."""

    text: str = ""
    content_type: str = PLAIN
    audience: Audience | None = None
    content_warning: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    quote_of_id: int | None = None
    attachment_ids: Sequence[int] = ()
    poll: PollWish | None = None
    quote_policy: str = "public"

    @classmethod
    def of(cls, draft: PostDraft, now: datetime, *, has_audience: bool) -> "PostWish":
        """Return what `draft`, made just now, says; `has_audience`: its audience was meant."""
        poll = draft.poll
        return cls(
            text=draft.text,
            content_type=draft.content_type,
            audience=draft.audience if has_audience else None,
            content_warning=draft.content_warning,
            sensitive=draft.sensitive,
            language=draft.language,
            in_reply_to_id=draft.in_reply_to_id,
            quote_of_id=draft.quote_of_id,
            attachment_ids=tuple(draft.attachment_ids),
            poll=None
            if poll is None
            else PollWish(
                options=tuple(poll.options),
                seconds=round((poll.ends_at - now).total_seconds()),
                multiple=poll.multiple,
                hides_totals=poll.hides_totals,
            ),
            quote_policy=draft.quote_policy,
        )

    def draft(self, now: datetime, usual: Audience) -> PostDraft:
        """Return what is published now; `usual` is the audience where none was wished."""
        poll = self.poll
        return PostDraft(
            text=self.text,
            content_type=self.content_type,
            audience=self.audience or usual,
            content_warning=self.content_warning,
            sensitive=self.sensitive,
            language=self.language,
            in_reply_to_id=self.in_reply_to_id,
            quote_of_id=self.quote_of_id,
            attachment_ids=self.attachment_ids,
            poll=None
            if poll is None
            else PollDraft(
                options=poll.options,
                ends_at=now + timedelta(seconds=poll.seconds),
                multiple=poll.multiple,
                hides_totals=poll.hides_totals,
            ),
            quote_policy=self.quote_policy,
        )

    def kept(self) -> dict[str, Any]:
        """Return it as JSON, for `wish_in`."""
        return asdict(self)


def wish_in(kept: Mapping[str, Any]) -> PostWish:
    """Return what was kept."""
    audience, poll = kept["audience"], kept["poll"]
    return PostWish(
        **dict(kept)
        | {
            "audience": None if audience is None else Audience(audience),
            "poll": None if poll is None else PollWish(**poll),
        }
    )
