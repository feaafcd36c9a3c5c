"""The limits of what a call may say, for whoever wrote it: a person, a file, another server."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.html import plain_name
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import is_storable, normalise_hashtag, valid_hashtag, valid_language_tag
from fediunion.kit.urls import parse_remote_url
from fediunion.union.campaigns.asks.kind import AskTerms
from fediunion.union.campaigns.asks.write_to_target import WriteToTargetAsk
from fediunion.union.campaigns.terms.call import CallTerms, Evidence, Target
from fediunion.union.campaigns.terms.texts import MOST_LANGUAGES

LONGEST_TITLE: Final = 150
LONGEST_DEMAND: Final = 400
LONGEST_CASE: Final = 20_000
LONGEST_LETTER: Final = 5_000
LONGEST_LINE: Final = 200
LONGEST_ADDRESS: Final = 320
MOST_TARGETS: Final = 20
MOST_EVIDENCE: Final = 20
MOST_HASHTAGS: Final = 8
MOST_GOAL: Final = 100_000_000

T = TypeVar("T")


def check_terms(terms: CallTerms) -> CallTerms:
    """Return terms as they are stored: one-line texts without what disturbs a line, everything within limits.

    Raises Invalid, naming the field, for what is missing, too long or not of its kind.
    """
    title, demand = _line(terms.title, LONGEST_TITLE, "title"), _line(terms.demand, LONGEST_DEMAND, "demand")
    if not title:
        raise Invalid(Sentence("A call needs a title."), field="title", reason="blank")
    if not demand:
        raise Invalid(
            Sentence("A call says in one sentence what it demands."), field="demand", reason="blank"
        )
    _check_languages(terms)
    if terms.goal is not None and not 0 < terms.goal <= MOST_GOAL:
        raise Invalid(Sentence("A goal is a number from 1 up."), field="goal")
    return replace(
        terms,
        title=title,
        demand=demand,
        case=_texts(terms.case, LONGEST_CASE, "case"),
        targets=_several(tuple(_target(each) for each in terms.targets), MOST_TARGETS, "targets"),
        asks=tuple(_ask(each) for each in terms.asks),
        hashtags=_several(_hashtags(terms.hashtags), MOST_HASHTAGS, "hashtags"),
        languages=tuple(dict.fromkeys(terms.languages)),
        evidence=_several(tuple(_evidence(each) for each in terms.evidence), MOST_EVIDENCE, "evidence"),
        background={name: _line(text, LONGEST_LINE, "background") for name, text in terms.background.items()},
    )


def _check_languages(terms: CallTerms) -> None:
    if not 0 < len(terms.languages) <= MOST_LANGUAGES:
        raise Invalid(
            Sentence("A call is in 1 to %(most)s languages.", most=MOST_LANGUAGES), field="languages"
        )
    if not all(valid_language_tag(tag) for tag in terms.languages):
        raise Invalid(Sentence("This is no language."), field="languages")


def _line(text: str, most: int, field: str) -> str:
    line = plain_name(text, most + 1)
    if len(line) > most or len(text) > most * 4:
        raise _too_long(most, field)
    return line


def _texts(texts: Mapping[str, str], most: int, field: str) -> dict[str, str]:
    if len(texts) > MOST_LANGUAGES:
        raise Invalid(Sentence("A call is in 1 to %(most)s languages.", most=MOST_LANGUAGES), field=field)
    for tag, text in texts.items():
        if not valid_language_tag(tag):
            raise Invalid(Sentence("This is no language."), field=field)
        if len(text) > most:
            raise _too_long(most, field)
        _check_storable(text, field)
    return {tag: text.strip() for tag, text in texts.items() if text.strip()}


def _check_storable(text: str, field: str) -> None:
    if not is_storable(text):
        raise Invalid(Sentence("A text cannot contain half a character."), field=field)


def _target(target: Target) -> Target:
    role = _line(target.role, LONGEST_LINE, "targets")
    if not role:
        raise Invalid(Sentence("A target has a role, such as “Executive Head”."), field="targets")
    address = _line(target.address, LONGEST_ADDRESS, "targets")
    if address and target.personal:
        raise Invalid(Sentence("The address of a person is not part of a call."), field="targets")
    return replace(
        target,
        role=role,
        organisation=_line(target.organisation, LONGEST_LINE, "targets"),
        address=address,
    )


def _ask(ask: AskTerms) -> AskTerms:
    if isinstance(ask, WriteToTargetAsk):
        subject = {
            tag: _line(text, LONGEST_LINE, "asks")
            for tag, text in _texts(ask.subject, LONGEST_LINE * 4, "asks").items()
        }
        return replace(ask, template=_texts(ask.template, LONGEST_LETTER, "asks"), subject=subject)
    return ask


def _hashtags(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not valid_hashtag(name):
            raise Invalid(Sentence("This is no hashtag: %(name)s", name=name[:60]), field="hashtags")
    return tuple({normalise_hashtag(name): name for name in reversed(names)}.values())[::-1]


def _evidence(evidence: Evidence) -> Evidence:
    try:
        url = parse_remote_url(evidence.url).text
    except BadDocument:
        raise Invalid(Sentence("This is no address of a page."), field="evidence") from None
    return Evidence(url=url, name=_line(evidence.name, LONGEST_LINE, "evidence"))


def _several(found: tuple[T, ...], most: int, field: str) -> tuple[T, ...]:
    if len(found) > most:
        raise Invalid(Sentence("There are at most %(most)s of these.", most=most), field=field)
    return found


def _too_long(most: int, field: str) -> Invalid:
    sentence = Sentence("This has at most %(most)s characters.", most=most)
    return Invalid(sentence, field=field, reason="too-long")
