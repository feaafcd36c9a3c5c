"""Notes and recommendations: the rules."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import insert_ignoring, now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.social.annotations.models import AccountNote, Endorsement
from fediunion.social.follows.events import Unfollowed
from fediunion.social.follows.models import FollowState
from fediunion.social.follows.queries import find_follow

MAX_NOTE_CHARACTERS = 2_000


def write_note(session: Session, member: Actor, account: Actor, text: str) -> None:
    """Note something about an account; an empty text removes the note. Raises Invalid for a long one."""
    text = text.replace("\x00", "").strip()
    if len(text) > MAX_NOTE_CHARACTERS:
        raise Invalid(
            Sentence("A note has %(most)s characters at most.", most=MAX_NOTE_CHARACTERS), field="comment"
        )
    note = session.scalar(
        select(AccountNote).where(AccountNote.actor_id == member.id, AccountNote.about_id == account.id)
    )
    if not text:
        if note is not None:
            session.delete(note)
    elif note is None:
        session.add(
            AccountNote(actor_id=member.id, about_id=account.id, text=text, created_at=now_of(session))
        )
    else:
        note.text = text


def endorse(session: Session, member: Actor, account: Actor) -> None:
    """Recommend an account that `member` follows; again changes nothing. Raises Invalid for others.

    Source: https://docs.joinmastodon.org/methods/accounts/#endorse
    """
    follow = find_follow(session, member.id, account.id)
    if follow is None or follow.state != FollowState.ACCEPTED:
        raise Invalid(Sentence("You must be following the person you want to endorse."), field="id")
    row = Endorsement(actor_id=member.id, endorsed_id=account.id, created_at=now_of(session))
    values = {"id": row.id, "actor_id": member.id, "endorsed_id": account.id, "created_at": row.created_at}
    insert_ignoring(session, Endorsement, [values])


def unendorse(session: Session, member: Actor, account: Actor) -> None:
    """Recommend an account no longer."""
    _forget(session, member.id, account.id)


def forget_unfollowed(session: Session, event: Unfollowed) -> None:
    """Who is no longer followed is no longer recommended."""
    _forget(session, event.follower_id, event.followed_id)


def _forget(session: Session, actor_id: int, endorsed_id: int) -> None:
    session.execute(
        delete(Endorsement).where(Endorsement.actor_id == actor_id, Endorsement.endorsed_id == endorsed_id)
    )
