"""Letters that the server sends to a target for a member, and how many were written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fediunion.config import MailMode, Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.catalogues import first_language, translated
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.html import plain_name
from fediunion.kit.ids import new_id
from fediunion.kit.sentences import Sentence
from fediunion.members.emails import parse_email
from fediunion.members.events import MemberErased
from fediunion.members.mail.notices import title_of
from fediunion.members.mail.service import Letter as Mail
from fediunion.members.mail.service import queue_mail
from fediunion.union.campaigns.models import CallState, CampaignCall, Letter
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.terms.call import CallTerms, Target

LONGEST_SUBJECT: Final = 150
LONGEST_LETTER: Final = 6_000
LONGEST_NAME: Final = 100
MOST_FOR_A_TARGET: Final = 200
"""So many letters of all calls the server sends to one target of a call in 24 hours."""

_DAY: Final = timedelta(hours=24)
_ENOUGH: Final = Sentence(
    "Enough letters went to this address today. Send yours tomorrow, or from your own mail program."
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A letter as it is typed; `name` is what stands under it, "" for none."""

    subject: str
    text: str
    name: str = ""
    language: str = ""


def offers_sending(settings: Settings, call: CampaignCall, target: Target) -> bool:
    """Return whether the server sends letters to a target: to an office, never to a person.

    Of a call of our own alone: a peer's could name anybody's address, and we would be who writes to it.
    """
    is_office = bool(target.address) and not target.personal
    return call.local and settings.mail.mode is not MailMode.OFF and is_office


def send_letter(
    session: Session, call: CampaignCall, number: int, actor_id: int, draft: Draft, *, page: str
) -> None:
    """Send a member's letter to the target of that number, once for each member, call and target.

    It comes from the instance and has no address to answer to; of the member it has the name that was
    typed, or none. `page` is the address of the call. Raises Invalid for what cannot be sent, NotFound for
    a target that the call has not, and NotAllowed for a call that is not open, for a target to whom the
    server sends nothing, where this member wrote before, and where enough were sent in the last 24 hours.
    """
    settings, now = settings_of(session), now_of(session)
    target = target_of(call, number)
    if call.state != CallState.OPEN or not call.opens_at <= now < call.closes_at:
        raise NotAllowed(Sentence("This call is closed."), reason="call-closed")
    if not offers_sending(settings, call, target):
        raise NotAllowed(Sentence("The server sends no letters to this address."), reason="no-office")
    checked = check_draft(draft)
    _note(session, call, number, actor_id, by_server=True)
    language = first_language(checked.language, settings.instance.languages[0])
    queue_mail(
        session,
        Mail(
            to=str(parse_email(target.address)),
            subject=checked.subject,
            text=_whole(checked, settings, page, language),
            language=language,
        ),
    )


def target_of(call: CampaignCall, number: int) -> Target:
    """Return the target of that number; raise NotFound where the call has none."""
    targets = CallTerms.from_json(call.terms).targets
    if not 0 <= number < len(targets):
        raise NotFound(Sentence("The call is not addressed to anybody like that."))
    return targets[number]


def note_own_letter(session: Session, call: CampaignCall, number: int, actor_id: int) -> None:
    """Count a letter that a member says to have sent from another mail program.

    Raises NotFound for a target that the call has not, NotAllowed where this member wrote before.
    """
    target_of(call, number)
    _note(session, call, number, actor_id, by_server=False)


def check_draft(draft: Draft) -> Draft:
    """Return the letter as it is sent; raise Invalid, with its field, for one that is empty or too long."""
    subject = plain_name(draft.subject, LONGEST_SUBJECT + 1)
    name = plain_name(draft.name, LONGEST_NAME + 1)
    text = "\n".join(draft.text.splitlines()).strip()
    for field, value, most in (
        ("subject", subject, LONGEST_SUBJECT),
        ("letter", text, LONGEST_LETTER),
        ("name", name, LONGEST_NAME),
    ):
        if len(value) > most:
            raise Invalid(Sentence("At most %(most)s characters fit here.", most=most), field=field)
    if not subject:
        raise Invalid(Sentence("A letter needs a subject."), field="subject")
    if not text:
        raise Invalid(Sentence("The letter is empty."), field="letter")
    return Draft(subject=subject, text=text, name=name, language=draft.language)


def letters_to(session: Session, call: CampaignCall) -> Mapping[int, int]:
    """Return how many wrote to each target of a call, by its number."""
    rows = session.execute(
        select(Letter.target_number, func.count())
        .where(Letter.call_id == call.id)
        .group_by(Letter.target_number)
    )
    counts: dict[int, int] = dict(rows.all())
    return counts


def written_by(session: Session, call: CampaignCall, actor_id: int) -> frozenset[int]:
    """Return the numbers of the targets to whom somebody wrote."""
    mine = select(Letter.target_number).where(Letter.call_id == call.id, Letter.actor_id == actor_id)
    return frozenset(session.scalars(mine))


def forget_writer(session: Session, event: MemberErased) -> None:
    """Reaction: a member is gone. That letters were written stays, by nobody."""
    session.execute(update(Letter).where(Letter.actor_id == event.actor_id).values(actor_id=None))


def _note(session: Session, call: CampaignCall, number: int, actor_id: int, *, by_server: bool) -> None:
    """Write down that somebody wrote. The lock on the call makes what is counted here hold until the end."""
    call_lock(session, call.id)
    if number in written_by(session, call, actor_id):
        raise NotAllowed(Sentence("You have written to this address already."), reason="letter-sent")
    if by_server and _sent_lately(session, call, number) >= MOST_FOR_A_TARGET:
        raise NotAllowed(_ENOUGH, reason="enough-letters")
    now = now_of(session)
    session.add(
        Letter(
            id=new_id(now),
            call_id=call.id,
            target_number=number,
            actor_id=actor_id,
            by_server=by_server,
            sent_at=now,
        )
    )


def _sent_lately(session: Session, call: CampaignCall, number: int) -> int:
    sent = select(func.count()).where(
        Letter.call_id == call.id,
        Letter.target_number == number,
        Letter.by_server.is_(True),
        Letter.sent_at > now_of(session) - _DAY,
    )
    return session.scalar(sent) or 0


def _whole(draft: Draft, settings: Settings, page: str, language: str) -> str:
    title = title_of(settings)
    said = Sentence(
        "%(title)s sent this letter for a member, who may have changed its words. The call: %(page)s",
        title=title,
        page=page,
    )
    parts = [draft.text, draft.name, f"-- \n{translated(said, language)}"]
    return "\n\n".join(part for part in parts if part) + "\n"
