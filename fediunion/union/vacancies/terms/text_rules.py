"""Words by which frauds give themselves away in a notice, after the list in rules.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.terms.plain_words import END, PlainWords, plain_word, plain_words

RULES: Final = Path(__file__).with_name("rules.toml")
LONGEST_PHRASE: Final = 120
_NEAR: Final = 600

REASONS: Final[Mapping[str, Sentence]] = {
    "fee-scam": Sentence("It asks applicants for money. No serious employer charges a fee for a job."),
    "money-scam": Sentence("It asks for money to be sent in a way that cannot be traced or taken back."),
    "document-scam": Sentence("It asks for papers or bank details to be sent where they can be misused."),
    "contact-scam": Sentence("It is answered by private messages alone, not on the employer's own site."),
    "promise-scam": Sentence(
        "It promises what no serious employer promises, such as a job without interview."
    ),
}
"""Why each rule is there, for whoever is to decide about a notice."""

_GAP: Final = rf"(?:(?!{re.escape(END)} )\S+ ){{0,6}}?"
_CURRENCY: Final = (
    r"(?:usd|eur|gbp|chf|jpy|ngn|kes|ghs|zar|ugx|tzs|xof|xaf|fcfa|cfa|inr|rub|cad|aud|aed|sar|egp|mad"
    r"|dollars?|euros?|pounds?|francs?|naira|shillings?|rupees?|dolares|pesos|libras"
    r"|دولار\S{0,2}|يورو|درهم|ريال|جنيه|دينار|فرنك|ليره)"
)
_MONEY: Final = rf"(?:{_CURRENCY} \d+|\d+ (?:\d+ )?{_CURRENCY}|{_CURRENCY}\d+|\d+{_CURRENCY}) "
_ARABIC: Final = re.compile(r"[\u0621-\u064a]+\*?")
_ARABIC_BEFORE: Final = "[وفبلك]?(?:ال|ل)?"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a text breaks: its id, and the words."""

    rule: str
    phrase: str

    @property
    def reason(self) -> Sentence:
        """Return why the rule is there."""
        return REASONS[self.rule]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """`needs` are sets of words of which a text that matches has one each; an open word makes no set."""

    regex: re.Pattern[str]
    needs: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    patterns: tuple[_Pattern, ...]
    covers: frozenset[str]
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: tuple[_Rule, ...]
    negation: re.Pattern[str]
    warning: re.Pattern[str]
    but: re.Pattern[str]
    money: re.Pattern[str]


def scam_findings(text: str) -> tuple[Finding, ...]:
    """Return the rules that a text, or HTML, breaks, the gravest first; each once, with its first phrase.

    Takes time in proportion to the text, of which 50,000 characters are looked at.
    """
    rules, words = _rules(), plain_words(text)
    present = frozenset(words.text.split())
    phrases: dict[str, str] = {}
    for rule in rules.rules:
        for pattern in rule.patterns:
            if rule.id not in phrases and all(not each.isdisjoint(present) for each in pattern.needs):
                phrase = _first_phrase(rules, rule, pattern, words)
                if phrase:
                    phrases[rule.id] = phrase
    return _grouped(rules, phrases)


def _grouped(rules: _Rules, phrases: Mapping[str, str]) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    covered: set[str] = set()
    for rule in rules.rules:
        if rule.id in phrases and rule.id not in covered:
            findings.append(Finding(rule.id, phrases[rule.id]))
            covered |= rule.covers
    return tuple(findings)


def _first_phrase(rules: _Rules, rule: _Rule, pattern: _Pattern, words: PlainWords) -> str:
    for match in pattern.regex.finditer(words.text):
        sentence, begin = _around(words.text, match.start(), match.end())
        if _is_warning(rules, sentence, match.start() - begin, match.end() - begin):
            continue
        if rule.unless is not None and rule.unless.search(sentence):
            continue
        return words.phrase(match.start(), match.end())[:LONGEST_PHRASE]
    return ""


def _around(text: str, start: int, end: int) -> tuple[str, int]:
    """Return the sentence of a match, of an endless one the part near to it, and where that begins."""
    earliest = max(0, start - _NEAR)
    begin = text.rfind(f" {END} ", earliest, start) + 1
    if not begin and earliest:
        begin = text.find(" ", earliest, start) + 1 or start
    finish = text.find(f" {END} ", end - 1, end + _NEAR)
    return text[begin : finish + 1 if finish >= 0 else end + _NEAR], begin


def _is_warning(rules: _Rules, sentence: str, start: int, end: int) -> bool:
    """Whether the sentence says that something is not asked for, or warns of it."""
    if rules.money.search(sentence):
        return False
    if rules.warning.search(sentence):
        return True
    negations = rules.negation.finditer(sentence, 0, end)
    # "No interview" begins with a negation of its own.
    negation = next((each for each in negations if each.start() != start), None)
    return negation is not None and rules.but.search(sentence, negation.end(), end) is None


@cache
def _rules() -> _Rules:
    listed = tomllib.loads(RULES.read_text("utf-8"))
    negation: dict[str, Any] = listed["negation"]
    not_before = _any_of(negation["not_before"])
    return _Rules(
        rules=tuple(
            _Rule(
                rule["id"],
                tuple(_compiled(pattern) for pattern in rule["patterns"]),
                frozenset(rule.get("covers", ())),
                re.compile(rf"(?<!\S){_any_of(rule['unless'])}") if rule.get("unless") else None,
            )
            for rule in listed["rule"]
        ),
        negation=re.compile(rf"(?<!\S){_any_of(negation['words'])}(?!{not_before})"),
        warning=re.compile(rf"(?<!\S){_any_of(negation['warnings'])}"),
        but=re.compile(rf"(?<!\S){_any_of(negation['but'])}"),
        money=re.compile(rf"(?<!\S){_MONEY}"),
    )


def _compiled(pattern: str) -> _Pattern:
    regex, needs = r"(?<!\S)", []
    for part in pattern.split():
        if part == "...":
            regex += _GAP
        elif part == "<money>":
            regex += _MONEY
        elif part == "<end>":
            regex += rf"(?:{re.escape(END)} |$)"
        else:
            words = part.split("|")
            regex += _any_of(words)
            if not any(word.endswith("*") or _ARABIC.fullmatch(word) for word in words):
                needs.append(frozenset(plain_word(word) for word in words))
    return _Pattern(re.compile(regex), tuple(needs))


def _any_of(words: list[str]) -> str:
    return f"(?:{'|'.join(_word(word) for word in words)}) "


def _word(word: str) -> str:
    letters = re.escape(plain_word(word.removesuffix("*")))
    before = _ARABIC_BEFORE if _ARABIC.fullmatch(word) else ""
    return before + letters + (r"\S*" if word.endswith("*") else "")
