"""The asks of a call as a ladder: what is asked, what this reader has done, and what is next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fediunion.config import Settings
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.asks.kind import AskTerms
from fediunion.union.campaigns.asks.registry import ASKS
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.asks.solidarity import SolidarityAsk
from fediunion.union.campaigns.asks.write_to_target import WriteToTargetAsk
from fediunion.union.campaigns.letters.service import offers_sending
from fediunion.union.campaigns.pages.gathered import Gathered, Mine
from fediunion.union.campaigns.terms.call import Channel, Target


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One ask: `kind` as in `ASKS`; `done` by this member, `is_next` the first that is not."""

    kind: str
    label: Sentence
    done: bool = False
    is_next: bool = False


@dataclass(frozen=True, kw_only=True)
class LetterTarget:
    """Whom one writes to: its number in the call, how many wrote, whether this member did, and the way."""

    number: int
    target: Target
    written: int
    done: bool
    by_server: bool


def rungs_of(found: Gathered) -> list[Rung]:
    """Return the asks of a call in their order; for a member with what is done, and the next one marked."""
    rungs = [
        Rung(kind=each.kind, label=ASKS[each.kind].label, done=_is_done(each, found))
        for each in found.it.terms.asks
    ]
    if found.mine is not None and found.it.is_open:
        place = next((place for place, rung in enumerate(rungs) if not rung.done), None)
        if place is not None:
            rungs[place] = replace(rungs[place], is_next=True)
    return rungs


def letter_targets(found: Gathered, settings: Settings) -> Sequence[LetterTarget]:
    """Return those whom one can write to: all that are not only named publicly; every one where all are."""
    numbered = list(enumerate(found.it.terms.targets))
    chosen = [pair for pair in numbered if pair[1].channel in (Channel.EMAIL, Channel.POST)] or numbered
    mine: Mine = found.mine or Mine()
    return [
        LetterTarget(
            number=number,
            target=target,
            written=found.letters.get(number, 0),
            done=number in mine.letters,
            by_server=offers_sending(settings, found.it.call, target),
        )
        for number, target in chosen
    ]


def _is_done(ask: AskTerms, found: Gathered) -> bool:
    mine = found.mine
    if mine is None:
        return False
    if isinstance(ask, SignAsk):
        return mine.signature is not None
    if isinstance(ask, BoostPledgeAsk):
        return found.clap is not None and found.clap.own
    if isinstance(ask, WriteToTargetAsk):
        return bool(mine.letters)
    return isinstance(ask, SolidarityAsk) and mine.message is not None
