"""Adding and removing second factors, as the pages of a member do it: in a session that proved itself.

Whoever calls has asked for a proof within ten minutes (row W19); removing asks for password and factor
besides (row W12).
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.kit.sentences import Sentence
from fediunion.members.factors.challenges import Purpose, take_challenge
from fediunion.members.factors.models import Passkey
from fediunion.members.factors.passkeys import add_passkey, enrolment_options, read_enrolment
from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.factors.standing import FactorsChanged, settle_factors
from fediunion.members.factors.totp import TotpEnrolment, begin_totp, confirm_totp, forget_totp
from fediunion.members.mail.notices import tell_of_change
from fediunion.members.models import Member
from fediunion.members.proofs import check_code, check_own_password, check_passkey, use_answer
from fediunion.members.refusals import WrongProof
from fediunion.members.sessions import proved_member
from fediunion.world import World

_APP_ADDED: Final = Sentence("An authenticator app is asked for codes from now on.")
_APP_REMOVED: Final = Sentence("The authenticator app was removed.")
_KEY_ADDED: Final = Sentence("A passkey was added.")
_KEY_REMOVED: Final = Sentence("A passkey was removed.")
_NEW_CODES: Final = Sentence("New recovery codes were made; the old ones are worthless.")


def start_totp(session: Session, cookie: str) -> TotpEnrolment:
    """Return what the member of a session enrols an app with. Raises NotAllowed: one is there, no proof."""
    member = proved_member(session, cookie)
    actor = get_actor(session, member.actor_id)
    return begin_totp(session, member, account=f"{actor.username}@{actor.handle_host}")


def finish_totp(session: Session, cookie: str, code: str) -> FactorsChanged:
    """Let the app count, as it showed `code`. Raises Invalid for a wrong one, NotAllowed without proof."""
    member = proved_member(session, cookie)
    confirm_totp(session, member, code)
    return settle_factors(session, member, cookie, _APP_ADDED)


def start_passkey(session: Session, cookie: str) -> str:
    """Return the JSON with which the browser makes a passkey; a unit that writes. Raises NotAllowed."""
    member = proved_member(session, cookie)
    actor = get_actor(session, member.actor_id)
    return enrolment_options(session, member, cookie, username=f"{actor.username}@{actor.handle_host}")


async def finish_passkey(world: World, *, cookie: str, answer: str, name: str) -> FactorsChanged:
    """Let the passkey that the browser made count. Raises WrongProof, Invalid for no name, NotAllowed."""
    challenge = await world.db.write(take_challenge, cookie, Purpose.ENROL)
    if challenge is None:
        raise WrongProof(Sentence("This took too long. Try again."), reason="passkey-refused")
    made = read_enrolment(answer, challenge, world.settings)

    def unit(session: Session) -> FactorsChanged:
        member = proved_member(session, cookie)
        add_passkey(session, member, made, name)
        return settle_factors(session, member, cookie, _KEY_ADDED)

    return await world.db.write(unit)


async def remove_totp(
    world: World, *, cookie: str, password: str, address: str, code: str = "", answer: str = ""
) -> FactorsChanged:
    """Remove the member's app, for the password and a factor: a code, or what a passkey signed (W12).

    `answer` is to options of step_up.passkey_options. Raises WrongProof, TooManyAttempts, NotAllowed.
    """

    def remove(session: Session, member: Member) -> None:
        forget_totp(session, member.id)

    return await _remove(world, cookie, password, address, code, answer, remove, _APP_REMOVED)


async def remove_passkey(
    world: World,
    passkey_id: int,
    *,
    cookie: str,
    password: str,
    address: str,
    code: str = "",
    answer: str = "",
) -> FactorsChanged:
    """Remove a passkey of the member, another's is not touched. For what and raises: as `remove_totp`."""

    def remove(session: Session, member: Member) -> None:
        session.execute(delete(Passkey).where(Passkey.id == passkey_id, Passkey.member_id == member.id))

    return await _remove(world, cookie, password, address, code, answer, remove, _KEY_REMOVED)


def make_recovery_codes(session: Session, cookie: str) -> tuple[str, ...]:
    """Return ten new codes of the member of a session; the old ones are dead. Raises NotAllowed."""
    member = proved_member(session, cookie)
    tell_of_change(session, member, _NEW_CODES)
    return replace_recovery_codes(session, member)


async def _remove(
    world: World,
    cookie: str,
    password: str,
    address: str,
    code: str,
    answer: str,
    remove: Callable[[Session, Member], None],
    what: Sentence,
) -> FactorsChanged:
    member = await world.db.read(proved_member, cookie)
    await check_own_password(world, member.id, password, address)
    if answer:
        signed = await check_passkey(
            world, cookie=cookie, answer=answer, purpose=Purpose.PROVE, address=address
        )
    else:
        signed = None
        await check_code(world, member.id, code, address)

    def unit(session: Session) -> FactorsChanged:
        proved = proved_member(session, cookie)
        if signed is not None and use_answer(session, signed).id != proved.id:
            raise WrongProof(Sentence("This is not a passkey of yours."))
        remove(session, proved)
        return settle_factors(session, proved, cookie, what)

    return await world.db.write(unit)
