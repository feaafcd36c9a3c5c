"""Where a new post goes: into which homes and which lists, by one insert each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from sqlalchemy import Table, bindparam, exists, func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import insert_ignoring
from fediunion.db.prepared import select_rows
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.lists.models import AccountList, ListedAccount
from fediunion.social.posts.models import Post
from fediunion.social.timelines.models import HomeEntry, ListEntry

REPEATED_WITHIN: Final = 40
"""A boost is left out of a home whose newest entries, this many, hold the post or a boost of it already."""

_READERS_AT_ONCE: Final = 1_000

_FOLLOW, _ACTOR = cast("Table", Follow.__table__), cast("Table", Actor.__table__)
_HOME, _POST = cast("Table", HomeEntry.__table__), cast("Table", Post.__table__)
_LIST, _LISTED = cast("Table", AccountList.__table__), cast("Table", ListedAccount.__table__)
_WISHES: Final = (
    select(_FOLLOW.c.follower_id, _FOLLOW.c.shows_boosts, _FOLLOW.c.languages)
    .join(_ACTOR, _ACTOR.c.id == _FOLLOW.c.follower_id)
    .where(_FOLLOW.c.followed_id == bindparam("author"), _ACTOR.c.local.is_(True))
)
_LISTS: Final = (
    select(_LIST.c.id, _LIST.c.owner_id, _LIST.c.replies_policy)
    .join(_LISTED, _LISTED.c.list_id == _LIST.c.id)
    .where(_LISTED.c.actor_id == bindparam("author"))
)
_NEWEST = _HOME.alias()
_OLDEST_OF_NEWEST = (
    select(_NEWEST.c.post_id)
    .where(_NEWEST.c.actor_id == _HOME.c.actor_id)
    .order_by(_NEWEST.c.post_id.desc())
    .offset(REPEATED_WITHIN - 1)
    .limit(1)
    .scalar_subquery()
)
_SAME = select(_POST.c.id).where(_POST.c.boost_of_id == bindparam("boosted"))
_SHOWN: Final = select(_HOME.c.actor_id).where(
    _HOME.c.actor_id.in_(bindparam("readers", expanding=True)),
    (_HOME.c.post_id == bindparam("boosted")) | _HOME.c.post_id.in_(_SAME),
    _HOME.c.post_id >= func.coalesce(_OLDEST_OF_NEWEST, 0),
)


def place(
    session: Session, post: Post, author: Actor, follower_ids: Sequence[int], mentioned_ids: Sequence[int]
) -> None:
    """Put a post or boost into the homes and lists of the local followers, and the home of a local author.

    Left out, as Mastodon does it: boosts where the reader wants none of this author; languages that the
    reader did not choose; replies to somebody whom the reader does not follow; direct posts to others; a
    boost of what stands among the reader's newest entries. What is hidden for a reader (blocks, mutes,
    exclusive lists) is decided when home is read, so that nothing is lost when the reader decides anew.
    """
    readers = list(follower_ids)
    if post.audience == Audience.DIRECT:
        addressed = set(mentioned_ids)
        readers = [reader_id for reader_id in readers if reader_id in addressed]
    answered_id = _answered_id(post, author)
    home: list[int] = [author.id] if author.local else []
    listed: Sequence[int] = ()
    wanting = _wanting(session, post, author, readers) if readers else set()
    if wanting:
        listed = _lists_for(session, author, wanting, answered_id)
        if answered_id is not None:
            wanting = _following(session, answered_id, wanting)
        if post.boost_of_id is not None and wanting:
            wanting -= _already_shown(session, post, wanting)
        home += sorted(wanting - {author.id})
    insert_ignoring(session, HomeEntry, [{"actor_id": reader, "post_id": post.id} for reader in home])
    insert_ignoring(session, ListEntry, [{"list_id": list_id, "post_id": post.id} for list_id in listed])


def _answered_id(post: Post, author: Actor) -> int | None:
    """Return whom a post answers: None where nobody or the author itself, 0 where it is not known yet."""
    if post.in_reply_to_uri is None or post.in_reply_to_author_id == author.id:
        return None
    return post.in_reply_to_author_id or 0


def _wanting(session: Session, post: Post, author: Actor, readers: Sequence[int]) -> set[int]:
    boosted = session.get(Post, post.boost_of_id) if post.boost_of_id is not None else None
    language = (boosted or post).language
    wanted = set(readers)
    return {
        reader_id
        for reader_id, shows_boosts, languages in select_rows(session, _WISHES, {"author": author.id})
        if reader_id in wanted
        and (shows_boosts or boosted is None)
        and (not languages or not language or language in languages)
    }


def _following(session: Session, answered_id: int, readers: Iterable[int]) -> set[int]:
    """Return which readers follow, or are, the one who is answered."""
    wanted = set(readers)
    return wanted & {*local_follower_ids(session, answered_id), answered_id}


def _already_shown(session: Session, boost: Post, readers: Iterable[int]) -> set[int]:
    shown: set[int] = set()
    for part in _parts(list(readers)):
        found = session.execute(_SHOWN, {"boosted": boost.boost_of_id, "readers": part})
        shown.update(found.scalars())
    return shown


def _lists_for(session: Session, author: Actor, owners: Iterable[int], answered_id: int | None) -> list[int]:
    """Return the lists of `owners` that show this: each list says which replies it wants."""
    wanted = set(owners)
    lists = [row for row in select_rows(session, _LISTS, {"author": author.id}) if row[1] in wanted]
    if answered_id is None or not lists:
        return [list_id for list_id, _, _ in lists]
    following = _following(session, answered_id, {owner_id for _, owner_id, _ in lists})
    with_answered = set(
        session.scalars(
            select(ListedAccount.list_id).where(
                ListedAccount.list_id.in_([list_id for list_id, _, _ in lists]),
                ListedAccount.actor_id == answered_id,
            )
        )
    )
    return [
        list_id
        for list_id, owner_id, policy in lists
        if (policy == "followed" and owner_id in following)
        or (policy == "list" and (list_id in with_answered or owner_id == answered_id))
    ]


def waiting_replies(session: Session, post: Post) -> Sequence[Post]:
    """Return stored replies to `post` that came before it, by authors whom somebody here follows."""
    followed = exists().where(Follow.followed_id == Post.author_id, Follow.state == FollowState.ACCEPTED)
    return session.scalars(
        select(Post).where(Post.in_reply_to_uri == post.uri, Post.deleted_at.is_(None), followed)
    ).all()


def _parts(readers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(readers), _READERS_AT_ONCE):
        yield readers[start : start + _READERS_AT_ONCE]
