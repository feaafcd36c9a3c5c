"""Recovery codes: ten that a member writes down, each good once, as a second factor or for a password."""

import hashlib
import hmac
import secrets
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.members.factors.models import RecoveryCode
from fediunion.members.models import Member

HOW_MANY: Final = 10
# Without letters that are taken for digits, or for each other.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 4


def replace_recovery_codes(session: Session, member: Member) -> tuple[str, ...]:
    """Return ten new codes of a member, such as "abcd-efgh-jkmn-pqrs"; those from before are dead (row W12).

    They are shown now and never again: what is stored is a hash with the key of the instance. With 79
    random bits no slower hash is needed.
    """
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    codes = tuple(_new_code() for _ in range(HOW_MANY))
    now, settings = now_of(session), settings_of(session)
    session.add_all(
        RecoveryCode(member_id=member.id, code_hash=_hash(code, member.id, settings), created_at=now)
        for code in codes
    )
    return codes


def count_recovery_codes(session: Session, member_id: int) -> int:
    """Return how many codes a member has left."""
    statement = select(func.count()).where(RecoveryCode.member_id == member_id)
    return session.scalar(statement) or 0


def is_like_recovery_code(text: str) -> bool:
    """Return whether a text has the length of a code, rather than that of an app's."""
    return len(_folded(text)) == _GROUPS * _GROUP_LENGTH


def take_recovery_code(session: Session, member_id: int, text: str) -> bool:
    """Return whether `text` is a code that the member has left, in any case and grouping, and use it up."""
    hashed = _hash(text, member_id, settings_of(session))
    taken = session.execute(
        delete(RecoveryCode).where(RecoveryCode.member_id == member_id, RecoveryCode.code_hash == hashed)
    )
    return getattr(taken, "rowcount", 0) == 1


def forget_recovery_codes(session: Session, member_id: int) -> None:
    """Remove what is left of a member's codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP_LENGTH))
    return "-".join(letters[start : start + _GROUP_LENGTH] for start in range(0, len(letters), _GROUP_LENGTH))


def _folded(text: str) -> str:
    return "".join(text.split()).replace("-", "").lower()


def _hash(text: str, member_id: int, settings: Settings) -> str:
    key = hmac.digest(settings.secrets.master_key, b"fediunion recovery code", hashlib.sha256)
    content = f"{member_id}\n{_folded(text)[:100]}".encode("utf-8", "replace")
    return hmac.new(key, content, hashlib.sha256).hexdigest()
