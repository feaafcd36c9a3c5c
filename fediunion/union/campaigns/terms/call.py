"""What a call says: one frozen value with every field, and the one form of it as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self, TypeVar

from fediunion.activitypub import values
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.asks.kind import AskTerms
from fediunion.union.campaigns.asks.registry import ask_json, find_ask
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.terms.texts import texts_by_language

MOST_OF_A_KIND: Final = 30
"""So many targets, asks, links … are read; fewer are allowed (`terms.checking`)."""

AskT = TypeVar("AskT", bound=AskTerms)


class Channel(StrEnum):
    """How a target is addressed."""

    EMAIL = "email"
    POST = "post"
    FEDIVERSE = "fediverse"
    PUBLIC = "public"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Whom a call is addressed to.

    `address` is one of a role or office: it is told to other servers. That of a person is in `CallTarget`
    and leaves this server never; `personal` says that there is such a one.
    """

    role: str
    organisation: str = ""
    channel: Channel = Channel.PUBLIC
    address: str = ""
    personal: bool = False


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A page that shows why."""

    url: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class CallTerms:
    """What a call says. Source: docs/federation/campaign.md.

    `case` is language → Markdown. `asks` are a ladder, and one of them is always to sign. `hashtags` are
    without `#`. `languages` are BCP 47 tags; the call is written in the first. `goal` is of signatures.
    `background` says what came before: the `instrument`, and `since` when (ISO 8601). `co_sponsors` are
    ids of unions, as the leading union of a call of elsewhere names them; of ours they are relations.
    """

    title: str
    demand: str
    case: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    asks: tuple[AskTerms, ...] = (SignAsk(),)
    hashtags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    evidence: tuple[Evidence, ...] = ()
    background: Mapping[str, str] = field(default_factory=dict)
    co_sponsors: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """The language in which title and demand are written."""
        return self.languages[0]

    @property
    def goal(self) -> int | None:
        """How many signatures the call hopes for."""
        found = self.ask(SignAsk)
        return None if found is None else found.goal

    def ask(self, kind: type[AskT]) -> AskT | None:
        """Return what the call asks of this kind, or None."""
        return next((each for each in self.asks if isinstance(each, kind)), None)

    def case_in(self, language: str) -> tuple[str, str]:
        """Return the case for a reader of a language, and the language it is in: the call's own at least."""
        for tag in (language, language.partition("-")[0], *self.languages, *self.case):
            if tag in self.case:
                return self.case[tag], tag
        return "", self.language

    def to_json(self) -> JsonObject:
        """Return all of it in plain names, as `from_json` reads it."""
        told: JsonObject = {
            "title": self.title,
            "demand": self.demand,
            "case": dict(self.case),
            "targets": [_target_json(target) for target in self.targets],
            "asks": [ask_json(ask) for ask in self.asks],
            "hashtags": list(self.hashtags),
            "languages": list(self.languages),
            "evidence": [{"url": each.url, "name": each.name} for each in self.evidence],
            "background": dict(self.background),
            "coSponsors": list(self.co_sponsors),
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def from_json(cls, document: JsonObject) -> Self:
        """Return what JSON in plain names says: stored by us, in a file, or from the wire.

        Tolerant of types: what is none of its kind is left out. Kinds of asks that we do not know are left
        out too. The limits are those of `terms.checking`, for whoever did not write it.
        """
        languages = tuple(_texts(document.get("languages"))) or ("en",)
        return cls(
            title=values.text(document.get("title")) or "",
            demand=values.text(document.get("demand")) or "",
            case=texts_by_language(document.get("case"), otherwise=languages[0]),
            targets=tuple(
                _target(each) for each in values.each(document.get("targets"), MOST_OF_A_KIND) if each
            ),
            asks=_asks(document),
            hashtags=tuple(each.lstrip("#") for each in _texts(document.get("hashtags"))),
            languages=languages,
            evidence=tuple(_evidence(document.get("evidence"))),
            background=_background(document.get("background")),
            co_sponsors=values.uris(document.get("coSponsors"), MOST_OF_A_KIND),
        )


def _asks(document: JsonObject) -> tuple[AskTerms, ...]:
    """Return the asks of a document; a call that does not say how it is signed can be signed uncounted."""
    found: dict[str, AskTerms] = {}
    for each in values.each(document.get("asks"), MOST_OF_A_KIND):
        name = each.get("type") if isinstance(each, dict) else each
        ask = find_ask(name) if isinstance(name, str) else None
        if ask is not None:
            found.setdefault(ask.kind, ask.read(each if isinstance(each, dict) else {}))
    if SignAsk.kind not in found:
        goal = values.count(document.get("goal"))
        found = {SignAsk.kind: SignAsk(goal=goal), **found}
    return tuple(found.values())


def _target(value: object) -> Target:
    told = value if isinstance(value, dict) else {"role": value}
    channel = values.text(told.get("channel")) or ""
    return Target(
        role=values.text(told.get("role")) or "",
        organisation=values.text(told.get("org")) or "",
        channel=Channel(channel) if channel in tuple(Channel) else Channel.PUBLIC,
        address=values.text(told.get("address")) or "",
        personal=told.get("personal") is True,
    )


def _target_json(target: Target) -> JsonObject:
    told: JsonObject = {
        "role": target.role,
        "org": target.organisation,
        "channel": target.channel.value,
        "address": target.address,
        "personal": target.personal,
    }
    return {name: value for name, value in told.items() if value}


def _evidence(value: object) -> list[Evidence]:
    found = []
    for each in values.each(value, MOST_OF_A_KIND):
        url = values.uri(each)
        if url is not None:
            name = values.text(each.get("name")) if isinstance(each, dict) else None
            found.append(Evidence(url=url, name=name or ""))
    return found


def _background(value: object) -> dict[str, str]:
    told = value if isinstance(value, dict) else {}
    found = {name: values.text(told.get(name)) for name in ("instrument", "since")}
    return {name: text for name, text in found.items() if text}


def _texts(value: object) -> list[str]:
    found = (values.text(each) for each in values.each(value, MOST_OF_A_KIND))
    return [each.strip() for each in found if each and each.strip()]
