"""Asking for an account by an app, and confirming its e-mail address.

Source: https://docs.joinmastodon.org/methods/accounts/#create, https://docs.joinmastodon.org/methods/emails/
"""

import asyncio
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.keys import make_keys
from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Json
from fediunion.api.errors import Fault, InvalidFields
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, Refused
from fediunion.kit.languages import LANGUAGES
from fediunion.members import sign_ups
from fediunion.members.attempts import Allowance, address_bucket, count_attempts
from fediunion.members.email_rules import check_allowed
from fediunion.members.joining import Asked, find_faults
from fediunion.members.models import Member
from fediunion.members.passwords import LONGEST_BYTES, check_password, make_passwords
from fediunion.members.tokens import add_token
from fediunion.oauth.queries import get_application
from fediunion.world import World

_AN_HOUR: Final = 3600
_LONGEST: Final = 320
_CODES: Final = {
    "taken": "ERR_TAKEN",
    "reserved": "ERR_RESERVED",
    "too-long": "ERR_TOO_LONG",
    "blank": "ERR_BLANK",
    "accepted": "ERR_ACCEPTED",
    "email-domain": "ERR_BLOCKED",
}


async def create_account(call: Call) -> Answer:
    """Make an account and a token of it, which is good once the account is: see sign_ups.sign_up.

    An app asks, with its own token. Raises NotAllowed where registration is closed, TooManyAttempts,
    and InvalidFields with all that is wrong at once.
    """
    app, params, world = call.app, call.params, call.world
    if app is None:
        raise Refused("This method requires a token of an app itself")
    sign_ups.check_open(world.settings)
    given = {name: params.text(name, most=_LONGEST) for name in ("username", "email")}
    password = params.text("password", most=LONGEST_BYTES)
    reason = params.text("reason", most=sign_ups.LONGEST_REASON)
    locale = params.text("locale", most=35)
    await _count(world, call.address)
    agrees = params.flag("agreement")
    asked = Asked(
        username=given["username"],
        email=given["email"],
        password=password,
        agrees=agrees,
        reason=reason,
    )
    faults = await world.db.read(_faults, asked)
    if faults:
        raise InvalidFields(faults)
    hashed = await world.part(make_passwords).hash(check_password(password))
    keys = await asyncio.to_thread(make_keys, world.settings)

    def unit(session: Session) -> Entity:
        member = sign_ups.sign_up(
            session,
            username=given["username"],
            email=given["email"],
            password_hash=hashed,
            keys=keys,
            locale=locale if locale in LANGUAGES else None,
            reason=reason,
            application_id=app.application_id,
        ).member
        application = get_application(session, app.application_id)
        scopes = " ".join(sorted(app.scopes))
        token = add_token(
            session,
            member_id=member.id,
            scopes=scopes,
            app_name=application.name,
            application_id=application.id,
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "scope": scopes,
            "created_at": int(now_of(session).timestamp()),
        }

    try:
        made = await world.db.write(unit)
    except Invalid as error:
        # Somebody else was quicker, or in a trial the address is in use.
        raise InvalidFields({error.field: Fault.of(error, _CODES)}) from error
    return Answer(made, headers=((b"cache-control", b"no-store"),))


def _faults(session: Session, asked: Asked) -> dict[str, Fault]:
    """Return what is wrong, by field; that an address is in use is told to who has it (row W08)."""
    found = find_faults(session, asked, email_required=True)
    return {field: Fault.of(error, _CODES) for field, error in found.items()}


async def send_confirmation(call: Call) -> Json:
    """Send the mail that confirms an address once more, to another one where `email` says so."""
    caller = call.member
    email = call.params.text("email", most=_LONGEST)
    await _count(call.world, call.address)

    def unit(session: Session) -> None:
        if email:
            check_allowed(session, email)
        sign_ups.send_confirmation_again(session, session.get_one(Member, caller.member_id), email)

    await call.world.db.write(unit)
    return NO_CONTENT


async def check_confirmation(call: Call) -> Json:
    """Say whether the member has confirmed its address."""
    caller = call.member

    def load(session: Session) -> bool:
        row = sign_ups.find_sign_up(session, caller.member_id)
        return row is None or row.confirmed_at is not None

    return await call.world.db.read(load)


async def _count(world: World, address: str) -> None:
    """Count one try of whoever asks (row O20): mails are counted where they go. Raises TooManyAttempts."""
    most = world.settings.limits.sign_ups_per_hour
    allowance = Allowance("sign-up:address", address_bucket(address), most, _AN_HOUR)
    await world.db.write(count_attempts, [allowance])


_EMAILS: Final = "/api/v1/emails"
_WRITES: Final = ("write:accounts",)
_READS: Final = ("read:accounts",)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Endpoint("POST", "/api/v1/accounts", create_account, _WRITES, any_token=True),
    Endpoint("POST", f"{_EMAILS}/confirmations", send_confirmation, _WRITES, pending_too=True),
    Endpoint("GET", f"{_EMAILS}/check_confirmation", check_confirmation, _READS, pending_too=True),
)
