"""Handing mail over: to a mail server in a thread, so that a slow one blocks nothing, or to a folder."""

import asyncio
import contextlib
import os
import smtplib
import ssl
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Final

import structlog
from sqlalchemy.orm import Session

from fediunion.config import Mail, MailMode, Settings
from fediunion.kit.errors import Unreachable
from fediunion.kit.json import JsonObject
from fediunion.members.mail.service import Letter, forget_mail, open_letter
from fediunion.members.models import QueuedMail
from fediunion.world import World

GIVEN_UP_AFTER: Final = timedelta(days=3)
_SECONDS: Final = 30.0
_TLS_PORT: Final = 465

_UNSUBSCRIBE: Final = "List-Unsubscribe"

_log = structlog.get_logger(__name__)


class _WholeAddresses(EmailPolicy):
    """Writes the address of a list's end on one line: broken or encoded, mail programs do not know it."""

    def fold(self, name: str, value: str) -> str:
        """Return a header as it is sent."""
        return f"{name}: {value}{self.linesep}" if name == _UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as it is sent, in bytes."""
        return self.fold(name, value).encode() if name == _UNSUBSCRIBE else super().fold_binary(name, value)


async def send_mail(world: World, payload: JsonObject) -> None:
    """Job: hand one letter over. Raises Unreachable, to be tried again; after three days it is given up.

    A letter that the mail server refuses for good is dropped. Source: row L32.
    """
    row = await world.db.read(_find, payload["mail_id"])
    if row is None:
        return
    settings = world.settings
    if settings.mail.mode is not MailMode.OFF and world.clock.now() - row.created_at <= GIVEN_UP_AFTER:
        message = message_of(open_letter(row, settings), row.id, row.created_at, settings)
        try:
            await asyncio.to_thread(_hand_over, message, row.id, settings.mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            if not _is_for_good(error):
                raise Unreachable("The mail server does not take a letter now.") from error
            _log.warning("a mail was refused", mail=row.id)
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"The mail server cannot be used: {type(error).__name__}.") from error
    await world.db.write(forget_mail, row.id)


def message_of(letter: Letter, row_id: int, written_at: datetime, settings: Settings) -> EmailMessage:
    """Return the letter as a message; tried again it has the same id, so that it is seen to be the same.

    Raises ValueError for a header of more than one line (row H19).
    """
    message = EmailMessage(_WholeAddresses())
    message["From"] = Address(
        display_name=" ".join((settings.instance.innocuous_name or settings.instance.title).split()),
        addr_spec=settings.mail.sender or f"noreply@{settings.handle_domain.partition(':')[0]}",
    )
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = f"<{row_id}@{settings.handle_domain.partition(':')[0]}>"
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        # Source: RFC 8058
        message[_UNSUBSCRIBE] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    return message


def _find(session: Session, mail_id: int) -> QueuedMail | None:
    return session.get(QueuedMail, mail_id)


def _hand_over(message: EmailMessage, row_id: int, mail: Mail) -> None:
    if mail.mode is MailMode.FILE:
        mail.dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = os.open(mail.dir / f"{row_id}.eml", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(place, "wb") as file:
            file.write(bytes(message))
        return
    server = _connected(mail)
    try:
        server.send_message(message)
    finally:
        # What was taken is taken: a server that is slow to say goodbye must not get the letter twice.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()


def _connected(mail: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if mail.port == _TLS_PORT:
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS)
    try:
        if mail.port != _TLS_PORT and (mail.user or mail.host not in ("localhost", "127.0.0.1", "::1")):
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
    except BaseException:
        server.close()
        raise
    return server


def _is_for_good(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> bool:
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _ in error.recipients.values())
