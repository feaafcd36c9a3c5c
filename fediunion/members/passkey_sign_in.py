"""Signing in with a passkey alone: no name, no password; the key verifies who holds it."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import count_attempts
from fediunion.members.factors.attempts import passkey_allowances
from fediunion.members.factors.challenges import Purpose
from fediunion.members.factors.passkeys import asking_options
from fediunion.members.models import MemberState
from fediunion.members.proofs import SignedAnswer, check_passkey, use_answer
from fediunion.members.refusals import AccountSuspended, SignInRefused
from fediunion.members.sessions import begin_session
from fediunion.world import World


async def sign_in_options(world: World, *, cookie: str, address: str) -> str:
    """Return the JSON with which a browser asks any passkey for this server. Raises TooManyAttempts.

    It is asked for by POST: a challenge is stored for the browser's cookie.
    """
    await world.db.write(count_attempts, passkey_allowances(address))
    return await world.db.write(asking_options, cookie, Purpose.SIGN_IN)


async def sign_in_by_passkey(
    world: World, *, cookie: str, answer: str, address: str, device: str = ""
) -> str:
    """Return the cookie of a session for what a passkey signed, which has to have verified who holds it.

    Raises WrongProof with the same sentence for whatever is wrong with it (row W13), SignInRefused for an
    account that may not sign in, TooManyAttempts.
    """
    signed = await check_passkey(
        world, cookie=cookie, answer=answer, purpose=Purpose.SIGN_IN, address=address
    )
    return await world.db.write(_begin, signed, cookie, device)


def _begin(session: Session, signed: SignedAnswer, replaces: str, device: str) -> str:
    member = use_answer(session, signed)
    suspended = session.get_one(Actor, member.actor_id).suspended_at is not None
    if member.state != MemberState.ACTIVE or suspended:
        refused = Sentence("This account cannot sign in. Ask your union why.")
        if member.state == MemberState.SUSPENDED:
            raise AccountSuspended(refused, member_id=member.id, complete=True)
        raise SignInRefused(refused)
    return begin_session(session, member, replaces, device=device)
