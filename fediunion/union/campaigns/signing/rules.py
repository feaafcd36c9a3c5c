"""When a call can be signed, by whom, and in which mode."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.domains import find_domain_action
from fediunion.actors.models import Actor, DomainAction
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.html import plain_name
from fediunion.kit.sentences import Sentence
from fediunion.social.follows.queries import find_block
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.models import CallState, CampaignCall, SigningMode
from fediunion.union.campaigns.service.rows import terms_of

LONGEST_NAME: Final = 80
SIGNED_ALREADY: Final = Sentence("You have signed this call already.")


def is_open(session: Session, call: CampaignCall) -> bool:
    """Return whether a call takes signatures now."""
    return (
        call.state == CallState.OPEN and not call.hidden and call.opens_at <= now_of(session) < call.closes_at
    )


def check_open(session: Session, call: CampaignCall) -> None:
    """Raise NotAllowed where a call takes no signature now."""
    if not is_open(session, call):
        raise NotAllowed(Sentence("This call is closed."), reason="call-closed")


def check_signer(session: Session, call: CampaignCall, actor: Actor) -> None:
    """Raise NotAllowed for who may not sign: suspended or silenced, alone or with the server, or blocked."""
    kept_out = actor.deleted_at or actor.suspended_at or actor.silenced_at or actor.pending
    if not kept_out and not actor.local:
        kept_out = find_domain_action(session, actor.host) in (DomainAction.BLOCK, DomainAction.SILENCE)
    if kept_out or find_block(session, call.actor_id, actor.id) is not None:
        raise NotAllowed(Sentence("This account cannot sign the call."), reason="blocked-signer")


def modes_of(call: CampaignCall) -> tuple[SigningMode, ...]:
    """Return the modes in which a call can be signed. Counted is always among them: a vote is."""
    ask = terms_of(call).ask(SignAsk)
    named = () if ask is None else ask.modes
    return named if SigningMode.COUNTED in named else (*named, SigningMode.COUNTED)


def check_mode(call: CampaignCall, mode: SigningMode) -> None:
    """Raise Invalid for a mode that the call does not offer."""
    if mode not in modes_of(call):
        raise Invalid(Sentence("This call cannot be signed like that."), field="mode")


def kept_name(mode: SigningMode, *names: str) -> str:
    """Return what is kept of a name: the first of `names` that has letters; in the mode counted, nothing.

    Raises Invalid where none has. It stays on one line, without anything that disturbs its surroundings
    (row H19).
    """
    if mode is SigningMode.COUNTED:
        return ""
    for name in names:
        plain = plain_name(name, LONGEST_NAME)
        if any(character.isalnum() for character in plain):
            return plain
    raise Invalid(Sentence("A name is needed, for this is signed by name."), field="name")
