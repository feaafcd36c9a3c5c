"""Whether anybody here has to do with an activity: asked before anything is fetched for it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import is_ours
from fediunion.activitypub.vocab import (
    Activity,
    Add,
    Announce,
    Create,
    Flag,
    PostDocument,
    Update,
)
from fediunion.inbox.queries import KnownThings, list_known

FollowedHere: TypeAlias = Callable[[Session, Collection[str]], Collection[str]]
"""(session, ids of actors): those whom anybody of this instance follows, the reader and the like too."""

SentHere: TypeAlias = Callable[[Session, str], bool]
"""(session, id): whether an activity of somebody here has this id."""

OpenHere: TypeAlias = Callable[[Session, str], bool]
"""(session, id): whether we have this as a post of elsewhere that anybody may read."""

_MOST_ADDRESSED: Final = 200
_FETCHED_WHEN_BELIEVED: Final = (Announce, Add, Create, Update)


@dataclass(frozen=True, slots=True)
class Interest:
    """What people here have to do with some activities: whom they follow, and what is known of the things."""

    followed: frozenset[str]
    known: KnownThings


def find_interest(session: Session, activities: Sequence[Activity], followed_here: FollowedHere) -> Interest:
    """Return what there is to know about who acts in `activities` and what they are about: three queries."""
    followed = followed_here(session, {activity.actor for activity in activities})
    things = [uri for activity in activities for uri in _things(activity)]
    return Interest(frozenset(followed), list_known(session, things))


def indifference(
    activity: Activity, interest: Interest, own_authorities: Collection[str], *, believed: bool
) -> str | None:
    """Return why an activity is worth no fetch, or None where it may be.

    It is worth one where somebody here follows its actor, where it is about something of ours or something
    that we have, and where it is a post for somebody here. What it says about itself is enough to leave it
    alone, and never more than a reason to ask its origin. An Announce is worth none merely because it names
    somebody here: who boosts is read by followers. Source: rows F31, A34; Mastodon,
    `related_to_local_activity?`.
    """
    if believed and not isinstance(activity, _FETCHED_WHEN_BELIEVED):
        return None
    if activity.actor in interest.followed:
        return None
    known = interest.known
    for uri in _things(activity):
        if uri in known.kinds or uri in known.actors or is_ours(uri, own_authorities):
            return None
    if any(is_ours(uri, own_authorities) for uri in _people(activity)):
        return None
    if isinstance(activity, Announce):
        return "nobody here follows the announcer"
    return "it concerns nobody here"


def _things(activity: Activity) -> Iterator[str]:
    """Yield the ids of what an activity is about, and of what that answers or was done to."""
    if isinstance(activity, Flag):
        yield from activity.objects
    about = activity.object
    if about.id:
        yield about.id
    if isinstance(about, Activity):
        yield from _things(about)
    elif isinstance(about, PostDocument) and about.in_reply_to:
        yield about.in_reply_to


def _people(activity: Activity) -> Iterator[str]:
    """Yield whom a post that comes with an activity is for, and who did what a group passes on."""
    about = activity.object
    if isinstance(activity, Announce):
        if isinstance(about, Activity):
            yield about.actor
            yield from _people(about)
        return
    yield from (*activity.to, *activity.cc)[:_MOST_ADDRESSED]
    if isinstance(about, PostDocument):
        yield from (*about.to, *about.cc)[:_MOST_ADDRESSED]
        yield from (mention.href for mention in about.mentions[:_MOST_ADDRESSED])
