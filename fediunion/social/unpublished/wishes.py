"""What somebody wants to publish later, in a form that can be kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from fediunion.activitypub.audience import Audience
from fediunion.social.posts.service.drafts import PollDraft, PollTerms, PostDraft, PostTerms


@dataclass(frozen=True, kw_only=True)
class PollWish(PollTerms):
    """A poll that lasts `seconds` from when it is published."""

    seconds: int


@dataclass(frozen=True, kw_only=True)
class PostWish(PostTerms):
    """A post as somebody wants it. Without an `audience` it is for whom its author usually writes."""

    audience: Audience | None = None
    poll: PollWish | None = None

    @classmethod
    def of(cls, draft: PostDraft, now: datetime, *, has_audience: bool) -> "PostWish":
        """Return what `draft`, made just now, says; `has_audience`: its audience was meant."""
        wish: PollWish | None = None
        if draft.poll is not None:
            seconds = round((draft.poll.ends_at - now).total_seconds())
            wish = PollWish(**_terms(PollTerms, draft.poll), seconds=seconds)
        audience = draft.audience if has_audience else None
        return cls(**_terms(PostTerms, draft), audience=audience, poll=wish)

    def draft(self, now: datetime, usual: Audience) -> PostDraft:
        """Return what is published now; `usual` is the audience where none was wished."""
        poll: PollDraft | None = None
        if self.poll is not None:
            ends_at = now + timedelta(seconds=self.poll.seconds)
            poll = PollDraft(**_terms(PollTerms, self.poll), ends_at=ends_at)
        return PostDraft(**_terms(PostTerms, self), audience=self.audience or usual, poll=poll)

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


def _terms(kind: type[PollTerms | PostTerms], given: PollTerms | PostTerms) -> dict[str, Any]:
    """Return what `given` has of the fields of `kind`."""
    return {field.name: getattr(given, field.name) for field in fields(kind)}
