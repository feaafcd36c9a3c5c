"""The links by which people elsewhere confirm a pledge, and take it back."""

from dataclasses import dataclass
from typing import Final

from fediunion.config import Settings
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.links.sealed import opened_from_link, sealed_in_link

CONFIRM: Final = "/campaigns/pledge/confirm"
WITHDRAW: Final = "/campaigns/pledge/withdraw"
"""The addresses of the pages behind the links; each takes `?link=…`. To look at one changes nothing."""

_CONFIRMS: Final = b"campaign-pledge"
_WITHDRAWS: Final = b"campaign-pledge-withdrawn"


@dataclass(frozen=True)
class PledgeLink:
    """Which actor a link lets pledge in which thunderclap, or take the pledge back; ids of rows."""

    thunderclap_id: int
    actor_id: int


def confirm_link(link: PledgeLink, settings: Settings) -> str:
    """Return the address where whoever got the link pledges."""
    return _address(CONFIRM, link, settings, _CONFIRMS)


def withdraw_link(link: PledgeLink, settings: Settings) -> str:
    """Return the address where whoever got the link takes the pledge back."""
    return _address(WITHDRAW, link, settings, _WITHDRAWS)


def confirmed_by(sealed: str, settings: Settings) -> PledgeLink:
    """Return what a link confirms; raise NotFound for what is none of ours."""
    return _read(sealed, settings, _CONFIRMS)


def withdrawn_by(sealed: str, settings: Settings) -> PledgeLink:
    """Return what a link takes back; raise NotFound for what is none of ours."""
    return _read(sealed, settings, _WITHDRAWS)


def _address(path: str, link: PledgeLink, settings: Settings, purpose: bytes) -> str:
    content = b"%d %d" % (link.thunderclap_id, link.actor_id)
    return f"{settings.base_url}{path}?link={sealed_in_link(content, settings, purpose)}"


def _read(sealed: str, settings: Settings, purpose: bytes) -> PledgeLink:
    numbers = opened_from_link(sealed, settings, purpose).split(b" ")
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        raise NotFound(Sentence("This link is none of this server."))
    return PledgeLink(int(numbers[0]), int(numbers[1]))
