"""Queueing mail: sealed rows, each with the job that hands it over."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fediunion.config import MailMode, Settings
from fediunion.db import now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.ids import new_id
from fediunion.kit.sealing import seal, unseal
from fediunion.members.models import QueuedMail

SEND_MAIL: Final = "members.send_mail"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail: to one address, one line of subject, plain text, in a language of ours.

    `unsubscribe` is where one POST, of a mail program too, ends such mails for ever.
    """

    to: str
    subject: str
    text: str
    language: str = "en"
    unsubscribe: str = ""


def queue_mail(session: Session, letter: Letter) -> None:
    """Have a letter sent once this unit of work is committed; where mail is off, nothing is kept.

    The subject is put on one line, whatever names stand in it (row H19).
    """
    settings = settings_of(session)
    if settings.mail.mode is MailMode.OFF:
        return
    row_id = new_id(now_of(session))
    content = asdict(letter) | {"subject": " ".join(letter.subject.split())}
    sealed = seal(json.dumps(content).encode(), settings.secrets.master_key, _associated(row_id))
    session.add(QueuedMail(id=row_id, sealed=sealed, created_at=now_of(session)))
    enqueue(session, SEND_MAIL, key=f"mail:{row_id}", mail_id=row_id)


def open_letter(row: QueuedMail, settings: Settings) -> Letter:
    """Return the letter of a row; raise BadConfiguration where it does not open."""
    return Letter(**json.loads(unseal(row.sealed, settings.secrets.master_key, _associated(row.id))))


def forget_mail(session: Session, mail_id: int) -> None:
    """Remove a letter that was handed over, or given up."""
    session.execute(delete(QueuedMail).where(QueuedMail.id == mail_id))


def _associated(row_id: int) -> bytes:
    return b"queued-mail:%d" % row_id
