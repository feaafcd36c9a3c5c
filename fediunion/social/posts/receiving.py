"""Which servers will receive a post, before it is written: what the author is shown. Reads."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.urls import parse_remote_url
from fediunion.outbox.inboxes import closed_hosts
from fediunion.outbox.publish import Inbox
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.drafts import PLAIN
from fediunion.social.posts.service.reach import stays_here
from fediunion.social.posts.service.texts import write


@dataclass(frozen=True)
class Receiving:
    """A server that will receive a post: so many `followers` are there, and these who are `named`."""

    host: str
    followers: int = 0
    named: Sequence[str] = ()
    affiliated: bool = False


@dataclass(frozen=True)
class Receivers:
    """All servers of an audience, by name, and those that are left out, for this server blocks them.

    `unreached` are the handles of those named, or answered, whom the audience does not reach.
    """

    servers: Sequence[Receiving] = ()
    left_out: Sequence[str] = ()
    unreached: Sequence[str] = ()


def followers_by_host(session: Session, author_id: int) -> Mapping[str, int]:
    """Return how many followers of an author are on each other server, by the conditions of delivery."""
    rows = session.execute(
        select(Actor.host, func.count())
        .join(Follow, Follow.follower_id == Actor.id)
        .where(
            Follow.followed_id == author_id,
            Follow.state == FollowState.ACCEPTED,
            ~Actor.local,
            Actor.suspended_at.is_(None),
            Actor.deleted_at.is_(None),
        )
        .group_by(Actor.host)
    )
    return dict(rows.all())


def receivers_of(
    session: Session,
    author: Actor,
    audiences: Iterable[Audience],
    *,
    text: str = "",
    parent: Post | None = None,
    content_type: str = PLAIN,
    network: Iterable[Inbox] = (),
) -> dict[Audience, Receivers]:
    """Return for each audience which servers a post of these words would go to now.

    `network` are the inboxes of the affiliated unions. In as many queries, however many audiences, but
    for those that the mentions in the text need.
    """
    wanted = list(audiences)
    followers = {} if stays_here(author) else followers_by_host(session, author.id)
    unions = set() if stays_here(author) else {host for each in network if (host := _host_of(each))}
    named = {audience: _named(session, author, audience, text, parent, content_type) for audience in wanted}
    hosts = {*followers, *unions, *(actor.host or "" for several in named.values() for actor in several)}
    closed = closed_hosts(session, hosts) if hosts else set()
    return {
        audience: _receivers(author, audience, followers, unions, named[audience], closed)
        for audience in wanted
    }


def _receivers(
    author: Actor,
    audience: Audience,
    followers: Mapping[str, int],
    unions: Iterable[str],
    named: Sequence[Actor],
    closed: set[str],
) -> Receivers:
    by_host: dict[str, list[str]] = defaultdict(list)
    unreached: list[str] = []
    goes_out = audience not in (Audience.LOCAL, Audience.NETWORK) and not stays_here(author)
    for actor in named:
        handle = f"@{actor.username}@{actor.handle_host}"
        if goes_out and actor.host not in closed:
            by_host[actor.host or ""].append(handle)
        else:
            unreached.append(handle)
    counts: Counter[str] = Counter()
    if audience in (Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS):
        counts.update(followers)
    affiliated = set(unions) if audience is Audience.NETWORK else set()
    hosts = sorted({*by_host, *counts, *affiliated})
    return Receivers(
        servers=[
            Receiving(host, counts[host], by_host.get(host, ()), host in affiliated)
            for host in hosts
            if host not in closed
        ],
        left_out=[host for host in hosts if host in closed],
        unreached=list(dict.fromkeys(unreached)),
    )


def _named(
    session: Session, author: Actor, audience: Audience, text: str, parent: Post | None, content_type: str
) -> list[Actor]:
    """Return who elsewhere is named or answered, whether the audience reaches them or not."""
    # What stays here addresses nobody elsewhere; asked as if it went out, it tells whom it does not reach.
    asked = Audience.FOLLOWERS if audience in (Audience.LOCAL, Audience.NETWORK) else audience
    if "@" not in text and parent is None:
        return []
    try:
        return write(session, author, text, asked, parent, content_type).remote
    except Invalid:
        return []


def _host_of(inbox: Inbox) -> str:
    try:
        return parse_remote_url(inbox.url).authority
    except BadDocument:
        return ""
