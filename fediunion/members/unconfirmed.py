"""Addresses that nobody confirmed: they stand at requests for accounts, and give nobody anything (row W25).

Many requests may name one address. Each mail to it leads to the same page, of all of them, and who reads the
mail says which is theirs. So nobody is kept out because strangers named the address before, or because they
used up the mails that go to it in an hour.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, has_room
from fediunion.members.emails import email_key, parse_email, seal_email
from fediunion.members.links.sealed import opened_from_link, sealed_in_link
from fediunion.members.mail.notices import title_of, write_to_stranger
from fediunion.members.models import Member, SignUp
from fediunion.members.queries import find_member

LINK_LIVES: Final = timedelta(hours=24)
MOST_NAMED: Final = 20
"""So many requests a mail and a page name, the newest; another one is found by its name."""

NOT_NAMED: Final = Sentence("With this address nobody asked for an account of that name.")
_OVER: Final = Sentence("This link was used, or is too old.")
_HOUR: Final = 3600
_PURPOSE: Final = b"confirm-email"
_KEY_BYTES: Final = 32
_INSTANT_BYTES: Final = 8


@dataclass(frozen=True)
class NamedRequest:
    """A request for an account, as it is told to who reads the mail of the address that it named."""

    username: str
    asked_at: datetime


def keep_unconfirmed(session: Session, row: SignUp, email: str | None) -> None:
    """Keep the address that a request names instead of the one before; None is none. Raises Invalid."""
    address, settings = None if email is None else parse_email(email), settings_of(session)
    row.email_key = None if address is None else email_key(address, settings)
    row.sealed_email = None if address is None else seal_email(address, row.member_id, settings)


def mail_link(session: Session, email: str, language: str) -> None:
    """Mail an address the link to the requests that name it, with the name of each; nothing where none does.

    In an hour so many such mails go to it as accounts are asked for from one address, and no more: whoever
    asks is told nothing of that, and the link of each that went there opens what was asked later, too.
    """
    settings = settings_of(session)
    try:
        address = parse_email(email.strip())
    except Invalid:
        return
    key = email_key(address, settings)
    names = [each.username for each in _list_named(session, key)]
    room = Allowance("sign-up:mail", key, settings.limits.sign_ups_per_hour, _HOUR)
    if not names or not has_room(session, room):
        return
    title = title_of(settings)
    one = Sentence(
        "Somebody asked for this account at %(title)s with your address, and chose its name and password:",
        title=title,
    )
    several = Sentence(
        "These accounts were asked for at %(title)s with your address. Whoever asked for one chose its name"
        " and password:",
        title=title,
    )
    write_to_stranger(
        session,
        str(address),
        Sentence("Confirm your address for %(title)s", title=title),
        one if len(names) == 1 else several,
        "\n".join(f"@{name}" for name in names),
        Sentence("If you asked for it under this very name, open this page within a day:"),
        f"{settings.base_url}/confirm-email?token={new_token(session, key)}",
        Sentence("If you asked under another name, the page shows that one, too."),
        Sentence("If you did not ask, do nothing: an account that you do not confirm never opens."),
        language=language,
    )


def new_token(session: Session, key: str) -> str:
    """Return what the link of a mail to the address of that key carries; it is good for a day."""
    ends = int((now_of(session) + LINK_LIVES).timestamp()).to_bytes(_INSTANT_BYTES, "big")
    return sealed_in_link(bytes.fromhex(key) + ends, settings_of(session), _PURPOSE)


def list_named(session: Session, token: str) -> list[NamedRequest]:
    """Return the requests that name the address of a mailed link, the newest first; looking changes nothing.

    It is one more than MOST_NAMED where there are more. Raises NotFound for a link that is over.
    """
    found = _list_named(session, _key_of(session, token), most=MOST_NAMED + 1)
    if not found:
        raise NotFound(_OVER)
    return found


def get_named(session: Session, token: str, username: str) -> SignUp:
    """Return the request for an account of that name, if it names the address of a mailed link.

    Raises NotFound for any other, and for a link that is over.
    """
    key, found = _key_of(session, token), find_member(session, username)
    row = None if found is None else session.get(SignUp, found[0].id)
    if row is None or row.email_key != key:
        raise NotFound(NOT_NAMED)
    return row


def _list_named(session: Session, key: str, most: int = MOST_NAMED) -> list[NamedRequest]:
    rows = session.execute(
        select(Actor.username, SignUp.created_at)
        .join(Member, Member.actor_id == Actor.id)
        .join(SignUp, SignUp.member_id == Member.id)
        .where(SignUp.email_key == key)
        .order_by(SignUp.created_at.desc(), SignUp.member_id.desc())
        .limit(most)
    )
    return [NamedRequest(username, asked_at) for username, asked_at in rows]


def _key_of(session: Session, token: str) -> str:
    """Return by what the address of a link is looked up. Raises NotFound for a link that is over."""
    content = opened_from_link(token, settings_of(session), _PURPOSE)
    key, ends = content[:_KEY_BYTES], int.from_bytes(content[_KEY_BYTES:], "big")
    if datetime.fromtimestamp(ends, UTC) <= now_of(session):
        raise NotFound(_OVER)
    return key.hex()
