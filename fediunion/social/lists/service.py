"""The rules of lists."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import emit, insert_ignoring, now_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.social.follows.events import Unfollowed
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.lists.events import AccountsListed, AccountsUnlisted
from fediunion.social.lists.models import AccountList, ListedAccount
from fediunion.social.lists.queries import get_list

REPLIES_POLICIES = ("followed", "list", "none")
MAX_LISTS = 50
MAX_LISTED = 500
MAX_TITLE_CHARACTERS = 255


def create_list(
    session: Session, owner: Actor, *, title: str, replies_policy: str = "list", exclusive: bool = False
) -> AccountList:
    """Return a new, empty list of `owner`. Raises Invalid for a bad title or policy, or one list too many."""
    kept = session.scalar(
        select(func.count()).select_from(AccountList).where(AccountList.owner_id == owner.id)
    )
    if (kept or 0) >= MAX_LISTS:
        raise Invalid(Sentence("There can be %(most)s lists at most.", most=MAX_LISTS), field="title")
    row = AccountList(
        owner_id=owner.id,
        title=_checked_title(title),
        replies_policy=_checked_policy(replies_policy),
        exclusive=exclusive,
        created_at=now_of(session),
    )
    session.add(row)
    return row


def change_list(
    session: Session,
    owner: Actor,
    list_id: int,
    *,
    title: str | None = None,
    replies_policy: str | None = None,
    exclusive: bool | None = None,
) -> AccountList:
    """Change what is given of a list; return it. Raises NotFound, and Invalid as create_list does."""
    row = get_list(session, owner.id, list_id)
    if title is not None:
        row.title = _checked_title(title)
    if replies_policy is not None:
        row.replies_policy = _checked_policy(replies_policy)
    if exclusive is not None:
        row.exclusive = exclusive
    return row


def delete_list(session: Session, owner: Actor, list_id: int) -> None:
    """Remove a list; what was written in it stays where it was. Raises NotFound."""
    session.delete(get_list(session, owner.id, list_id))


def add_accounts(session: Session, owner: Actor, list_id: int, actor_ids: Iterable[int]) -> None:
    """Put accounts that `owner` follows on a list; who is on it already stays.

    Raises NotFound for somebody else's list and for an account that is not followed, Invalid for too many.
    """
    row = get_list(session, owner.id, list_id)
    wanted = list(dict.fromkeys(actor_ids))
    followed = set(
        session.scalars(
            select(Follow.followed_id).where(
                Follow.follower_id == owner.id,
                Follow.followed_id.in_(wanted),
                Follow.state == FollowState.ACCEPTED,
            )
        )
    )
    if followed != set(wanted):
        raise NotFound(Sentence("Only accounts that you follow can be on a list."))
    there = set(session.scalars(select(ListedAccount.actor_id).where(ListedAccount.list_id == row.id)))
    if len(there | followed) > MAX_LISTED:
        raise Invalid(
            Sentence("A list holds %(most)s accounts at most.", most=MAX_LISTED), field="account_ids"
        )
    added = [actor_id for actor_id in wanted if actor_id not in there]
    insert_ignoring(session, ListedAccount, [{"list_id": row.id, "actor_id": actor_id} for actor_id in added])
    if added:
        emit(session, AccountsListed(row.id, owner.id, added))


def remove_accounts(session: Session, owner: Actor, list_id: int, actor_ids: Iterable[int]) -> None:
    """Take accounts off a list. Raises NotFound for somebody else's list."""
    row = get_list(session, owner.id, list_id)
    _unlist(session, row, list(actor_ids))


def forget_unfollowed(session: Session, event: Unfollowed) -> None:
    """Take an account off the lists of a member who no longer follows it."""
    rows = session.scalars(
        select(AccountList)
        .join(ListedAccount, ListedAccount.list_id == AccountList.id)
        .where(AccountList.owner_id == event.follower_id, ListedAccount.actor_id == event.followed_id)
    ).all()
    for row in rows:
        _unlist(session, row, [event.followed_id])


def _unlist(session: Session, row: AccountList, actor_ids: list[int]) -> None:
    session.execute(
        delete(ListedAccount).where(ListedAccount.list_id == row.id, ListedAccount.actor_id.in_(actor_ids))
    )
    emit(session, AccountsUnlisted(row.id, row.owner_id, actor_ids))


def _checked_title(title: str) -> str:
    title = title.replace("\x00", "").strip()
    if not title:
        raise Invalid(Sentence("A list needs a title."), field="title", reason="blank")
    if not 0 < len(title) <= MAX_TITLE_CHARACTERS:
        raise Invalid(
            Sentence("A list's title has 1 to %(most)s characters.", most=MAX_TITLE_CHARACTERS), field="title"
        )
    return title


def _checked_policy(policy: str) -> str:
    if policy not in REPLIES_POLICIES:
        raise Invalid(
            Sentence("Replies are shown as followed, list or none."),
            field="replies_policy",
            reason="inclusion",
        )
    return policy
