"""Links in mails: made, found, and taken once."""

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import new_token, token_hash
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence
from fediunion.members.links.models import LinkKind, MailedLink
from fediunion.members.models import Member

LIVES: Final = {
    LinkKind.PASSWORD: timedelta(hours=1),
    LinkKind.NEW_EMAIL: timedelta(hours=24),
    LinkKind.OLD_EMAIL: timedelta(days=7),
}


def new_link(session: Session, member: Member, kind: LinkKind, *, email: str = "") -> str:
    """Return the token of a new link, for a mail; those of its kind that the member had are dead.

    `email` is the address that the link gives. All but those to the old address die when the member's
    password or address changes (row W14).
    """
    settings, token = settings_of(session), new_token()
    if kind is not LinkKind.OLD_EMAIL:
        forget_links(session, member.id, kind)
    session.add(
        MailedLink(
            member_id=member.id,
            kind=kind,
            token_hash=token_hash(token),
            bound_to=None if kind is LinkKind.OLD_EMAIL else _binding(member, settings),
            sealed_email=(
                seal(email.encode(), settings.secrets.master_key, _associated(member.id)) if email else None
            ),
            ends_at=now_of(session) + LIVES[kind],
        )
    )
    return token


def find_link(session: Session, token: str, kind: LinkKind) -> tuple[MailedLink, Member] | None:
    """Return a link that is good and whose it is, or None; looking does not use it up."""
    row = session.scalar(
        select(MailedLink).where(MailedLink.token_hash == token_hash(token), MailedLink.kind == kind)
    )
    if row is None or row.ends_at <= now_of(session):
        return None
    member = session.get_one(Member, row.member_id)
    if row.bound_to is not None and row.bound_to != _binding(member, settings_of(session)):
        return None
    return row, member


def get_link(session: Session, token: str, kind: LinkKind) -> tuple[MailedLink, Member]:
    """Return a link that is good and whose it is; raise NotFound for any other."""
    found = find_link(session, token, kind)
    if found is None:
        raise NotFound(Sentence("This link was used, or is too old."))
    return found


def take_link(session: Session, token: str, kind: LinkKind) -> tuple[Member, str]:
    """Return whose a link is and the address that it gives, and use it up; of two at once one gets it.

    Raises NotFound for one that never was, was used, is too old, or died with what it was bound to.
    """
    row, member = get_link(session, token, kind)
    gone = session.execute(delete(MailedLink).where(MailedLink.id == row.id))
    if getattr(gone, "rowcount", 0) != 1:
        raise NotFound(Sentence("This link was used, or is too old."))
    if row.sealed_email is None:
        return member, ""
    master_key = settings_of(session).secrets.master_key
    return member, unseal(row.sealed_email, master_key, _associated(member.id)).decode()


def forget_links(session: Session, member_id: int, *kinds: LinkKind) -> None:
    """Let the links of a member be dead, those of some kinds or all."""
    session.execute(
        delete(MailedLink).where(MailedLink.member_id == member_id, MailedLink.kind.in_(kinds or LinkKind))
    )


def forget_links_since(session: Session, member_id: int, link: MailedLink) -> None:
    """Let all links of a member be dead but those to addresses that were left before `link` was mailed.

    Who was the member's first has the last word, whatever a thief changes and takes back (row W15).
    """
    earlier = (MailedLink.kind == LinkKind.OLD_EMAIL) & (MailedLink.ends_at < link.ends_at)
    session.execute(delete(MailedLink).where(MailedLink.member_id == member_id, ~earlier))


def forget_old_links(session: Session) -> None:
    """Delete links that are over."""
    session.execute(delete(MailedLink).where(MailedLink.ends_at <= now_of(session)))


def _binding(member: Member, settings: Settings) -> str:
    key = hmac.digest(settings.secrets.master_key, b"fediunion mailed link", hashlib.sha256)
    content = f"{member.password_hash}\n{member.email_key}".encode()
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _associated(member_id: int) -> bytes:
    return b"mailed-link:%d" % member_id
