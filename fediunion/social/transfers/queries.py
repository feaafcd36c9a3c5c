"""Imports and exports: reads. They are there for their owner alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence, said_again
from fediunion.social.follows.models import Block, Follow, FollowState, MemberDomainBlock, Mute
from fediunion.social.lists.models import AccountList, ListedAccount
from fediunion.social.posts.models import Bookmark, Post
from fediunion.social.transfers.models import Import, ImportRow, ImportState, Kind, RowState

_MOST_SHOWN: Final = 40
_MOST_FAILURES: Final = 100


@dataclass(frozen=True)
class Progress:
    """An import with how many rows came to what; `failures` are (subject, problem), the first hundred."""

    row: Import
    done: int
    failed: int
    failures: Sequence[tuple[str, Sentence]] = ()


def get_import(session: Session, owner_id: int, import_id: int) -> Import:
    """Return a member's import. Raises NotFound for any other."""
    row = session.get(Import, import_id)
    if row is None or row.owner_id != owner_id:
        raise NotFound("There is no such import.")
    return row


def get_progress(session: Session, owner_id: int, import_id: int) -> Progress:
    """Return how far a member's import is, with what failed. Raises NotFound."""
    row = get_import(session, owner_id, import_id)
    failed = select(ImportRow.subject, ImportRow.problem).where(
        ImportRow.import_id == row.id, ImportRow.state == RowState.FAILED
    )
    failures = session.execute(failed.order_by(ImportRow.position).limit(_MOST_FAILURES))
    counts = _counts(session, [row.id])
    return Progress(
        row,
        counts.get((row.id, RowState.DONE), 0),
        counts.get((row.id, RowState.FAILED), 0),
        [(subject, said_again(problem)) for subject, problem in failures],
    )


def list_imports(session: Session, owner_id: int) -> list[Progress]:
    """Return how far a member's imports are, the latest first."""
    statement = select(Import).where(Import.owner_id == owner_id).order_by(Import.id.desc())
    rows = session.scalars(statement.limit(_MOST_SHOWN)).all()
    counts = _counts(session, [row.id for row in rows])
    return [
        Progress(row, counts.get((row.id, RowState.DONE), 0), counts.get((row.id, RowState.FAILED), 0))
        for row in rows
    ]


def count_running(session: Session, owner_id: int) -> int:
    """Return how many imports of a member are not finished."""
    running = select(func.count()).where(Import.owner_id == owner_id, Import.state != ImportState.FINISHED)
    return session.scalar(running) or 0


def _counts(session: Session, import_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    counted = (
        select(ImportRow.import_id, ImportRow.state, func.count())
        .where(ImportRow.import_id.in_(import_ids))
        .group_by(ImportRow.import_id, ImportRow.state)
    )
    return {(import_id, state): count for import_id, state, count in session.execute(counted)}


Rows = list[tuple[str, ...]]


def exported_rows(session: Session, owner_id: int, kind: Kind) -> Rows:
    """Return the rows of the file that has everything of a kind, the oldest first."""
    return _EXPORTS[kind](session, owner_id)


def _following(session: Session, owner_id: int) -> Rows:
    follows = session.execute(
        select(Follow, Actor)
        .join(Actor, Actor.id == Follow.followed_id)
        .where(Follow.follower_id == owner_id, Follow.state == FollowState.ACCEPTED)
        .order_by(Follow.id)
    )
    return [
        (_address(actor), _word(follow.shows_boosts), _word(follow.notifies), ", ".join(follow.languages))
        for follow, actor in follows
    ]


def _blocking(session: Session, owner_id: int) -> Rows:
    blocked = select(Actor).join(Block, Block.blocked_id == Actor.id).where(Block.blocker_id == owner_id)
    return [(_address(actor),) for actor in session.scalars(blocked.order_by(Block.id))]


def _muting(session: Session, owner_id: int) -> Rows:
    muted = select(Mute, Actor).join(Actor, Actor.id == Mute.muted_id).where(Mute.muter_id == owner_id)
    return [
        (_address(actor), _word(mute.mutes_notifications))
        for mute, actor in session.execute(muted.order_by(Mute.id))
    ]


def _domain_blocking(session: Session, owner_id: int) -> Rows:
    hosts = select(MemberDomainBlock.host).where(MemberDomainBlock.actor_id == owner_id)
    return [(host,) for host in session.scalars(hosts.order_by(MemberDomainBlock.id))]


def _lists(session: Session, owner_id: int) -> Rows:
    listed = (
        select(AccountList.title, Actor)
        .join(ListedAccount, ListedAccount.list_id == AccountList.id)
        .join(Actor, Actor.id == ListedAccount.actor_id)
        .where(AccountList.owner_id == owner_id)
        .order_by(AccountList.id, Actor.id)
    )
    return [(title, _address(actor)) for title, actor in session.execute(listed)]


def _bookmarks(session: Session, owner_id: int) -> Rows:
    kept = (
        select(Post.uri)
        .join(Bookmark, Bookmark.post_id == Post.id)
        .where(Bookmark.actor_id == owner_id, Post.deleted_at.is_(None))
    )
    return [(uri,) for uri in session.scalars(kept.order_by(Bookmark.id))]


_EXPORTS: Final[Mapping[Kind, Callable[[Session, int], Rows]]] = {
    Kind.FOLLOWING: _following,
    Kind.BLOCKING: _blocking,
    Kind.MUTING: _muting,
    Kind.DOMAIN_BLOCKING: _domain_blocking,
    Kind.LISTS: _lists,
    Kind.BOOKMARKS: _bookmarks,
}


def _address(actor: Actor) -> str:
    return f"{actor.username}@{actor.handle_host}"


def _word(flag: bool) -> str:
    return "true" if flag else "false"
