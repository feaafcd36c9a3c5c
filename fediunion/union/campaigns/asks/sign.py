"""The ask to sign: a name under the demand, in one of three modes."""

from dataclasses import dataclass
from typing import ClassVar, Final

from fediunion.activitypub import values
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.kind import Ask, AskTerms
from fediunion.union.campaigns.models import SigningMode

_MOST_MODES: Final = 10


@dataclass(frozen=True, kw_only=True)
class SignAsk(AskTerms):
    """In which modes a call can be signed, and how many signatures it hopes for."""

    kind: ClassVar[str] = "sign"

    modes: tuple[SigningMode, ...] = (SigningMode.COUNTED,)
    goal: int | None = None


def _read(ask: JsonObject) -> AskTerms:
    named = [each for each in values.each(ask.get("modes"), _MOST_MODES) if each in tuple(SigningMode)]
    modes = tuple(dict.fromkeys(SigningMode(each) for each in named))
    return SignAsk(modes=modes or (SigningMode.COUNTED,), goal=values.count(ask.get("goal")))


def _write(terms: AskTerms) -> JsonObject:
    assert isinstance(terms, SignAsk)
    told: JsonObject = {"modes": [mode.value for mode in terms.modes]}
    return told if terms.goal is None else told | {"goal": terms.goal}


ASK: Final = Ask(SignAsk.kind, Sentence("Sign"), _read, _write, "EndorseAction")
