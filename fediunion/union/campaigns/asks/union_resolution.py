"""The ask to adopt a resolution: an organisation signs, as one."""

from dataclasses import dataclass
from typing import ClassVar, Final

from fediunion.activitypub import values
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.kind import Ask, AskTerms


@dataclass(frozen=True, kw_only=True)
class UnionResolutionAsk(AskTerms):
    """How many organisations a call hopes for."""

    kind: ClassVar[str] = "union-resolution"

    goal: int | None = None


def _read(ask: JsonObject) -> AskTerms:
    return UnionResolutionAsk(goal=values.count(ask.get("goal")))


def _write(terms: AskTerms) -> JsonObject:
    assert isinstance(terms, UnionResolutionAsk)
    return {} if terms.goal is None else {"goal": terms.goal}


ASK: Final = Ask(
    UnionResolutionAsk.kind, Sentence("Adopt a resolution"), _read, _write, "EndorseAction", ("resolution",)
)
