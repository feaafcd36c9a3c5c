"""Another password: by the one that was, by mail, or by a recovery code. All other sessions and apps end."""

import base64
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.db import settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.ids import new_token
from fediunion.kit.json import JsonObject
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, address_bucket, count_attempts, has_room, uncount_attempts
from fediunion.members.emails import unseal_email
from fediunion.members.factors.attempts import recovery_allowances
from fediunion.members.factors.models import Passkey
from fediunion.members.factors.passkeys import list_passkeys
from fediunion.members.factors.recovery import take_recovery_code
from fediunion.members.links.models import LinkKind
from fediunion.members.links.service import find_link, get_link, new_link, take_link
from fediunion.members.mail.notices import tell_of_change, title_of, write_to
from fediunion.members.models import Member, MemberState
from fediunion.members.passwords import check_password, make_passwords
from fediunion.members.proofs import check_own_password
from fediunion.members.queries import find_login
from fediunion.members.refusals import WrongProof
from fediunion.members.service import set_password
from fediunion.members.sessions import begin_session, find_session, member_in
from fediunion.members.sign_ups import send_confirmation_again, waits_for_mail
from fediunion.members.unconfirmed import mail_link
from fediunion.world import World

MAIL_RESET: Final = "members.mail_reset"
RESETS_PER_HOUR: Final = 5
_HOUR: Final = 3600
_LONGEST_NAME: Final = 320
_CHANGED: Final = Sentence(
    "The password of your account was changed; all other browsers and apps were signed out."
)
_ASSOCIATED: Final = b"asked-reset"


async def change_password(world: World, *, cookie: str, current: str, new: str, address: str) -> str:
    """Return the cookie of a new session of a member who typed both passwords; everything else ends.

    Raises WrongProof, TooManyAttempts, Invalid for a new one that is not good enough, NotAllowed for a
    session that is over.
    """
    member_id = (await world.db.read(member_in, cookie)).id
    stored = await check_own_password(world, member_id, current, address)
    hashed = await _hashed(world, member_id, new)

    def unit(session: Session) -> str:
        member, found = session.get_one(Member, member_id), find_session(session, cookie)
        if found is None or member.password_hash != stored:
            raise WrongProof(Sentence("The password is not right."))
        device = found[0].device
        set_password(session, member, hashed)
        tell_of_change(session, member, _CHANGED)
        return begin_session(session, member, device=device)

    return await world.db.write(unit)


async def ask_reset(world: World, *, name: str, address: str, language: str = "") -> None:
    """Have a link mailed to the member of that name or address, if there is one who has an address.

    Who did not confirm the address of a new account gets the mail for that once more. A member is mailed
    five times an hour at most, and the newest link is good until the next: who asks in another's name keeps
    nobody from it, and whoever asks sees the same and waits as long in any case (row W08).
    `language` is that of the page. Raises TooManyAttempts, for the caller's address (row O20).
    """
    asked = name.strip()[:_LONGEST_NAME]
    allowances = [Allowance("reset:address", address_bucket(address), 4 * RESETS_PER_HOUR, _HOUR)]

    def unit(session: Session) -> None:
        count_attempts(session, allowances)
        sealed = seal(asked.encode("utf-8", "replace"), world.settings.secrets.master_key, _ASSOCIATED)
        coded = base64.b64encode(sealed).decode()
        enqueue(session, MAIL_RESET, key=f"reset:{new_token()}", asked=coded, language=language)

    await world.db.write(unit)


async def mail_reset(world: World, payload: JsonObject) -> None:
    """Job: mail the link that `ask_reset` was asked for. Its payload is sealed: it may be an address."""
    sealed = base64.b64decode(payload["asked"])
    asked = unseal(sealed, world.settings.secrets.master_key, _ASSOCIATED).decode()
    await world.db.write(_mail_reset_to, asked, payload.get("language", ""))


