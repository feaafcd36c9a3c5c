"""Codes of an authenticator app: enrolled in two steps, each taken once (RFC 6238)."""

import hmac
import io
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence
from fediunion.members.factors.models import TotpSecret
from fediunion.members.mail.notices import title_of
from fediunion.members.models import Member

DIGITS: Final = 6
STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
"""A clock may be so many steps of 30 seconds off, before or behind."""


@dataclass(frozen=True)
class TotpEnrolment:
    """What is shown to enrol an app: the secret in base32, and the same as an otpauth URI."""

    secret: str
    uri: str

    def qr_svg(self) -> str:
        """Return the URI as a QR code: an `<svg>` element without size, style or script."""
        import segno

        drawn = io.BytesIO()
        segno.make(self.uri, error="m", micro=False).save(
            drawn,
            kind="svg",
            xmldecl=False,
            svgns=True,
            omitsize=True,
            border=4,
            svgclass="qr",
            lineclass=None,
        )
        return drawn.getvalue().decode().strip()


def begin_totp(session: Session, member: Member, *, account: str) -> TotpEnrolment:
    """Return a new secret for a member's app; it counts once a code of it was shown to `confirm_totp`.

    `account` is what the app lists it under. Begun a second time, the first secret is forgotten. Raises
    NotAllowed for a member who has an app: that one is removed first.
    """
    import pyotp

    if has_totp(session, member.id):
        raise NotAllowed(Sentence("An app is set up already; remove it first."), reason="totp-enrolled")
    settings = settings_of(session)
    secret = pyotp.random_base32()
    session.execute(delete(TotpSecret).where(TotpSecret.member_id == member.id))
    session.add(
        TotpSecret(
            member_id=member.id,
            sealed=seal(secret.encode(), settings.secrets.master_key, _associated(member.id)),
            last_counter=0,
            created_at=now_of(session),
        )
    )
    uri = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=title_of(settings))
    return TotpEnrolment(secret, uri)


def confirm_totp(session: Session, member: Member, code: str) -> None:
    """Let an app count from now on, as a code of it shows that it works. Raises Invalid for a wrong one."""
    row = session.get(TotpSecret, member.id)
    if row is None or row.confirmed_at is not None or not _take(session, row, code):
        raise Invalid(
            Sentence("This is not the code that the app shows now."), field="code", reason="wrong-code"
        )
    row.confirmed_at = now_of(session)


def has_totp(session: Session, member_id: int) -> bool:
    """Return whether a member has an app that counts."""
    row = session.get(TotpSecret, member_id)
    return row is not None and row.confirmed_at is not None


def take_totp(session: Session, member_id: int, code: str) -> bool:
    """Return whether `code` is of the member's app, and use it up: of two who show it one gets through."""
    row = session.get(TotpSecret, member_id)
    return row is not None and row.confirmed_at is not None and _take(session, row, code)


def forget_totp(session: Session, member_id: int) -> None:
    """Remove the app of a member."""
    session.execute(delete(TotpSecret).where(TotpSecret.member_id == member_id))


def _take(session: Session, row: TotpSecret, code: str) -> bool:
    import pyotp

    digits = "".join(code.split())
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        return False
    secret = unseal(row.sealed, settings_of(session).secrets.master_key, _associated(row.member_id))
    app = pyotp.TOTP(secret.decode(), digits=DIGITS, interval=STEP_SECONDS)
    now = int(now_of(session).timestamp()) // STEP_SECONDS
    steps = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    right = [step for step in steps if hmac.compare_digest(app.generate_otp(step), digits)]
    return any(_use_up(session, row, step) for step in right)


def _use_up(session: Session, row: TotpSecret, step: int) -> bool:
    """Return whether no code of this step or a later one was taken: the statement itself decides."""
    taken = session.execute(
        update(TotpSecret)
        .where(TotpSecret.member_id == row.member_id, TotpSecret.last_counter < step)
        .values(last_counter=step)
    )
    return getattr(taken, "rowcount", 0) == 1


def _associated(member_id: int) -> bytes:
    return b"member-totp:%d" % member_id
