"""Signing on the web without an account: a form, a mail, and nothing stored before its link is used."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.config import MailMode, Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import NotAllowed, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, address_bucket, count_attempts
from fediunion.members.emails import parse_email
from fediunion.members.links.sealed import opened_from_link, sealed_in_link
from fediunion.members.mail.notices import title_of, write_to_stranger
from fediunion.union.campaigns.consents.service import give
from fediunion.union.campaigns.models import CampaignCall, Route, Signature, SigningMode
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing.addresses import address_key, find_by_address, has_signed_as_member
from fediunion.union.campaigns.signing.links import CONFIRM
from fediunion.union.campaigns.signing.rows import add_signature
from fediunion.union.campaigns.signing.rules import SIGNED_ALREADY, check_mode, check_open, kept_name
from fediunion.union.campaigns.signing.thanks import thank_by_mail
from fediunion.union.campaigns.signing.totals import recount

LINK_LIVES: Final = timedelta(days=7)
MAILS_PER_ADDRESS_DAY: Final = 3
"""So many mails of all calls go to one address within a day, for anybody can type any address."""
FORMS_PER_CALLER_HOUR: Final = 20

_PURPOSE: Final = b"campaign-web-signature"
_HOUR_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True)
class WebForm:
    """What somebody typed; `hears` asks to be told how the call ends. `language` is that of the page."""

    address: str
    mode: SigningMode = SigningMode.COUNTED
    name: str = ""
    hears: bool = False
    language: str = ""


def offers_web(settings: Settings) -> bool:
    """Return whether calls can be signed on the web: where mails are sent."""
    return settings.mail.mode is not MailMode.OFF


def request_signature(session: Session, call: CampaignCall, form: WebForm, *, caller: str) -> None:
    """Mail the link that signs a call to who typed an address; `caller` is the network address of that one.

    All that was typed is sealed in the link. The mail says nothing that the form said, for anybody can type
    anything for another's address. Whether an address has signed is told to nobody here. Raises Invalid
    with its field, NotAllowed where the call is not open or no mail is sent, TooManyAttempts.
    """
    settings = settings_of(session)
    check_open(session, call)
    if not call.local or not offers_web(settings):
        raise NotAllowed(Sentence("This call cannot be signed here on the web."), reason="no-web-signing")
    check_mode(call, form.mode)
    name, address = kept_name(form.mode, form.name), str(parse_email(form.address.strip()))
    # By the hash, so that what is typed behind a + is one address.
    mailbox = address_key(0, address, settings, purpose=b"mails")
    count_attempts(
        session,
        [
            Allowance("campaigns:caller", address_bucket(caller), FORMS_PER_CALLER_HOUR, _HOUR_SECONDS),
            Allowance("campaigns:address", mailbox, MAILS_PER_ADDRESS_DAY, 24 * _HOUR_SECONDS),
        ],
    )
    link = confirm_link(session, call, replace(form, address=address, name=name))
    write_to_stranger(
        session,
        address,
        Sentence("%(title)s: confirm your signature", title=title_of(settings)),
        call.title,
        call.url,
        Sentence("To sign this call, open this link within a week and press the button there:"),
        link,
        Sentence("If you did not ask for this, do nothing: nothing was stored."),
        language=form.language,
    )


def confirm_link(session: Session, call: CampaignCall, form: WebForm) -> str:
    """Return the address that signs a call as somebody typed; it is good for a week."""
    settings = settings_of(session)
    content = asdict(form) | {"call": call.id}
    content["until"] = int((now_of(session) + LINK_LIVES).timestamp())
    sealed = sealed_in_link(json.dumps(content).encode(), settings, _PURPOSE)
    return f"{settings.base_url}{CONFIRM}?link={sealed}"


def read_request(session: Session, sealed: str) -> tuple[CampaignCall, WebForm]:
    """Return which call a link signs, and what was typed. To read it changes nothing.

    Raises NotFound for a link that is none of ours, or too old, and for a call that is gone.
    """
    content = json.loads(opened_from_link(sealed, settings_of(session), _PURPOSE))
    call = session.get(CampaignCall, content.pop("call"))
    if call is None or content.pop("until") <= int(now_of(session).timestamp()):
        raise NotFound(Sentence("This link was used, or is too old."))
    return call, WebForm(**content | {"mode": SigningMode(content["mode"])})


def confirm(session: Session, sealed: str) -> Signature:
    """Sign a call by the link in the mail; return the signature. Another mail has the links to take it back.

    Raises NotFound as `read_request` does; NotAllowed where the call is closed, and where this address, or
    the member here who has it, signed before.
    """
    found, form = read_request(session, sealed)
    call = call_lock(session, found.id)
    check_open(session, call)
    signed = find_by_address(session, call, form.address) is not None
    if signed or has_signed_as_member(session, call, form.address):
        raise NotAllowed(SIGNED_ALREADY, reason="signed-already")
    signature = add_signature(
        session,
        call,
        Route.WEB,
        address_key=address_key(call.id, form.address, settings_of(session)),
        mode=form.mode,
        name=form.name,
    )
    consent = give(session, call, address=form.address, language=form.language) if form.hears else None
    recount(session, call)
    thank_by_mail(session, call, form.address, signature, consent, language=form.language)
    return signature
