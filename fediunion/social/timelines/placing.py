"""Where a new post goes: into which homes and which lists, by one insert each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db.known_uris import insert_ignoring
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.lists.models import AccountList, ListedAccount
from fediunion.social.posts.models import Post
from fediunion.social.timelines.models import HomeEntry, ListEntry

REPEATED_WITHIN: Final = 40
"""A boost is left out of a home whose newest entries, this many, hold the post or a boost of it already."""

_READERS_AT_ONCE: Final = 1_000


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
    listed: list[int] = []
    for part in _parts(readers):
        wanting = _wanting(session, post, author, part)
        if not wanting:
            continue
        listed += _lists_for(session, author, wanting, answered_id)
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
    chosen = session.execute(
        select(Follow.follower_id, Follow.shows_boosts, Follow.languages).where(
            Follow.followed_id == author.id, Follow.follower_id.in_(readers)
        )
    )
    return {
        reader_id
        for reader_id, shows_boosts, languages in chosen
        if (shows_boosts or boosted is None) and (not languages or not language or language in languages)
    }


def _following(session: Session, answered_id: int, readers: Iterable[int]) -> set[int]:
    """Return which readers follow, or are, the one who is answered."""
    wanted = set(readers)
    following = session.scalars(
        select(Follow.follower_id).where(
            Follow.followed_id == answered_id,
            Follow.follower_id.in_(wanted),
            Follow.state == FollowState.ACCEPTED,
        )
    )
    return set(following) | (wanted & {answered_id})


def _already_shown(session: Session, boost: Post, readers: Iterable[int]) -> set[int]:
    newest = aliased(HomeEntry)
    oldest_of_newest = (
        select(newest.post_id)
        .where(newest.actor_id == HomeEntry.actor_id)
        .order_by(newest.post_id.desc())
        .offset(REPEATED_WITHIN - 1)
        .limit(1)
        .scalar_subquery()
    )
    same = select(Post.id).where(Post.boost_of_id == boost.boost_of_id)
    shown = session.scalars(
        select(HomeEntry.actor_id).where(
            HomeEntry.actor_id.in_(list(readers)),
            (HomeEntry.post_id == boost.boost_of_id) | HomeEntry.post_id.in_(same),
            HomeEntry.post_id >= func.coalesce(oldest_of_newest, 0),
        )
    )
    return set(shown)


def _lists_for(session: Session, author: Actor, owners: Iterable[int], answered_id: int | None) -> list[int]:
    """Return the lists of `owners` that show this: each list says which replies it wants."""
    lists = session.execute(
        select(AccountList.id, AccountList.owner_id, AccountList.replies_policy)
        .join(ListedAccount, ListedAccount.list_id == AccountList.id)
        .where(ListedAccount.actor_id == author.id, AccountList.owner_id.in_(list(owners)))
    ).all()
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
