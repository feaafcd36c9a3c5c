"""Before the unit of work: reading the activity, and fetching what it cannot be processed without."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from fediunion.activitypub.authority import (
    authors_of,
    check_activity,
    group_speaks_for,
    is_ours,
    vouches_for_boosted,
    vouches_for_object,
)
from fediunion.activitypub.jsonparse import parse_json
from fediunion.activitypub.parse import parse_activity
from fediunion.activitypub.vocab import (
    Accept,
    Activity,
    ActorDocument,
    Add,
    Announce,
    Create,
    Delete,
    DocumentClaim,
    Ignore,
    Invite,
    Join,
    Leave,
    Link,
    Move,
    Offer,
    QuoteRequest,
    Reject,
    TentativeAccept,
    TentativeReject,
    Undo,
    Update,
)
from fediunion.actors.domains import host_blocked
from fediunion.actors.queries import find_actor_by_uri
from fediunion.inbox.limits import domain_of
from fediunion.inbox.origin import Errand
from fediunion.inbox.queries import KnownThings, ReceivedActivity, list_known
from fediunion.inbox.relevance import OpenHere, SentHere
from fediunion.inbox.turns import Turns
from fediunion.kit.errors import BadDocument, Irrelevant, NotAllowed, Refused
from fediunion.kit.urls import authority_of
from fediunion.world import World

# Only with these does the embedded object say something that is not read from the object itself.
_KEEP_EMBEDDED = (
    *(Create, Update, Undo, Accept, Reject, TentativeAccept, TentativeReject),
    *(Offer, Invite, Join, Leave, Ignore, QuoteRequest),
)

_OF_OURS: Final = "a group passes on what one of ours did"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An activity that can be processed: `activity` is proven or fetched, its actor has a row.

    `as_received` is False where something in it was fetched; such a one is not forwarded.
    """

    received: ReceivedActivity
    activity: Activity
    as_received: bool = True

    @property
    def signed_at(self) -> datetime | None:
        """When the actor signed the activity; None where that is known of something else only."""
        return self.received.signed_at if self.as_received else None


def read_received(received: ReceivedActivity, claims: Sequence[DocumentClaim]) -> Activity:
    """Return the activity of a row; embedded objects that prove nothing are reduced to their ids.

    Raises BadDocument; its `reason` is UNKNOWN_ACTIVITY_TYPE for a type nobody has heard of.
    """
    if received.body is None:
        raise BadDocument("What came was not kept", reason="no-body")
    document = parse_json(received.body.encode())
    return _reduced(parse_activity(document, claims=claims, missing_id=received.uri))


def prepare_at_once(received: ReceivedActivity, activity: Activity, known: KnownThings) -> Prepared | None:
    """Return the activity as it can be processed without the network, or None where that is needed."""
    if not received.believed or activity.actor not in known.actors:
        return None
    if isinstance(activity, Create | Update):
        return Prepared(received, activity) if vouches_for_object(activity) else None
    if _is_about_a_thing(activity):
        if isinstance(activity.object, Activity) or activity.object.id not in known.kinds:
            return None
        activity = _by_id(activity)
    elif isinstance(activity, Move):
        return None
    return Prepared(received, activity)


async def prepare(
    world: World,
    received: ReceivedActivity,
    activity: Activity,
    *,
    sent_here: SentHere | None = None,
    open_here: OpenHere | None = None,
    turns: Turns | None = None,
) -> Prepared:
    """Return the activity as it can be processed, once what is missing was fetched.

    Raises Irrelevant for what is in order and not for us: a group tells all its followers what our members
    did in it, us too (FEP-1b12), in whole or by an id alone, which `sent_here` knows; `open_here` knows what
    anybody may read (see Errand.true_activity). Raises Refused,
    NotAllowed (blocked host), NotFound, Gone, BadDocument for what will never work, Unreachable for what
    may work later, and LetsWait for what those of these `turns` do not wait for.
    """
    own = world.settings.authority
    errand = Errand(world, turns, open_here, cause=domain_of(received.sender_uri))
    received_activity, believed = activity, received.believed
    if isinstance(activity, Announce) and isinstance(activity.object, Activity):
        by_group = await _is_group(world, activity.actor)
        if by_group and is_ours(activity.object.actor, own):
            raise Irrelevant(_OF_OURS)
        believed = believed and by_group and group_speaks_for(activity.actor, activity.object)
        activity = _reduced(activity.object)
        check_activity(activity, own)
    if not believed or (isinstance(activity, Create | Update) and not vouches_for_object(activity)):
        if believed and isinstance(activity.object, ActorDocument):
            activity = replace(activity, object=await errand.fetch(activity.object.id))
        else:
            activity = _reduced(await errand.true_activity(activity))
        check_activity(activity, own)
    if await host_blocked(world, authority_of(activity.actor)):
        raise NotAllowed(f"{authority_of(activity.actor)} is blocked", reason="blocked")
    known = await world.db.read(list_known, [activity.actor, activity.object.id])
    if sent_here is not None and await _passes_on_ours(world, activity, sent_here):
        raise Irrelevant(_OF_OURS)
    if _is_about_a_thing(activity):
        if activity.object.id in known.kinds:
            activity = _by_id(activity)
        elif not (believed and vouches_for_boosted(activity)):
            activity = await _with_object(errand, activity, known)
    if isinstance(activity, Move) and activity.target and not is_ours(activity.target, own):
        await errand.see_actor_again(activity.target)
    if activity.actor not in known.actors and not _is_goodbye(activity):
        await errand.know_actor(activity.actor)
    return Prepared(received, activity, as_received=activity is received_activity)


def _is_about_a_thing(activity: Activity) -> bool:
    """Return whether an activity shows something that has a place of its own: a featured hashtag has none."""
    return isinstance(activity, Announce | Add) and bool(activity.object.id)


async def _with_object(errand: Errand, activity: Activity, known: KnownThings) -> Activity:
    """Return the activity with its object from its own origin, whose author has a row then."""
    found = await errand.fetch(activity.object.id)
    if isinstance(found, Activity):
        raise Refused(f"{found.id} is an activity and not a thing to share", reason="not-an-object")
    for author in authors_of(found)[:1]:
        if author not in known.actors:
            await errand.know_actor(author)
    return replace(activity, object=found)


async def _passes_on_ours(world: World, activity: Activity, sent_here: SentHere) -> bool:
    """Return whether a group announces an activity of one of ours by its id."""
    if not isinstance(activity, Announce) or not is_ours(activity.object.id, world.settings.authority):
        return False
    return await world.db.read(sent_here, activity.object.id) and await _is_group(world, activity.actor)


async def _is_group(world: World, uri: str) -> bool:
    actor = await world.db.read(find_actor_by_uri, uri)
    return actor is not None and actor.wire_type == "Group"


def _reduced(activity: Activity) -> Activity:
    about = activity.object
    if isinstance(activity, _KEEP_EMBEDDED) or isinstance(about, Link) or not about.id:
        return activity
    if isinstance(activity, Announce) and (isinstance(about, Activity) or vouches_for_boosted(activity)):
        return activity
    return _by_id(activity)


def _by_id(activity: Activity) -> Activity:
    """Return the activity with its object named by its id alone."""
    about = activity.object
    if isinstance(about, Link):
        return activity
    return replace(activity, object=Link(id=about.id, type="Link", raw={"id": about.id}))


def _is_goodbye(activity: Activity) -> bool:
    return isinstance(activity, Delete) and activity.object.id == activity.actor
