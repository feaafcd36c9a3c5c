"""What opens to a suspended member: a link for half an hour in one browser, given for the right proof.

It is no session: with it the decisions about the account are read, and appealed against, and nothing else.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.ids import LARGEST_ID
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, address_bucket, count_attempts
from fediunion.members.models import Member, MemberState
from fediunion.members.proofs import check_code
from fediunion.members.refusals import SignInRefused
from fediunion.world import World

OPEN_FOR: Final = timedelta(minutes=30)
APPEALS_PER_HOUR: Final = 10
_OVER: Final = Sentence("This took too long. Start again with your name and password.")


@dataclass(frozen=True)
class Suspended:
    """Who holds a link. Until it is `complete` the second factor is asked for first (row W11)."""

    member_id: int
    actor_id: int
    complete: bool


def suspension_link(session: Session, cookie: str, member_id: int, *, complete: bool) -> str:
    """Return the token for the browser of `cookie`; not `complete` where a second step is still to come."""
    ends = int((now_of(session) + OPEN_FOR).timestamp())
    member = session.get_one(Member, member_id)
    said = f"{member.id}-{ends}-{int(complete)}"
    return f"{said}-{_seal(said, cookie, member, settings_of(session))}"


def find_suspended(session: Session, cookie: str, token: str) -> Suspended | None:
    """Return who holds a link, None for one that is not of this browser, too old, or needed no more.

    Another password, and the end of the suspension, end it as well.
    """
    said, _, seal = token.rpartition("-")
    numbers = said.split("-")
    if not cookie or len(numbers) != 3 or not all(each.isascii() and each.isdigit() for each in numbers):
        return None
    member_id, ends, complete = map(int, numbers)
    member = session.get(Member, member_id) if member_id <= LARGEST_ID else None
    if member is None or member.state != MemberState.SUSPENDED or ends <= now_of(session).timestamp():
        return None
    if not hmac.compare_digest(seal.encode(), _seal(said, cookie, member, settings_of(session)).encode()):
        return None
    return Suspended(member.id, member.actor_id, bool(complete))


async def complete_suspension_link(world: World, *, cookie: str, token: str, code: str, address: str) -> str:
    """Return a complete link for a code of the member's app, or a recovery code.

    Raises SignInRefused for a link that is over, WrongProof for a wrong code, TooManyAttempts (row W11).
    """
    found = await world.db.read(find_suspended, cookie, token)
    if found is None:
        raise SignInRefused(_OVER)
    await check_code(world, found.member_id, code, address)

    def unit(session: Session) -> str:
        return suspension_link(session, cookie, found.member_id, complete=True)

    return await world.db.write(unit)


def count_appeal(session: Session, member_id: int, address: str) -> None:
    """Count a try to appeal. Raises TooManyAttempts."""
    count_attempts(
        session,
        [
            Allowance("appeal:member", str(member_id), APPEALS_PER_HOUR, 3600),
            Allowance("appeal:address", address_bucket(address), 2 * APPEALS_PER_HOUR, 3600),
        ],
    )


def _seal(said: str, cookie: str, member: Member, settings: Settings) -> str:
    message = f"fediunion suspension\n{said}\n{cookie}\n{member.password_hash}".encode("utf-8", "replace")
    return hmac.new(settings.secrets.secret_key.encode(), message, hashlib.sha256).hexdigest()
