"""The ask to pledge a boost: what is boosted, and when, the thunderclap of the call says."""

from dataclasses import dataclass
from typing import ClassVar, Final

from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.kind import Ask, AskTerms


@dataclass(frozen=True, kw_only=True)
class BoostPledgeAsk(AskTerms):
    """That people pledge to boost the call's message at its moment."""

    kind: ClassVar[str] = "boost-pledge"


def _read(ask: JsonObject) -> AskTerms:
    return BoostPledgeAsk()


def _write(terms: AskTerms) -> JsonObject:
    return {}


ASK: Final = Ask(BoostPledgeAsk.kind, Sentence("Pledge a boost"), _read, _write, "CommunicateAction")
