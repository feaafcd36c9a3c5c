"""Proving once more to be the one who signed in, before what is dangerous (row W19).

`members.sessions.is_proved` says whether it is due; these note it for ten minutes.
"""

from sqlalchemy.orm import Session

from fediunion.kit.sentences import Sentence
from fediunion.members.factors.challenges import Purpose
from fediunion.members.factors.passkeys import asking_options
from fediunion.members.models import Member
from fediunion.members.proofs import SignedAnswer, check_code, check_own_password, check_passkey, use_answer
from fediunion.members.refusals import WrongProof
from fediunion.members.sessions import member_in, prove_again
from fediunion.world import World


async def prove_by_password(world: World, *, cookie: str, password: str, address: str) -> str:
    """Return the cookie from now on (mostly the same) of a session whose member typed the password again.

    Raises WrongProof, TooManyAttempts, and NotAllowed for a session that is over.
    """
    member_id = await world.db.read(_member_id, cookie)
    stored = await check_own_password(world, member_id, password, address)

    def unit(session: Session) -> str:
        if session.get_one(Member, member_id).password_hash != stored:
            raise WrongProof(Sentence("The password is not right."))
        return prove_again(session, cookie)

    return await world.db.write(unit)


async def prove_by_code(world: World, *, cookie: str, code: str, address: str) -> str:
    """Return the cookie from now on of a session whose member gave a code of its app, which is used up.

    Recovery codes are for who lost the app: they prove nothing here. Raises as by password.
    """
    member_id = await world.db.read(_member_id, cookie)
    await check_code(world, member_id, code, address, of_app_only=True)
    return await world.db.write(prove_again, cookie)


def passkey_options(session: Session, cookie: str) -> str:
    """Return the JSON with which a browser asks a passkey of the member to prove it; a unit that writes.

    Raises NotAllowed for a session that is over.
    """
    return asking_options(session, cookie, Purpose.PROVE, _member_id(session, cookie))


async def prove_by_passkey(world: World, *, cookie: str, answer: str, address: str) -> str:
    """Return the cookie from now on of a session whose member's passkey signed. Raises as by password."""
    member_id = await world.db.read(_member_id, cookie)
    signed = await check_passkey(world, cookie=cookie, answer=answer, purpose=Purpose.PROVE, address=address)
    return await world.db.write(_note_passkey, cookie, member_id, signed)


def _note_passkey(session: Session, cookie: str, member_id: int, signed: SignedAnswer) -> str:
    if use_answer(session, signed).id != member_id:
        raise WrongProof(Sentence("This is not a passkey of yours."))
    return prove_again(session, cookie)


def _member_id(session: Session, cookie: str) -> int:
    return member_in(session, cookie).id
