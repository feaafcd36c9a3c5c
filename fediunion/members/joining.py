"""Joining through our pages, and what is wrong with a request for an account before it is made.

What is checked first costs nothing; only then a password is hashed and keys are made.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.keys import make_keys
from fediunion.actors.models import Reach
from fediunion.actors.names import check_member_name
from fediunion.config import RegistrationMode, Settings
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, address_bucket, count_attempts
from fediunion.members.email_rules import check_allowed, is_work_address
from fediunion.members.models import MemberState, SignUp
from fediunion.members.passwords import check_password, make_passwords
from fediunion.members.sessions import begin_session
from fediunion.members.sign_ups import (
    LONGEST_REASON,
    check_open,
    is_name_taken,
    needs_email,
    sends_mail,
    sign_up,
)
from fediunion.world import World

TRIES_PER_SIGN_UP: Final = 10
"""A form may come back with something wrong so many times for each account that may be asked for."""

WORK_ADDRESS: Final = "work-address"
"""The reason of a fault that goes once who asks was warned."""

_HOUR: Final = 3600
_AT_WORK: Final = Sentence(
    "Your employer can read the mail of this address, and so learn of this account. A private one is safer."
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody typed who wants an account; `agrees` is to the rules.

    `warned` is whether who gives an address that an employer reads knows so, or cannot be told.
    """

    username: str
    email: str
    password: str
    agrees: bool
    warned: bool = True
    reason: str = ""
    locale: str | None = None
    reach: Reach | None = None
    invite_code: str = ""


@dataclass(frozen=True)
class Newcomer:
    """What came of asking: what the account waits for, and what is given to the browser.

    `cookie` is that of a session where the account is open at once, else "". `recovery_codes` are shown
    once, to who gave no address.
    """

    waits_for_mail: bool
    waits_for_approval: bool
    cookie: str
    recovery_codes: tuple[str, ...]


class Faulty(Invalid):
    """What is wrong with a request, by field."""

    def __init__(self, faults: Mapping[str, Invalid]) -> None:
        super().__init__(Sentence("No account was made."))
        self.faults = faults


def find_faults(session: Session, asked: Asked, *, email_required: bool) -> dict[str, Invalid]:
    """Return all that is wrong with a request, by field; that an address is in use is not said (W08)."""
    settings = settings_of(session)
    found = [_name_fault(session, asked, settings), _email_fault(session, asked, required=email_required)]
    if not asked.password:
        found.append(_blank("password"))
    else:
        try:
            check_password(asked.password, username=asked.username, email=asked.email)
        except Invalid as error:
            found.append(Invalid(*error.args, field="password", reason=error.reason))
    if settings.registration.mode is RegistrationMode.APPROVAL and not asked.reason.strip():
        sentence = Sentence("Say why you ask for an account.")
        found.append(Invalid(sentence, field="reason", reason="blank"))
    if not asked.agrees:
        found.append(
            Invalid(Sentence("The rules have to be accepted."), field="agreement", reason="accepted")
        )
    return {fault.field: fault for fault in found if fault is not None}


async def join(world: World, asked: Asked, *, address: str, replaces: str = "", device: str = "") -> Newcomer:
    """Return what came of asking for an account. With an address that somebody has it is the same (W08).

    That one is told by mail then, and the account never opens. Raises Faulty, NotAllowed where nobody joins
    this way, NotFound for an invitation that is over, TooManyAttempts (row O20).
    """
    settings = world.settings
    check_open(settings, invited=bool(asked.invite_code))
    most = settings.limits.sign_ups_per_hour
    bucket = address_bucket(address)
    tries = [Allowance("joining:address", bucket, most * TRIES_PER_SIGN_UP, _HOUR)]
    await world.db.write(count_attempts, tries)
    if not sends_mail(settings):
        asked = replace(asked, email="")
    faults = await world.db.read(find_faults, asked, email_required=needs_email(settings))
    if faults:
        raise Faulty(faults)
    await world.db.write(count_attempts, [Allowance("sign-up:address", bucket, most, _HOUR)])
    hashed = await world.part(make_passwords).hash(check_password(asked.password))
    keys = await asyncio.to_thread(make_keys, settings)

    def unit(session: Session) -> Newcomer:
        joined = sign_up(
            session,
            username=asked.username,
            email=asked.email.strip() or None,
            password_hash=hashed,
            keys=keys,
            locale=asked.locale,
            reason=asked.reason[:LONGEST_REASON],
            invite_code=asked.invite_code,
            reach=asked.reach,
        )
        member = joined.member
        is_in = member.state == MemberState.ACTIVE
        row = None if is_in else session.get_one(SignUp, member.id)
        return Newcomer(
            waits_for_mail=row is not None and row.confirmed_at is None,
            waits_for_approval=row is not None and row.approved_at is None,
            cookie=begin_session(session, member, replaces, device=device) if is_in else "",
            recovery_codes=joined.recovery_codes,
        )

    try:
        return await world.db.write(unit)
    except Invalid as error:
        # Somebody else was quicker, or in a trial the address is in use.
        raise Faulty({error.field: error}) from error


def _name_fault(session: Session, asked: Asked, settings: Settings) -> Invalid | None:
    if not asked.username.strip():
        return _blank("username")
    try:
        check_member_name(asked.username, settings)
    except Invalid as error:
        return error
    if is_name_taken(session, asked.username):
        return Invalid(Sentence("This name is in use."), field="username", reason="taken")
    return None


def _email_fault(session: Session, asked: Asked, *, required: bool) -> Invalid | None:
    if not asked.email.strip():
        return _blank("email") if required else None
    try:
        address = check_allowed(session, asked.email)
    except Invalid as error:
        return error
    if asked.warned or not is_work_address(address, settings_of(session)):
        return None
    return Invalid(_AT_WORK, field="email", reason=WORK_ADDRESS)


def _blank(field: str) -> Invalid:
    return Invalid(Sentence("This cannot be empty."), field=field, reason="blank")
