"""Passkeys: enrolled by a browser, asked for a signature, checked, listed and removed (WebAuthn Level 3).

The library is imported where it is used: most processes of most instances never need it.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.members.factors.challenges import Purpose, new_challenge
from fediunion.members.factors.models import Passkey
from fediunion.members.mail.notices import title_of
from fediunion.members.models import Member
from fediunion.members.refusals import WrongProof

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MOST: Final = 20
LONGEST_NAME: Final = 60
_LONGEST_ANSWER: Final = 20_000
_UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
_REFUSED: Final = Sentence("This passkey could not be checked. Try again.")


@dataclass(frozen=True)
class NewPasskey:
    """What the browser's answer said of a key that is enrolled."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


@dataclass(frozen=True)
class KnownPasskey:
    """What an answer is checked against."""

    id: int
    member_id: int
    public_key: bytes
    sign_count: int


def enrolment_options(session: Session, member: Member, cookie: str, *, username: str) -> str:
    """Return the JSON for `navigator.credentials.create` (`parseCreationOptionsFromJSON` reads it).

    Keys that the member has are named, so that none is enrolled twice. Raises NotAllowed with 20 of them.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    settings = settings_of(session)
    if len(list_passkeys(session, member.id)) >= MOST:
        raise NotAllowed(
            Sentence("You have %(most)s passkeys; remove one first.", most=MOST), reason="too-many-passkeys"
        )
    options = generate_registration_options(
        rp_id=rp_id_of(settings),
        rp_name=title_of(settings),
        user_id=user_handle_of(member.id, settings),
        user_name=username,
        challenge=new_challenge(session, cookie, Purpose.ENROL),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(session, member.id),
    )
    return str(options_to_json(options))


def asking_options(session: Session, cookie: str, purpose: Purpose, member_id: int | None = None) -> str:
    """Return the JSON for `navigator.credentials.get` (`parseRequestOptionsFromJSON` reads it).

    Without a member any key that the device knows for this server answers, and it has to verify who
    holds it; a second factor does not.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    alone = purpose is Purpose.SIGN_IN
    options = generate_authentication_options(
        rp_id=rp_id_of(settings_of(session)),
        challenge=new_challenge(session, cookie, purpose),
        allow_credentials=None if member_id is None else _descriptors(session, member_id),
        user_verification=(
            UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
        ),
    )
    return str(options_to_json(options))


def read_enrolment(answer: str, challenge: bytes, settings: Settings) -> NewPasskey:
    """Return the key in a browser's answer, as JSON, to `enrolment_options`. Raises WrongProof (row W13)."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        given = _parsed(answer)
        verified = verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=rp_id_of(settings),
            expected_origin=settings.base_url,
        )
        transports = given["response"].get("transports") or ()
    except (WebAuthnException, *_UNREADABLE) as error:
        raise _refused() from error
    return NewPasskey(
        bytes_to_base64url(verified.credential_id),
        verified.credential_public_key,
        verified.sign_count,
        tuple(each for each in transports if isinstance(each, str) and len(each) < 20)[:8],
    )


def credential_id_in(answer: str) -> str:
    """Return which key an answer says it is of. Raises WrongProof for what is no answer."""
    try:
        return str(_parsed(answer)["id"])[:2000]
    except _UNREADABLE as error:
        raise _refused() from error


def check_answer(
    answer: str, challenge: bytes, known: KnownPasskey, purpose: Purpose, settings: Settings
) -> int:
    """Return what the key counts now; raise WrongProof for a signature that does not hold (row W13).

    Origin, server and challenge have to be ours, and the count above the last. Where the key stands for
    itself it has verified who holds it, and says that it is this member's.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        given = _parsed(answer)
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=rp_id_of(settings),
            expected_origin=settings.base_url,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=purpose is Purpose.SIGN_IN,
        )
        handle = given["response"].get("userHandle")
        said = base64url_to_bytes(handle) if handle else b""
    except (WebAuthnException, *_UNREADABLE) as error:
        raise _refused() from error
    ours = user_handle_of(known.member_id, settings)
    if (said or purpose is Purpose.SIGN_IN) and not hmac.compare_digest(said, ours):
        raise _refused()
    return verified.new_sign_count


def add_passkey(session: Session, member: Member, new: NewPasskey, name: str) -> Passkey:
    """Return the row of a key that was enrolled. Raises WrongProof for one that somebody has already."""
    taken = session.scalar(select(Passkey.id).where(Passkey.credential_id == new.credential_id))
    if taken is not None:
        raise _refused()
    row = Passkey(
        member_id=member.id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        transports=list(new.transports),
        name=_named(name),
        created_at=now_of(session),
    )
    session.add(row)
    return row


def find_passkey(session: Session, credential_id: str) -> KnownPasskey | None:
    """Return the key of that id, or None."""
    row = session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))
    return None if row is None else KnownPasskey(row.id, row.member_id, row.public_key, row.sign_count)


def note_use(session: Session, known: KnownPasskey, sign_count: int) -> None:
    """Keep what a key counts now. Raises WrongProof where it was used meanwhile: one answer counts once."""
    changed = session.execute(
        update(Passkey)
        .where(Passkey.id == known.id, Passkey.sign_count == known.sign_count)
        .values(sign_count=sign_count, last_used_at=now_of(session))
    )
    if getattr(changed, "rowcount", 0) != 1:
        raise _refused()


def list_passkeys(session: Session, member_id: int) -> list[Passkey]:
    """Return the keys of a member, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.member_id == member_id).order_by(Passkey.id)))


def rename_passkey(session: Session, member: Member, passkey_id: int, name: str) -> None:
    """Give a key of the member another name. Raises Invalid for none; another's key is not touched."""
    session.execute(
        update(Passkey)
        .where(Passkey.id == passkey_id, Passkey.member_id == member.id)
        .values(name=_named(name))
    )


def rp_id_of(settings: Settings) -> str:
    """Return the name that keys are bound to: the host of our pages, without a port."""
    return urlsplit(settings.base_url).hostname or settings.web_domain


def user_handle_of(member_id: int, settings: Settings) -> bytes:
    """Return the bytes by which a key knows the member: they say nothing to anybody else."""
    key = hmac.digest(settings.secrets.master_key, b"fediunion passkey user", hashlib.sha256)
    return hmac.digest(key, b"%d" % member_id, hashlib.sha256)


def _descriptors(session: Session, member_id: int) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    known = {each.value: each for each in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.credential_id),
            transports=[known[each] for each in row.transports if each in known] or None,
        )
        for row in list_passkeys(session, member_id)
    ]


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError("an answer is not so long")
    given = json.loads(answer)
    if not isinstance(given, dict):
        raise TypeError("an answer is an object")
    return given


def _named(name: str) -> str:
    text = " ".join(name.split())[:LONGEST_NAME]
    if not text:
        raise Invalid(Sentence("A passkey needs a name, so that you know it again."), field="name")
    return text


def _refused() -> WrongProof:
    return WrongProof(_REFUSED, reason="passkey-refused")
