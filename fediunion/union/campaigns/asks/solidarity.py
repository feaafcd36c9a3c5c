"""The ask for a message of solidarity."""

from dataclasses import dataclass
from typing import ClassVar, Final

from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.kind import Ask, AskTerms


@dataclass(frozen=True, kw_only=True)
class SolidarityAsk(AskTerms):
    """That people write a few words to those whom the call is about."""

    kind: ClassVar[str] = "solidarity"


def _read(ask: JsonObject) -> AskTerms:
    return SolidarityAsk()


def _write(terms: AskTerms) -> JsonObject:
    return {}


ASK: Final = Ask(
    SolidarityAsk.kind,
    Sentence("Send a message of solidarity"),
    _read,
    _write,
    "CommentAction",
    ("message-of-solidarity", "photo/message of solidarity"),
)
