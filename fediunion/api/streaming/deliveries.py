"""How each kind of event reaches those who listen: who is asked first, then each view is made once."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.viewer import Viewer
from fediunion.api.auth import Caller, allows
from fediunion.api.endpoint import Call
from fediunion.api.mastodon.announcements import announcement_entities
from fediunion.api.mastodon.conversations import conversation_entities, load_conversations
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.fragments import statuses_of
from fediunion.api.mastodon.notifications import (
    GatheredNotifications,
    gather_notifications,
    notification_entities,
)
from fediunion.api.params import Params
from fediunion.api.streaming.audience import (
    Gone,
    Present,
    gone_of,
    listeners_of,
    live_tokens,
    participants_of,
    reach_of,
    recipients_of,
    stands_in,
)
from fediunion.api.streaming.channels import (
    DIRECT,
    HASHTAGS,
    LIST,
    NOTIFICATIONS,
    PUBLIC,
    USER,
    Channel,
)
from fediunion.api.streaming.hub import Hub
from fediunion.api.streaming.subscriber import Outgoing, Subscriber
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.announcements.queries import count_reaction, get_shown, views_of
from fediunion.social.filters.screens import filter_owners
from fediunion.social.notifications.queries import get_notification
from fediunion.social.timelines.messages import Happening, Kind
from fediunion.social.timelines.queries.readers import PublicPlace
from fediunion.world import World

_POSTS: Final = (USER, LIST, *PUBLIC, *HASHTAGS)
_EVERYBODYS: Final = (*PUBLIC, *HASHTAGS)

_Listening = list[tuple[Channel, Subscriber]]


def make_hub(world: World) -> Hub:
    """Return the hub of an instance, for `world.part(make_hub)`."""
    return Hub(world, deliver)


async def deliver(hub: Hub, happening: Happening) -> None:
    """Send what happened to those whom it reaches."""
    await _DELIVERIES[happening.kind](hub, happening)


async def _deliver_post(hub: Hub, happening: Happening) -> None:
    """Send a new post, or an old one in other words, to whom it is shown now; each view is made once."""
    post_id = happening.ids[0]
    listening = [(channel, each) for channel, several in hub.channels(*_POSTS) for each in several]
    if not listening:
        return
    reached = await hub.world.db.read(reach_of, post_id, _present(listening))
    hub.end_revoked({each for _, each in listening}, reached.tokens)
    owners = await filter_owners(hub.world)
    alike: dict[tuple[object, int | None], _Listening] = {}
    for channel, subscriber in listening:
        reader_id = subscriber.actor_id
        if reached.includes(channel, reader_id):
            # What is marked for one member is for no other: it would tell what that one filters.
            key = (
                None if reader_id is None else reached.alike.get(reader_id, ()),
                reader_id if reader_id in owners else None,
            )
            alike.setdefault(key, []).append((channel, subscriber))
    for (_, owner_id), several in alike.items():
        viewer, filtered = several[0][1].viewer, owner_id is not None
        statuses = await statuses_of(hub.world, viewer, [post_id], filtered=filtered)
        if post_id in statuses:
            outgoing = Outgoing(happening.kind, statuses[post_id].decode())
            for channel, subscriber in several:
                subscriber.offer(outgoing, channel)


def _present(listening: _Listening) -> Present:
    public = {each.actor_id for channel, each in listening if channel.name in _EVERYBODYS}
    return Present(
        homes={int(channel.about) for channel, _ in listening if channel.name == USER},
        lists={int(channel.about) for channel, _ in listening if channel.name == LIST},
        public={actor_id for actor_id in public if actor_id is not None},
        strangers=None in public,
        tokens={each.caller.token_id for _, each in listening if each.caller is not None},
    )


async def _deliver_removal(hub: Hub, happening: Happening) -> None:
    """Send the bare id of a post that is gone to those who could see it."""
    gone = gone_of(happening.ids)
    outgoing = Outgoing(happening.kind, str(gone.post_id))
    own = [(channel, each) for channel, several in hub.channels(USER, LIST) for each in several]
    if own:
        readers = {each.actor_id for _, each in own if each.actor_id is not None}
        near = await hub.world.db.read(listeners_of, gone, readers)
        for channel, subscriber in own:
            if subscriber.actor_id in near:
                subscriber.offer(outgoing, channel)
    for channel, several in hub.channels(*_EVERYBODYS):
        for subscriber in several:
            if stands_in(channel, _place_of(gone, channel), members=subscriber.caller is not None):
                subscriber.offer(outgoing, channel)


def _place_of(gone: Gone, channel: Channel) -> PublicPlace:
    """Return where a post stood. Its media and hashtags are gone with it; the id of what was public is no
    secret, so that all channels that may have had it are told."""
    return PublicPlace(
        audience=gone.audience,
        local=gone.local,
        is_boost=False,
        answers_others=False,
        has_media=True,
        tags=frozenset({str(channel.about)}),
    )


async def _deliver_notifications(hub: Hub, happening: Happening) -> None:
    """Send notifications to those whom they are for, if their apps may read them."""
    listening = _by_owner(hub, USER, NOTIFICATIONS, scope="read:notifications")
    if not listening:
        return
    found = await hub.world.db.read(recipients_of, happening.ids, listening)
    for notification_id, recipient_id in found:
        several = await _live(hub, listening[recipient_id])
        if not several:
            continue
        call = _call_of(hub.world, several[0][1])
        try:
            entities = await notification_entities(
                call, await hub.world.db.read(_gathered, notification_id, call)
            )
        except NotFound:
            # Dismissed, or from somebody whom the member does not want to hear of.
            continue
        for entity in entities:
            _offer(several, Outgoing(happening.kind, orjson.dumps(entity).decode()))


def _gathered(session: Session, notification_id: int, call: Call) -> GatheredNotifications:
    return gather_notifications(
        session, [get_notification(session, call.member.actor_id, notification_id)], call.member
    )


async def _deliver_conversations(hub: Hub, happening: Happening) -> None:
    """Send a thread of direct posts to its participants."""
    listening = _by_owner(hub, DIRECT)
    if not listening:
        return
    post_id = happening.ids[0]
    only = Page(limit=1, max_id=post_id + 1, since_id=post_id - 1)
    for owner_id in await hub.world.db.read(participants_of, post_id, listening):
        several = await _live(hub, listening[owner_id])
        if not several:
            continue
        loaded = await hub.world.db.read(load_conversations, owner_id, only)
        for entity in await conversation_entities(_call_of(hub.world, several[0][1]), loaded):
            _offer(several, Outgoing(happening.kind, orjson.dumps(entity).decode()))


async def _deliver_to_member(hub: Hub, happening: Happening) -> None:
    """Send what says only that something of a member's own is to be read again."""
    several = _by_owner(hub, USER).get(happening.ids[0], [])
    _offer(several, Outgoing(happening.kind, None))


