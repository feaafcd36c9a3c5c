"""Who of those present is told of what: read when it is sent, for all of them at once (row V12)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import exists, literal, or_, select
from sqlalchemy.orm import Session, aliased

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.vocab import PUBLIC as EVERYBODY
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.api.streaming.channels import HASHTAGS, LIST, PUBLIC, USER, Channel
from fediunion.api.streaming.reactions import AUDIENCES
from fediunion.db import UtcDateTime, now_of
from fediunion.kit.ids import new_id
from fediunion.members.models import AccessToken, Member, MemberState
from fediunion.members.tokens import is_live
from fediunion.social.follows.conditions import blocks, follows, mutes, refuses_host
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.lists.models import AccountList
from fediunion.social.notifications.models import Notification
from fediunion.social.posts.models import (
    Bookmark,
    ConversationEntry,
    Favourite,
    Pin,
    PollVote,
    Post,
    ThreadMute,
)
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.queries.readers import (
    PublicPlace,
    find_public_place,
    homes_showing,
    is_open_to_strangers,
    lists_showing,
    public_readers,
)

_AT_ONCE: Final = 500
_MOST_MISSED: Final = 100


@dataclass(frozen=True)
class Present:
    """Who listens to posts now: members by their homes, lists, and whoever hears what is public."""

    homes: Collection[int] = ()
    lists: Collection[int] = ()
    public: Collection[int] = ()
    strangers: bool = False
    tokens: Collection[int] = ()


@dataclass(frozen=True)
class Reached:
    """Who is told of one post. `alike` is, for each reader, everything in which their views differ."""

    homes: Collection[int] = ()
    lists: Collection[int] = ()
    readers: Collection[int] = ()
    strangers: bool = False
    place: PublicPlace | None = None
    alike: Mapping[int, object] = field(default_factory=dict)
    tokens: Collection[int] = ()

    def includes(self, channel: Channel, reader_id: int | None) -> bool:
        """Return whether a channel shows the post to a reader, or to a stranger."""
        if channel.name == USER:
            return reader_id in self.homes
        if channel.name == LIST:
            return channel.about in self.lists
        if self.place is None or not (self.strangers if reader_id is None else reader_id in self.readers):
            return False
        return stands_in(channel, self.place, members=reader_id is not None)


def stands_in(channel: Channel, place: PublicPlace, *, members: bool) -> bool:
    """Return whether a stream of everybody has a post, as the timeline of the same name has it."""
    if channel.name in HASHTAGS:
        from_here = place.local or channel.name == "hashtag"
        return channel.about in place.tags and place.is_for(members=members) and from_here
    if channel.name not in PUBLIC or not place.is_listed:
        return False
    if channel.name.endswith(":media") and not place.has_media:
        return False
    if channel.name.startswith("public:local"):
        return place.local and place.is_for(members=members)
    if channel.name.startswith("public:remote") and place.local:
        return False
    return place.audience == Audience.PUBLIC


def reach_of(session: Session, post_id: int, present: Present) -> Reached:
    """Return who of those present is shown a post now. In as many statements, however many they are."""
    place = find_public_place(session, post_id)
    if place is None:
        return Reached(tokens=live_tokens(session, present.tokens))
    homes = homes_showing(session, post_id, present.homes)
    lists = lists_showing(session, post_id, present.lists) if present.lists else set()
    readers: set[int] = set()
    strangers = False
    if place.is_for(members=True):
        readers = public_readers(session, post_id, present.public) if present.public else set()
        strangers = present.strangers and is_open_to_strangers(session, post_id)
    owners: set[int] = set()
    if lists:
        owners.update(session.scalars(select(AccountList.owner_id).where(AccountList.id.in_(lists))))
    return Reached(
        homes=homes,
        lists=lists,
        readers=readers,
        strangers=strangers,
        place=place,
        alike=differences(session, post_id, homes | readers | owners),
        tokens=live_tokens(session, present.tokens),
    )


def differences(session: Session, post_id: int, reader_ids: Collection[int]) -> dict[int, object]:
    """Return for each reader what is theirs alone in the view of a post: those with equal ones see the same.

    Which of the posts shown inside it they may see, what they liked, boosted, kept, pinned, muted and voted;
    where posts are quoted, whom of their authors they put aside; where only followers may quote, whom they
    follow.
    """
    shown = _shown_posts(session, post_id)
    found: dict[int, list[object]] = {reader_id: [] for reader_id in reader_ids}
    reader, boost, author = aliased(Actor), aliased(Post), aliased(Actor)
    statement = select(
        reader.id,
        Post.id,
        exists().where(Favourite.post_id == Post.id, Favourite.actor_id == reader.id),
        exists().where(
            boost.boost_of_id == Post.id, boost.author_id == reader.id, boost.deleted_at.is_(None)
        ),
        exists().where(Bookmark.post_id == Post.id, Bookmark.actor_id == reader.id),
        exists().where(Pin.post_id == Post.id, Pin.actor_id == reader.id),
        exists().where(ThreadMute.thread_id == Post.thread_id, ThreadMute.actor_id == reader.id),
        Post.author_id == reader.id,
    ).join(Post, Post.id.in_(shown.ids))
    if shown.quotes:
        statement = statement.join(author, author.id == Post.author_id).add_columns(
            blocks(reader.id, author.id),
            mutes(reader.id, author.id, literal(now_of(session), UtcDateTime())),
            refuses_host(reader.id, author.host),
        )
    if shown.for_followers:
        statement = statement.add_columns(follows(reader.id, Post.author_id))
    statement = statement.where(visible_to(Viewer(cast("int", reader.id), None, is_member=True)))
    votes = select(PollVote.actor_id, PollVote.post_id, PollVote.choice)
    votes = votes.where(PollVote.post_id.in_(shown.ids))
    for part in _parts(reader_ids):
        for row in session.execute(statement.where(reader.id.in_(part)).order_by(reader.id, Post.id)):
            found[row[0]].append(tuple(row[1:]))
        chosen = votes.where(PollVote.actor_id.in_(part)).order_by(PollVote.post_id, PollVote.choice)
        for actor_id, voted_id, choice in session.execute(chosen):
            found[actor_id].append((voted_id, choice))
    return {reader_id: tuple(parts) for reader_id, parts in found.items()}


class _Shown(NamedTuple):
    """Posts that one status shows; whether any quotes, and whether any may be quoted by followers only."""

    ids: Sequence[int]
    quotes: bool
    for_followers: bool


def _shown_posts(session: Session, post_id: int) -> _Shown:
    """Return a post, what it boosts, what that quotes, and what those quote: as far as a status goes."""
    ids, latest, quotes, for_followers = {post_id}, {post_id}, False, False
    columns = select(Post.boost_of_id, Post.quote_of_id, Post.interaction_policy)
    for _ in range(3):
        rows = session.execute(columns.where(Post.id.in_(latest))).all()
        quotes = quotes or any(quoted is not None for _, quoted, _ in rows)
        for_followers = for_followers or any(_asks_who_follows(policy) for _, _, policy in rows)
        latest = {number for row in rows for number in row[:2] if number is not None} - ids
        if not latest:
            break
        ids |= latest
    return _Shown(sorted(ids), quotes, for_followers)


def _asks_who_follows(policy: Mapping[str, Any]) -> bool:
    """Return whether followers may be let quote whom others are not: where a rule is stated, not for all."""
    rule = policy.get("canQuote") or {}
    return bool(rule) and EVERYBODY not in rule.get("automaticApproval", ())


class Gone(NamedTuple):
    """A post that is no more, with what decided who could see it."""

    post_id: int
    author_id: int
    audience: Audience
    local: bool
    addressed: frozenset[int]


def gone_of(ids: Sequence[int]) -> Gone:
    """Return what a message of a removal says."""
    post_id, author_id, audience, local, *addressed = ids
    return Gone(post_id, author_id, AUDIENCES[audience], bool(local), frozenset(addressed))


def listeners_of(session: Session, gone: Gone, member_ids: Collection[int]) -> set[int]:
    """Return which of the members could see a post that is gone, and follow its author or were addressed."""
    reader = aliased(Actor)
    near = or_(reader.id == gone.author_id, reader.id.in_(gone.addressed))
    if gone.audience is not Audience.DIRECT:
        near = near | exists().where(
            Follow.follower_id == reader.id,
            Follow.followed_id == gone.author_id,
            Follow.state == FollowState.ACCEPTED,
        )
    author_id = literal(gone.author_id)
    blocked = or_(blocks(author_id, reader.id), blocks(reader.id, author_id))
    found: set[int] = set()
    for part in _parts(member_ids):
        found.update(session.scalars(select(reader.id).where(reader.id.in_(part), near, ~blocked)))
    return found


def live_tokens(session: Session, token_ids: Collection[int]) -> set[int]:
    """Return which of the tokens may still be used: not revoked nor over, of members who may act."""
    found: set[int] = set()
    statement = (
        select(AccessToken.id)
        .join(Member, Member.id == AccessToken.member_id)
        .join(Actor, Actor.id == Member.actor_id)
        .where(
            is_live(now_of(session)),
            Member.state == MemberState.ACTIVE,
            Actor.suspended_at.is_(None),
        )
    )
    for part in _parts(token_ids):
        found.update(session.scalars(statement.where(AccessToken.id.in_(part))))
    return found


def recipients_of(
    session: Session, notification_ids: Sequence[int], member_ids: Collection[int]
) -> list[tuple[int, int]]:
    """Return (notification id, recipient id) of those that are stored and whose recipients are present."""
    rows = session.execute(
        select(Notification.id, Notification.recipient_id)
        .where(Notification.id.in_(notification_ids))
        .order_by(Notification.id)
    )
    return [(row_id, recipient_id) for row_id, recipient_id in rows if recipient_id in member_ids]


def participants_of(session: Session, post_id: int, member_ids: Collection[int]) -> list[int]:
    """Return which of the members have a conversation whose newest post this is."""
    owners = session.scalars(
        select(ConversationEntry.owner_id)
        .join(Post, Post.thread_id == ConversationEntry.thread_id)
        .where(Post.id == post_id, ConversationEntry.last_post_id == post_id)
    )
    return sorted(owner_id for owner_id in owners if owner_id in member_ids)


def missed_since(
    session: Session, moment: datetime, published_after: datetime
) -> tuple[list[int], list[int]]:
    """Return the ids of posts and of notifications that came after `moment`, whoever stored them.

    Posts that were published before `published_after` are no news.
    """
    posts = select(Post.id).where(
        Post.id > new_id(published_after), Post.received_at > moment, Post.deleted_at.is_(None), Post.live
    )
    told = select(Notification.id).where(
        Notification.id > new_id(published_after), Notification.created_at > moment
    )
    return (
        sorted(session.scalars(posts.order_by(Post.id.desc()).limit(_MOST_MISSED))),
        sorted(session.scalars(told.order_by(Notification.id.desc()).limit(_MOST_MISSED))),
    )


def _parts(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE)]
