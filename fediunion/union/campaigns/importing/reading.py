"""One call of a file, read strictly: what cannot be used is named with its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Final

from fediunion.activitypub import values
from fediunion.activitypub.audience import Audience
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import Invalid
from fediunion.kit.html import html_to_text
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.asks.registry import find_ask
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.documents import LONGEST_OUTCOME
from fediunion.union.campaigns.importing.files import FileRow
from fediunion.union.campaigns.models import OutcomeStatus
from fediunion.union.campaigns.service.rows import Person
from fediunion.union.campaigns.terms.call import MOST_OF_A_KIND, CallTerms, Target
from fediunion.union.campaigns.terms.checking import check_terms
from fediunion.union.campaigns.terms.texts import texts_by_language
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms, check

_END_OF_DAY: Final = time(23, 59, 59)
_LONGEST_KEY: Final = 500


@dataclass(frozen=True, kw_only=True)
class FileOutcome:
    """How a call ended, as a file says; `on_day` is ISO 8601 or ""."""

    status: OutcomeStatus
    text: str
    on_day: str


@dataclass(frozen=True, kw_only=True)
class FileCall:
    """A call of a file. `key` is what the file calls it, `slug` a wish for the end of its page's address.

    `opens_at` is None where the file does not say. `left_out` names the asks that cannot be taken in.
    """

    key: str
    slug: str
    terms: CallTerms
    closes_at: datetime
    opens_at: datetime | None = None
    audience: Audience = Audience.PUBLIC
    people: Mapping[int, Person] = field(default_factory=dict)
    thunderclap: ThunderclapTerms | None = None
    outcome: FileOutcome | None = None
    left_out: tuple[str, ...] = ()


def read_row(row: FileRow, now: datetime) -> FileCall:
    """Return what a row says. Raises Invalid, with its field."""
    call = row.call or {}
    _check_named(call)
    languages = tuple(values.text(each) or "" for each in values.each(call.get("languages"), MOST_OF_A_KIND))
    said = CallTerms.from_json(call | {"case": _case(call, languages[0] if languages else "en")})
    targets, people = _targets(call, said.targets)
    thunderclap = _thunderclap(row, said, now)
    asks = tuple(ask for ask in said.asks if not isinstance(ask, BoostPledgeAsk) or thunderclap is not None)
    terms = check_terms(replace(said, targets=targets, asks=asks))
    closes_at = _moment(call, "closesAt", _END_OF_DAY)
    if closes_at is None:
        raise Invalid(Sentence("A call says when it closes."), field="closesAt", reason="blank")
    return FileCall(
        key=identifier_of(call),
        slug=_slug(call),
        terms=terms,
        closes_at=closes_at,
        opens_at=_moment(call, "opensAt", time()),
        audience=_audience(call),
        people=people,
        thunderclap=thunderclap,
        outcome=_outcome(call),
        left_out=tuple(_left_out(call, terms)),
    )


def identifier_of(call: JsonObject) -> str:
    """Return what a file calls a call: its sample id, its id, its slug, or else its title."""
    for name in ("sampleId", "id", "slug", "title"):
        text = values.text(call.get(name), _LONGEST_KEY)
        if text and text.strip():
            return " ".join(text.split())
    return ""


def _check_named(call: JsonObject) -> None:
    for name in ("title", "demand"):
        if not isinstance(call.get(name), str):
            raise Invalid(Sentence("This text is missing."), field=name, reason="blank")
    for name in ("targets", "asks", "hashtags", "languages", "evidence"):
        told = call.get(name)
        if told is not None and not isinstance(told, list):
            raise Invalid(Sentence("This is a list."), field=name)
        if told is not None and len(told) > MOST_OF_A_KIND:
            raise Invalid(Sentence("There are at most %(most)s of these.", most=MOST_OF_A_KIND), field=name)
    for each in call.get("evidence") or ():
        if values.uri(each) is None:
            raise Invalid(Sentence("This is no address of a page."), field="evidence")


def _case(call: JsonObject, language: str) -> dict[str, str]:
    """Return the case as it is in a file: Markdown in `case`, else the HTML of `content`, in words."""
    if call.get("case") is not None:
        return texts_by_language(call["case"], otherwise=language)
    content = texts_by_language(call.get("content"), otherwise=language)
    return {tag: html_to_text(text) for tag, text in content.items()}


def _targets(call: JsonObject, targets: tuple[Target, ...]) -> tuple[tuple[Target, ...], dict[int, Person]]:
    """Return the targets, and the persons behind some of them.

    An address is a person's unless the file says `"personal": false`; a name is one in any case.
    """
    kept, people = [], {}
    told = [each for each in values.each(call.get("targets"), MOST_OF_A_KIND) if each]
    for number, (each, target) in enumerate(zip(told, targets, strict=True)):
        named = values.text(each.get("name")) if isinstance(each, dict) else None
        is_role = isinstance(each, dict) and each.get("personal") is False and not named
        if is_role or not (named or target.address):
            kept.append(replace(target, personal=False))
            continue
        people[number] = Person(name=named or "", address=target.address)
        kept.append(replace(target, address="", personal=True))
    return tuple(kept), people


def _thunderclap(row: FileRow, said: CallTerms, now: datetime) -> ThunderclapTerms | None:
    """Return the thunderclap of a call that asks to pledge, where its moment is still to come."""
    if row.thunderclap is None or said.ask(BoostPledgeAsk) is None:
        return None
    try:
        clap = ThunderclapTerms.from_json(row.thunderclap, language=said.language)
        check(clap)
    except Invalid as error:
        raise Invalid(sentence_of(error), field=f"thunderclap.{error.field}", reason=error.reason) from error
    return clap if clap.release_at > now else None


def _left_out(call: JsonObject, terms: CallTerms) -> list[str]:
    """Return the kinds of asks in a file that are not among the terms, as the file names them."""
    kept = {ask.kind for ask in terms.asks}
    names = []
    for each in values.each(call.get("asks"), MOST_OF_A_KIND):
        name = each.get("type") if isinstance(each, dict) else each
        ask = find_ask(name) if isinstance(name, str) else None
        if ask is None or ask.kind not in kept:
            names.append(name[:60] if isinstance(name, str) else "?")
    return names


def is_signed_though_not_asked(call: JsonObject) -> bool:
    """Return whether a file asks for no signature; a call that it tells of can be signed all the same."""
    asked = (
        each.get("type") if isinstance(each, dict) else each
        for each in values.each(call.get("asks"), MOST_OF_A_KIND)
    )
    return SignAsk.kind not in asked


def _audience(call: JsonObject) -> Audience:
    told = call.get("audience", Audience.PUBLIC)
    if told not in (Audience.PUBLIC, Audience.NETWORK):
        raise Invalid(Sentence("A call is public, or for the network of unions."), field="audience")
    return Audience(told)


def _slug(call: JsonObject) -> str:
    own = values.text(call.get("slug"))
    if own:
        return own
    address = values.text(call.get("id")) or ""
    return address.rstrip("/").rpartition("/")[2] if "/campaigns/" in address else ""


def _moment(call: JsonObject, name: str, of_day: time) -> datetime | None:
    """Return an instant of a file; a day alone is one of UTC. Raises Invalid."""
    told = call.get(name)
    if told is None or told == "":
        return None
    if isinstance(told, str) and len(told) <= 64:
        instant = parse_instant(told)
        if instant is not None:
            return instant.replace(microsecond=0)
        try:
            return datetime.combine(date.fromisoformat(told.strip()), of_day, UTC)
        except ValueError:
            pass
    raise Invalid(
        Sentence("“%(value)s” is no moment such as 2027-01-31T23:59:00Z.", value=str(told)[:40]),
        field=name,
        reason="bad-date",
    )


def _outcome(call: JsonObject) -> FileOutcome | None:
    told = call.get("outcome")
    if told is None:
        return None
    status = told.get("status") if isinstance(told, dict) else None
    if not isinstance(told, dict) or status not in tuple(OutcomeStatus):
        named = ", ".join(OutcomeStatus)
        raise Invalid(Sentence("An outcome is one of %(names)s.", names=named), field="outcome")
    text = values.text(told.get("text"), LONGEST_OUTCOME + 1) or ""
    day = values.text(told.get("date"), 40) or ""
    return FileOutcome(status=OutcomeStatus(status), text=text, on_day=day)