async def _deliver_to_all(hub: Hub, happening: Happening) -> None:
    """Send a bare id to every member."""
    outgoing = Outgoing(happening.kind, str(happening.ids[0]))
    for several in _by_owner(hub, USER).values():
        _offer(several, outgoing)


async def _deliver_announcement(hub: Hub, happening: Happening) -> None:
    """Send an announcement to every member, as each of them sees it."""
    for owner_id, several in _by_owner(hub, USER).items():
        entity = await hub.world.db.read(_announced, happening.ids[0], owner_id, several[0][1].viewer)
        if entity is None:
            return
        _offer(several, Outgoing(happening.kind, orjson.dumps(entity).decode()))


def _announced(session: Session, announcement_id: int, actor_id: int, viewer: Viewer) -> Entity | None:
    try:
        views = views_of(session, [get_shown(session, announcement_id)], actor_id)
    except NotFound:
        return None
    return announcement_entities(session, views, viewer)[0]


async def _deliver_reaction(hub: Hub, happening: Happening) -> None:
    """Send every member how many react to an announcement with one emoji."""
    listening = _by_owner(hub, USER)
    if not listening:
        return
    announcement_id, name = happening.ids[0], "".join(map(chr, happening.ids[1:]))
    count = await hub.world.db.read(count_reaction, announcement_id, name)
    payload = {"name": name, "count": count, "announcement_id": str(announcement_id)}
    outgoing = Outgoing(happening.kind, orjson.dumps(payload).decode())
    for several in listening.values():
        _offer(several, outgoing)


def _by_owner(hub: Hub, *names: str, scope: str | None = None) -> Mapping[int, _Listening]:
    """Return who listens to streams of their own, by member; with `scope` those whose app has it."""
    found: dict[int, _Listening] = {}
    for channel, several in hub.channels(*names):
        for each in several:
            caller = each.caller
            if caller is not None and (scope is None or allows(caller.scopes, scope)):
                found.setdefault(caller.actor_id, []).append((channel, each))
    return found


async def _live(hub: Hub, listening: _Listening) -> _Listening:
    """Return those whose tokens are still good; the others end."""
    tokens = {each.caller.token_id for _, each in listening if each.caller is not None}
    hub.end_revoked([each for _, each in listening], await hub.world.db.read(live_tokens, tokens))
    return [(channel, each) for channel, each in listening if each.ended is None]


def _offer(listening: Iterable[tuple[Channel, Subscriber]], outgoing: Outgoing) -> None:
    for channel, subscriber in listening:
        subscriber.offer(outgoing, channel)


def _call_of(world: World, subscriber: Subscriber) -> Call:
    """Return the call that shows a member something nobody asked for just now."""
    caller: Caller | None = subscriber.caller
    return Call(world, "GET", "/api/v1/streaming", {}, Params({}, []), caller)


_DELIVERIES: Final[Mapping[Kind, Callable[[Hub, Happening], Awaitable[None]]]] = {
    Kind.UPDATE: _deliver_post,
    Kind.EDIT: _deliver_post,
    Kind.DELETE: _deliver_removal,
    Kind.NOTIFICATION: _deliver_notifications,
    Kind.CONVERSATION: _deliver_conversations,
    Kind.NOTIFICATIONS_MERGED: _deliver_to_member,
    Kind.FILTERS_CHANGED: _deliver_to_member,
    Kind.ANNOUNCEMENT: _deliver_announcement,
    Kind.ANNOUNCEMENT_REACTION: _deliver_reaction,
    Kind.ANNOUNCEMENT_DELETE: _deliver_to_all,
}
