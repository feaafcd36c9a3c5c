"""Checking what a member shows: the password, a code, a passkey; tries are counted before."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import count_attempts, uncount_attempts
from fediunion.members.factors.attempts import (
    code_allowances,
    own_password_allowances,
    passkey_allowances,
)
from fediunion.members.factors.challenges import Purpose, take_challenge
from fediunion.members.factors.passkeys import (
    KnownPasskey,
    check_answer,
    credential_id_in,
    find_passkey,
    note_use,
)
from fediunion.members.factors.recovery import is_like_recovery_code, take_recovery_code
from fediunion.members.factors.totp import take_totp
from fediunion.members.models import Member
from fediunion.members.passwords import make_passwords
from fediunion.members.refusals import WrongProof
from fediunion.world import World


@dataclass(frozen=True)
class SignedAnswer:
    """A passkey's answer that holds; it counts once `use_answer` has noted it."""

    passkey: KnownPasskey
    sign_count: int


async def check_own_password(world: World, member_id: int, password: str, address: str) -> str:
    """Return the stored hash of the right password of a member who is signed in.

    Whoever writes next compares it, in case it was changed meanwhile. Raises WrongProof, TooManyAttempts.
    """
    allowances = own_password_allowances(world.settings, f"member {member_id}", address)
    await world.db.write(count_attempts, allowances)
    stored = await world.db.read(_password_hash, member_id)
    if not await world.part(make_passwords).verify(stored, password) or stored is None:
        raise WrongProof(Sentence("The password is not right."))
    await world.db.write(uncount_attempts, allowances)
    return stored


async def check_code(
    world: World, member_id: int, code: str, address: str, *, of_app_only: bool = False
) -> None:
    """Use up a code of the member's app, or a recovery code. Raises as for a password (W11, W12).

    With `of_app_only` a recovery code is as wrong as any other, and is not used up.
    """
    allowances = code_allowances(f"member {member_id}", address)
    await world.db.write(count_attempts, allowances)
    if not await world.db.write(take_totp if of_app_only else _take_code, member_id, code):
        raise WrongProof(Sentence("The code is not right, or was used already."))
    await world.db.write(uncount_attempts, allowances)


async def check_passkey(
    world: World, *, cookie: str, answer: str, purpose: Purpose, address: str
) -> SignedAnswer:
    """Return what a passkey signed for this browser. Raises WrongProof, TooManyAttempts (row W13).

    The challenge is used up whatever the answer is worth.
    """
    await world.db.write(count_attempts, passkey_allowances(address))
    challenge = await world.db.write(take_challenge, cookie, purpose)
    known = await world.db.read(find_passkey, credential_id_in(answer))
    if challenge is None or known is None:
        raise WrongProof(Sentence("This passkey could not be checked. Try again."))
    return SignedAnswer(known, check_answer(answer, challenge, known, purpose, world.settings))


def use_answer(session: Session, answer: SignedAnswer) -> Member:
    """Return whose passkey signed, and note the use. Raises WrongProof where it was used meanwhile."""
    note_use(session, answer.passkey, answer.sign_count)
    return session.get_one(Member, answer.passkey.member_id)


def _password_hash(session: Session, member_id: int) -> str | None:
    return session.get_one(Member, member_id).password_hash


def _take_code(session: Session, member_id: int, code: str) -> bool:
    take = take_recovery_code if is_like_recovery_code(code) else take_totp
    return take(session, member_id, code)
