"""Which parts of its profile a member wants shown in apps: a wish, kept with the member's settings."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.members.queries import find_member_of

_KEY: Final = "profile"


@dataclass(frozen=True, kw_only=True)
class ProfileTabs:
    """Whether there is a tab of files, whether replies are in it, and a tab of what is featured.

    Source: https://docs.joinmastodon.org/entities/Profile/#show_media
    """

    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True


def tabs_of(session: Session, actor_id: int) -> ProfileTabs:
    """Return what a member wants shown."""
    member = find_member_of(session, actor_id)
    kept: dict[str, Any] = {} if member is None else member.settings.get(_KEY, {})
    return ProfileTabs(**{name: kept[name] for name in ProfileTabs.__dataclass_fields__ if name in kept})


def change_tabs(session: Session, actor_id: int, **wishes: bool | None) -> None:
    """Change what a member wants shown; None leaves a thing."""
    changes = {name: wish for name, wish in wishes.items() if wish is not None}
    member = find_member_of(session, actor_id)
    if member is not None and changes:
        changed = replace(tabs_of(session, actor_id), **changes)
        member.settings = {**member.settings, _KEY: asdict(changed)}
