"""What `overwrite` takes away: everything of a kind that a member has and that is not in the file."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import settings_of
from fediunion.social.follows.models import Block, Follow, MemberDomainBlock, Mute
from fediunion.social.follows.restrictions import unblock, unblock_host, unmute
from fediunion.social.follows.service import unfollow
from fediunion.social.lists.models import AccountList, ListedAccount
from fediunion.social.lists.service import remove_accounts
from fediunion.social.posts.models import Bookmark, Post
from fediunion.social.posts.service.interactions import unbookmark
from fediunion.social.transfers.models import Import, ImportRow, Kind

Removal = Callable[[], object]


def remove_some(session: Session, found: Import, at_most: int) -> int:
    """Take away up to `at_most` of what is not in the file; return how many that were."""
    owner = get_actor(session, found.owner_id)
    kept = {
        (subject, str(options.get("list", "")))
        for subject, options in session.execute(
            select(ImportRow.subject, ImportRow.options).where(ImportRow.import_id == found.id)
        )
    }
    removed = 0
    for names, remove in _present(session, owner, Kind(found.kind)):
        if removed == at_most:
            break
        if not kept.intersection(names):
            remove()
            removed += 1
    session.flush()
    return removed


Present = Iterable[tuple[list[tuple[str, str]], Removal]]


def _present(session: Session, owner: Actor, kind: Kind) -> Present:
    """Return what a member has of a kind: by which names it can stand in a file, and what takes it away."""
    if kind is Kind.DOMAIN_BLOCKING:
        hosts = select(MemberDomainBlock.host).where(MemberDomainBlock.actor_id == owner.id)
        for host in session.scalars(hosts.order_by(MemberDomainBlock.id)).all():
            yield [(host, "")], partial(unblock_host, session, owner, host)
    elif kind is Kind.BOOKMARKS:
        posts = select(Post.id, Post.uri, Post.url).join(Bookmark, Bookmark.post_id == Post.id)
        for post_id, uri, url in session.execute(posts.where(Bookmark.actor_id == owner.id)).all():
            yield [(uri, ""), (url or uri, "")], partial(unbookmark, session, owner, post_id)
    elif kind is Kind.LISTS:
        listed = (
            select(AccountList.id, AccountList.title, Actor)
            .join(ListedAccount, ListedAccount.list_id == AccountList.id)
            .join(Actor, Actor.id == ListedAccount.actor_id)
            .where(AccountList.owner_id == owner.id)
        )
        for list_id, title, actor in session.execute(listed).all():
            yield (
                [(name, title) for name in _names(session, actor)],
                partial(remove_accounts, session, owner, list_id, [actor.id]),
            )
    else:
        whom, whose, end = _RELATIONS[kind]
        for actor in session.scalars(
            select(Actor).join(whom.class_, whom == Actor.id).where(whose == owner.id)
        ).all():
            yield [(name, "") for name in _names(session, actor)], partial(end, session, owner, actor)


_RELATIONS: Final[Mapping[Kind, tuple[Any, Any, Callable[[Session, Actor, Actor], None]]]] = {
    Kind.FOLLOWING: (Follow.followed_id, Follow.follower_id, unfollow),
    Kind.BLOCKING: (Block.blocked_id, Block.blocker_id, unblock),
    Kind.MUTING: (Mute.muted_id, Mute.muter_id, unmute),
}
"""By which columns it is found whom a member follows, blocks or mutes, and what ends that."""


def _names(session: Session, actor: Actor) -> list[str]:
    """Return how a handle may be written in a file: ours also without the host."""
    name = actor.username.lower()
    whole = f"{name}@{actor.handle_host}"
    return [whole, name] if actor.handle_host == settings_of(session).handle_domain else [whole]
