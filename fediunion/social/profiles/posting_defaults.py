"""What a member's posts start from, unless the app says otherwise."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import announce
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.members.queries import find_member_of
from fediunion.members.tokens import CACHE as TOKENS
from fediunion.world import CHANGED

QUOTE_POLICIES: Final = ("public", "followers", "nobody")
_KEY: Final = "posting"


@dataclass(frozen=True, kw_only=True)
class PostingDefaults:
    """`audience` is an Audience, "" for the widest that the member's reach allows; `language` a tag or ""."""

    audience: str = ""
    sensitive: bool = False
    language: str = ""
    quote_policy: str = "public"


def posting_defaults(session: Session, actor_id: int) -> PostingDefaults:
    """Return what posts of this actor start from."""
    member = find_member_of(session, actor_id)
    return PostingDefaults() if member is None else defaults_in(member.settings)


def defaults_in(settings: Mapping[str, Any]) -> PostingDefaults:
    """Return what posts start from, of what a member keeps as settings."""
    kept: dict[str, Any] = settings.get(_KEY, {})
    known = {name: value for name, value in kept.items() if name in PostingDefaults.__dataclass_fields__}
    return PostingDefaults(**known)


def change_posting_defaults(
    session: Session,
    actor_id: int,
    *,
    audience: Audience | None = None,
    sensitive: bool | None = None,
    language: str | None = None,
    quote_policy: str | None = None,
) -> None:
    """Change what posts of this member start from; None leaves a thing. Raises Invalid for what is none."""
    if language and not valid_language_tag(language):
        raise Invalid(Sentence("This is no language."), field="posting_language")
    if quote_policy is not None and quote_policy not in QUOTE_POLICIES:
        raise Invalid("This is no quote policy.", field="posting_quote_policy")
    changes: dict[str, Any] = {
        "audience": None if audience is None else str(audience),
        "sensitive": sensitive,
        "language": language,
        "quote_policy": quote_policy,
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    member = find_member_of(session, actor_id)
    if member is None or not changes:
        return
    changed = replace(posting_defaults(session, actor_id), **changes)
    member.settings = {**member.settings, _KEY: asdict(changed)}
    # What a token means is remembered with the defaults of its member.
    announce(session, CHANGED, TOKENS)
