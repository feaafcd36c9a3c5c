"""What a browser keeps of who signed in with it, so that strangers who guess do not keep its member out.

It is sealed, opens nothing, and stands in the browser alone: it has tries of its own at that account.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.kit.errors import BadConfiguration
from fediunion.kit.ids import new_token
from fediunion.kit.sealing import seal, unseal
from fediunion.members.models import Member

KEPT: Final = timedelta(days=90)
_ASSOCIATED: Final = b"known-browser"
_LONGEST: Final = 300


def known_browser(session: Session, member: Member) -> str:
    """Return what the browser in which a member signed in just now keeps, in base64url."""
    ends = int((now_of(session) + KEPT).timestamp())
    content = orjson.dumps([member.id, ends, new_token()])
    sealed = seal(content, settings_of(session).secrets.master_key, _ASSOCIATED)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def tries_of_browser(session: Session, kept: str, member_id: int) -> str | None:
    """Return by what the tries of a browser are counted that keeps `kept`, tried at one account.

    None unless that very member signed in with it within 90 days: then it is a stranger's.
    """
    try:
        sealed = urlsafe_b64decode(kept[:_LONGEST].encode("ascii") + b"==")
        content = unseal(sealed, settings_of(session).secrets.master_key, _ASSOCIATED)
    except (UnicodeEncodeError, binascii.Error, BadConfiguration):
        return None
    whose, ends, number = orjson.loads(content)
    return str(number) if whose == member_id and now_of(session).timestamp() < ends else None
