"""The ask to write to a target: a letter whose words everybody may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.kind import Ask, AskTerms
from fediunion.union.campaigns.terms.texts import texts_by_language


@dataclass(frozen=True, kw_only=True)
class WriteToTargetAsk(AskTerms):
    """The letter to begin with, language → plain text, and the subjects of it, where there are any."""

    kind: ClassVar[str] = "email-target"

    template: Mapping[str, str] = field(default_factory=dict)
    subject: Mapping[str, str] = field(default_factory=dict)


def _read(ask: JsonObject) -> AskTerms:
    return WriteToTargetAsk(
        template=texts_by_language(ask.get("template")), subject=texts_by_language(ask.get("subject"))
    )


def _write(terms: AskTerms) -> JsonObject:
    assert isinstance(terms, WriteToTargetAsk)
    told = {"template": dict(terms.template), "subject": dict(terms.subject)}
    return {name: texts for name, texts in told.items() if texts}


ASK: Final = Ask(
    WriteToTargetAsk.kind,
    Sentence("Write to the target"),
    _read,
    _write,
    "CommunicateAction",
    ("write-to-target", "letter"),
)
