"""Pledging on a page without an account here: an address is asked by a message, and nothing stored before."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.webfinger import parse_acct
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.remote import resolve_handle
from fediunion.db import settings_of
from fediunion.kit.errors import BadDocument, FediUnionError, Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, address_bucket, count_attempts
from fediunion.union.campaigns.messages import send_message
from fediunion.union.campaigns.models import CampaignCall, Route
from fediunion.union.campaigns.queries import lead_of
from fediunion.union.campaigns.signing.rules import check_signer
from fediunion.union.campaigns.thunderclap.links import (
    PledgeLink,
    confirm_link,
    confirmed_by,
    withdrawn_by,
)
from fediunion.union.campaigns.thunderclap.models import Thunderclap
from fediunion.union.campaigns.thunderclap.pledging import (
    TOO_LATE,
    check_can_pledge,
    pledge,
    withdraw_pledge,
)
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap, takes_pledges
from fediunion.union.campaigns.thunderclap.wording import confirmation, words_language
from fediunion.world import World

ASKED_IN_AN_HOUR: Final = 10
MESSAGES_IN_A_DAY: Final = 3
"""So often somebody on one network address may ask, and one account be written to."""

_NOT_A_HANDLE: Final = Sentence("Write your whole handle, such as name@server.example.")
_HERE: Final = Sentence("That account would be on this server: sign in to pledge with it.")
_NO_SERVER: Final = Sentence("That server did not answer, or does not know this account.")


async def ask_to_confirm(world: World, call_id: int, handle: str, address: str) -> None:
    """Write to the account that a handle means, with the link that pledges; nothing is stored.

    `address` is the network address of who asks. Raises Invalid with its field, NotAllowed where one cannot
    pledge, TooManyAttempts.
    """
    try:
        user, authority = parse_acct(handle)
    except BadDocument as error:
        raise Invalid(_NOT_A_HANDLE, field="account") from error
    if authority in world.settings.authority:
        raise Invalid(_HERE, field="account")
    asked = Allowance("pledge:address", address_bucket(address), ASKED_IN_AN_HOUR, 3600)
    await world.db.write(count_attempts, [asked])
    try:
        actor = await resolve_handle(world, f"{user}@{authority}")
    except FediUnionError as error:
        raise Invalid(_NO_SERVER, field="account") from error
    if actor.local:
        raise Invalid(_HERE, field="account")
    await world.db.write(_send_link, call_id, actor.id)


def confirm_pledge(session: Session, sealed: str) -> CampaignCall:
    """Pledge as a link says that was sent; return the call. Raises NotFound, and NotAllowed as `pledge`."""
    clap, actor = _meant(session, confirmed_by(sealed, settings_of(session)))
    check_signer(session, session.get_one(CampaignCall, clap.call_id), actor)
    pledge(session, clap, actor, Route.WEB)
    return session.get_one(CampaignCall, clap.call_id)


def withdraw_by_link(session: Session, sealed: str) -> CampaignCall:
    """Take the pledge back as a link says that was sent; return the call. Raises NotFound."""
    clap, actor = _meant(session, withdrawn_by(sealed, settings_of(session)))
    withdraw_pledge(session, clap, actor)
    return session.get_one(CampaignCall, clap.call_id)


def call_of_link(session: Session, link: PledgeLink) -> CampaignCall:
    """Return the call that a link is about, for the page that asks. Raises NotFound."""
    clap, _ = _meant(session, link)
    return session.get_one(CampaignCall, clap.call_id)


def _meant(session: Session, link: PledgeLink) -> tuple[Thunderclap, Actor]:
    clap = session.get(Thunderclap, link.thunderclap_id)
    if clap is None:
        raise NotFound(Sentence("There is no such call."))
    return clap, get_actor(session, link.actor_id)


def _send_link(session: Session, call_id: int, actor_id: int) -> None:
    call, actor = session.get_one(CampaignCall, call_id), get_actor(session, actor_id)
    clap = find_thunderclap(session, call.id)
    if clap is None or not takes_pledges(session, clap):
        raise NotAllowed(TOO_LATE, reason="pledge-closed")
    if not call.local:
        raise NotAllowed(Sentence("Pledge on the page of the union that leads the call."))
    check_can_pledge(session, call, actor)
    check_signer(session, call, actor)
    count_attempts(session, [Allowance("pledge:account", actor.uri, MESSAGES_IN_A_DAY, 86_400)])
    link = confirm_link(PledgeLink(clap.id, actor.id), settings_of(session))
    send_message(session, lead_of(session, call), actor, confirmation(call, clap, link), words_language(call))
