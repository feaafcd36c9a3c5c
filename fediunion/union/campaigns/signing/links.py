"""The links by which people who have no account here confirm, and take back, what they did."""

from typing import Final

from fediunion.config import Settings
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.links.sealed import opened_from_link, sealed_in_link

CONFIRM: Final = "/campaigns/confirm"
WITHDRAW: Final = "/campaigns/withdraw"
END_NEWS: Final = "/campaigns/consent"
ASK_NEWS: Final = "/campaigns/consent/give"
"""The addresses of the pages behind the links; each takes `?link=…`. To look at one changes nothing."""

_SIGNATURE: Final = b"campaign-signature"
_CONSENT: Final = b"campaign-consent"
_NEWS: Final = b"campaign-news"


def withdraw_link(signature_id: int, settings: Settings) -> str:
    """Return the address where one signature can be taken back by whoever has the link."""
    return _link(WITHDRAW, signature_id, settings, _SIGNATURE)


def signature_in(sealed: str, settings: Settings) -> int:
    """Return which signature a link is about; raise NotFound for what is none of ours."""
    return _number(sealed, settings, _SIGNATURE)


def end_news_link(consent_id: int, settings: Settings) -> str:
    """Return the address where one consent can be taken back by whoever has the link."""
    return _link(END_NEWS, consent_id, settings, _CONSENT)


def consent_in(sealed: str, settings: Settings) -> int:
    """Return which consent a link is about; raise NotFound for what is none of ours."""
    return _number(sealed, settings, _CONSENT)


def ask_news_link(signature_id: int, settings: Settings) -> str:
    """Return the address where who signed from another server can ask to hear how the call ends."""
    return _link(ASK_NEWS, signature_id, settings, _NEWS)


def news_for(sealed: str, settings: Settings) -> int:
    """Return whose signature, by its number, such a link is for; raise NotFound for what is none of ours."""
    return _number(sealed, settings, _NEWS)


def _link(path: str, number: int, settings: Settings, purpose: bytes) -> str:
    return f"{settings.base_url}{path}?link={sealed_in_link(b'%d' % number, settings, purpose)}"


def _number(sealed: str, settings: Settings, purpose: bytes) -> int:
    content = opened_from_link(sealed, settings, purpose)
    if not content.isdigit():
        raise NotFound(Sentence("This link is none of this server."))
    return int(content)
