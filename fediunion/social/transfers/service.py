"""The rules of imports: each row is an act of the member's own, with the rules of that act."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, kept
from fediunion.social.follows.queries import find_follow
from fediunion.social.follows.restrictions import block, block_host, mute
from fediunion.social.follows.service import request_follow
from fediunion.social.lists.models import AccountList
from fediunion.social.lists.service import add_accounts, create_list
from fediunion.social.posts.service.interactions import bookmark
from fediunion.social.transfers.csv_files import Row
from fediunion.social.transfers.models import Import, ImportRow, ImportState, Kind, RowState
from fediunion.social.transfers.queries import count_running
from fediunion.social.transfers.removing import remove_some

STEP: Final = "transfers.step"
ROWS_AT_ONCE: Final = 20
STEPS_EVERY: Final = timedelta(seconds=10)
MAX_RUNNING: Final = 3
MOST_TRIES: Final = 3
KEPT: Final = timedelta(days=14)


def begin_import(
    session: Session, owner_id: int, kind: Kind, rows: Sequence[Row], *, overwrites: bool
) -> Import:
    """Return an import that begins at once and goes on in steps. Raises Invalid for one too many."""
    if count_running(session, owner_id) >= MAX_RUNNING:
        raise Invalid(
            Sentence("%(most)s imports are under way; wait until one has finished.", most=MAX_RUNNING),
            field="file",
        )
    made = Import(
        owner_id=owner_id,
        kind=kind,
        overwrites=overwrites,
        state=ImportState.ADDING,
        rows_count=len(rows),
        created_at=now_of(session),
    )
    session.add(made)
    session.flush()
    session.execute(
        insert(ImportRow),
        [
            {"import_id": made.id, "position": position, "subject": row.subject, "options": row.options}
            for position, row in enumerate(rows)
        ],
    )
    enqueue(session, STEP, key=_key(made.id), import_id=made.id)
    return made


def waiting_rows(session: Session, import_id: int) -> tuple[Import | None, list[ImportRow]]:
    """Return an import that is under way, and its next rows; None where there is none any more."""
    found = session.get(Import, import_id)
    if found is None or found.state == ImportState.FINISHED:
        return None, []
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.state == RowState.WAITING)
        .order_by(ImportRow.tries, ImportRow.position)
        .limit(ROWS_AT_ONCE)
    )
    return found, list(rows)


def bring(session: Session, import_id: int, position: int, target_id: int) -> None:
    """Do what a row says, about an account or a post that is known now; done once, it is not done again.

    Raises what the act raises.
    """
    found, row = session.get(Import, import_id), session.get(ImportRow, (import_id, position))
    if found is None or row is None or row.state != RowState.WAITING:
        return
    owner = get_actor(session, found.owner_id)
    _act(session, owner, Kind(found.kind), row.subject, row.options, target_id)
    row.state = RowState.DONE


def _act(
    session: Session, owner: Actor, kind: Kind, subject: str, options: dict[str, Any], target_id: int
) -> None:
    match kind:
        case Kind.DOMAIN_BLOCKING:
            block_host(session, owner, subject)
        case Kind.BOOKMARKS:
            bookmark(session, owner, target_id)
        case Kind.FOLLOWING:
            request_follow(session, owner, _living(session, target_id), **options)
        case Kind.BLOCKING:
            block(session, owner, _living(session, target_id))
        case Kind.MUTING:
            hides = bool(options.get("hides_notifications", True))
            mute(session, owner, _living(session, target_id), mutes_notifications=hides)
        case Kind.LISTS:
            account = _living(session, target_id)
            if find_follow(session, owner.id, account.id) is None:
                request_follow(session, owner, account)
                session.flush()
            add_accounts(session, owner, _list_named(session, owner, options["list"]).id, [account.id])


def _living(session: Session, actor_id: int) -> Actor:
    actor = get_actor(session, actor_id)
    if actor.deleted_at is not None:
        raise NotFound("There is no such account.")
    return actor


def _list_named(session: Session, owner: Actor, title: str) -> AccountList:
    wanted = select(AccountList).where(AccountList.owner_id == owner.id, AccountList.title == title)
    found = session.scalar(wanted.order_by(AccountList.id).limit(1))
    if found is None:
        found = create_list(session, owner, title=title)
        session.flush()
    return found


def note_failure(
    session: Session, import_id: int, position: int, problem: Sentence, *, for_good: bool
) -> None:
    """Write down that a row could not be brought; it is tried again where that may help, a few times."""
    row = session.get(ImportRow, (import_id, position))
    if row is not None and row.state == RowState.WAITING:
        row.tries += 1
        row.problem = kept(problem)
        if for_good or row.tries >= MOST_TRIES:
            row.state = RowState.FAILED


def end_step(session: Session, import_id: int) -> None:
    """Have the next step follow after a pause; take away what `overwrite` takes once all rows are through."""
    found, waiting = waiting_rows(session, import_id)
    if found is None:
        return
    if not waiting:
        if found.overwrites and remove_some(session, found, ROWS_AT_ONCE):
            found.state = ImportState.REMOVING
        else:
            _finish(session, found)
            return
    enqueue(session, STEP, at=now_of(session) + STEPS_EVERY, key=_key(found.id), import_id=found.id)


def _finish(session: Session, found: Import) -> None:
    found.state, found.finished_at = ImportState.FINISHED, now_of(session)


def forget_imports(session: Session) -> None:
    """Delete imports that finished two weeks ago: whom a member follows is kept once, not twice."""
    session.execute(delete(Import).where(Import.finished_at < now_of(session) - KEPT))


def forget_imports_of(session: Session, owner_id: int) -> None:
    """Delete all imports of somebody who goes."""
    session.execute(update(Import).where(Import.owner_id == owner_id).values(state=ImportState.FINISHED))
    session.execute(delete(Import).where(Import.owner_id == owner_id))


def _key(import_id: int) -> str:
    return f"import:{import_id}"