def _mail_reset_to(session: Session, name: str, language: str) -> None:
    found = find_login(session, name)
    if found is None:
        mail_link(session, name, language)
    elif found[0].state == MemberState.ACTIVE:
        _mail_reset_link(session, found[0], language)
    elif waits_for_mail(session, found[0]):
        send_confirmation_again(session, found[0])


def _mail_reset_link(session: Session, member: Member, language: str) -> None:
    """Mail a member who has an address the link to another password; `language` is that of the page."""
    settings = settings_of(session)
    room = Allowance("reset:member", str(member.id), RESETS_PER_HOUR, _HOUR)
    if member.sealed_email is None or not has_room(session, room):
        return
    token = new_link(session, member, LinkKind.PASSWORD)
    title = title_of(settings)
    write_to(
        session,
        member,
        Sentence("Another password for %(title)s", title=title),
        Sentence("Somebody, we hope you, wants another password for your account at %(title)s.", title=title),
        Sentence("Open this page within an hour to choose it:"),
        f"{settings.base_url}/password/new?token={token}",
        Sentence("Of several such mails the newest counts."),
        Sentence("If it was not you, do nothing: your password stays as it is."),
        language=language,
    )


def is_reset_good(session: Session, token: str) -> bool:
    """Return whether the link to another password works; looking does not use it up (row W05)."""
    return find_link(session, token, LinkKind.PASSWORD) is not None


def list_passkeys_of_link(session: Session, token: str) -> list[Passkey]:
    """Return the passkeys that sign in alone whatever the password is; none for a link that is not good."""
    found = find_link(session, token, LinkKind.PASSWORD)
    return [] if found is None else list_passkeys(session, found[1].id)


async def reset_password(world: World, *, token: str, new: str) -> None:
    """Give the member of a mailed link another password; the second factor is asked for as before (W14).

    Raises NotFound for a link that is used or too old, Invalid for a password that is not good enough.
    """
    member_id = await world.db.read(_member_id_of_link, token)
    hashed = await _hashed(world, member_id, new)

    def unit(session: Session) -> None:
        member, _ = take_link(session, token, LinkKind.PASSWORD)
        set_password(session, member, hashed)
        tell_of_change(session, member, _CHANGED)

    await world.db.write(unit)


async def reset_by_recovery_code(world: World, *, name: str, code: str, new: str, address: str) -> None:
    """Give the member of that name another password for a recovery code, which is used up (row W12).

    Raises WrongProof with one sentence for a wrong name and a wrong code (row W08), TooManyAttempts,
    Invalid for a password that is not good enough.
    """
    found = await world.db.read(find_login, name[:_LONGEST_NAME])
    member_id = found[0].id if found is not None and found[0].state == MemberState.ACTIVE else None
    allowances = recovery_allowances(world.settings, address)
    await world.db.write(count_attempts, allowances)
    hashed = await world.part(make_passwords).hash(check_password(new, username=name))

    def unit(session: Session) -> None:
        if member_id is None or not take_recovery_code(session, member_id, code):
            raise WrongProof(Sentence("The name or the code is not right."))
        member = session.get_one(Member, member_id)
        set_password(session, member, hashed)
        uncount_attempts(session, allowances)
        tell_of_change(session, member, _CHANGED)

    await world.db.write(unit)


async def _hashed(world: World, member_id: int, new: str) -> str:
    """Return the hash of a new password. Raises Invalid for one that is the member's name or address."""
    username, email = await world.db.read(_names_of, member_id)
    return await world.part(make_passwords).hash(check_password(new, username=username, email=email))


def _names_of(session: Session, member_id: int) -> tuple[str, str]:
    member = session.get_one(Member, member_id)
    sealed, settings = member.sealed_email, settings_of(session)
    email = "" if sealed is None else unseal_email(sealed, member.id, settings)
    return get_actor(session, member.actor_id).username, email


def _member_id_of_link(session: Session, token: str) -> int:
    return get_link(session, token, LinkKind.PASSWORD)[1].id
