"""The form of a call: what an officer typed, as terms, and terms as an officer finds them typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.asks.kind import AskTerms
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.asks.solidarity import SolidarityAsk
from fediunion.union.campaigns.asks.union_resolution import UnionResolutionAsk
from fediunion.union.campaigns.asks.write_to_target import WriteToTargetAsk
from fediunion.union.campaigns.models import CallTarget, CampaignCall, SigningMode
from fediunion.union.campaigns.service.rows import Person, terms_of
from fediunion.union.campaigns.terms.call import CallTerms, Channel, Evidence, Target
from fediunion.web.forms import Form

EMPTY_ROWS: Final = 2
_CLOSES_AT: Final = "23:59"
_TARGET: Final = ("role[]", "organisation[]", "channel[]", "address[]", "person[]", "person_address[]")
_LETTER: Final = ("letter_language[]", "letter_subject[]", "letter_text[]")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in the form: `cells` by field, and rows of what there are several of.

    A target is (role, organisation, channel, address, name of a person, its address).
    """

    cells: Mapping[str, str]
    modes: Sequence[str] = (SigningMode.COUNTED, SigningMode.TARGET, SigningMode.PUBLIC)
    asks: Sequence[str] = ()
    cases: Sequence[tuple[str, ...]] = ()
    targets: Sequence[tuple[str, ...]] = ()
    letters: Sequence[tuple[str, ...]] = ()
    evidence: Sequence[tuple[str, ...]] = ()

    def cell(self, name: str) -> str:
        """Return what stands in a field of its own."""
        return self.cells.get(name, "")

    def rows(self, name: str, width: int) -> list[tuple[str, ...]]:
        """Return the rows of `cases`, `targets` …: those that are filled, and empty ones."""
        found: Sequence[tuple[str, ...]] = getattr(self, name)
        empty = 1 if name in ("cases", "letters") else EMPTY_ROWS
        return [*found, *[("",) * width] * empty]


def typed_in(form: Form) -> Typed:
    """Return what came with the form, as it was typed."""
    return Typed(
        cells={name: form[name].strip() for name in form if not name.endswith("[]")},
        modes=form.every("mode[]"),
        asks=form.every("ask[]"),
        cases=_rows(form, "case_language[]", "case[]", needs=1),
        targets=_rows(form, *_TARGET),
        letters=_rows(form, *_LETTER, needs=2),
        evidence=_rows(form, "evidence_name[]", "evidence_url[]", needs=1),
    )


def typed_of(call: CampaignCall, people: Mapping[int, CallTarget]) -> Typed:
    """Return a call as the form begins with it."""
    terms = terms_of(call)
    sign, letter = terms.ask(SignAsk), terms.ask(WriteToTargetAsk)
    resolution = terms.ask(UnionResolutionAsk)
    opens, closes = call.opens_at.astimezone(UTC), call.closes_at.astimezone(UTC)
    return Typed(
        cells={
            "title": terms.title,
            "demand": terms.demand,
            "languages": ", ".join(terms.languages),
            "goal": str(terms.goal or ""),
            "resolution_goal": str((resolution.goal if resolution else None) or ""),
            "hashtags": " ".join(terms.hashtags),
            "instrument": terms.background.get("instrument", ""),
            "since": terms.background.get("since", ""),
            "opens_day": f"{opens:%Y-%m-%d}",
            "opens_time": f"{opens:%H:%M}",
            "closes_day": f"{closes:%Y-%m-%d}",
            "closes_time": f"{closes:%H:%M}",
            "audience": call.audience,
        },
        modes=[mode.value for mode in sign.modes] if sign else [],
        asks=[ask.kind for ask in terms.asks],
        cases=list(terms.case.items()),
        targets=[_target_row(each, people.get(number)) for number, each in enumerate(terms.targets)],
        letters=_letter_rows(letter),
        evidence=[(each.name, each.url) for each in terms.evidence],
    )


def terms_in(typed: Typed) -> CallTerms:
    """Return the terms that were typed. Raises Invalid with its field."""
    languages = tuple(typed.cell("languages").replace(",", " ").split()) or ("en",)
    background = {name: typed.cell(name) for name in ("instrument", "since") if typed.cell(name)}
    return CallTerms(
        title=typed.cell("title"),
        demand=typed.cell("demand"),
        case={tag.strip() or languages[0]: text for tag, text in typed.cases},
        targets=tuple(_target(row) for row in typed.targets),
        asks=_asks(typed, languages[0]),
        hashtags=tuple(
            name.lstrip("#") for name in typed.cell("hashtags").replace(",", " ").split() if name.lstrip("#")
        ),
        languages=languages,
        evidence=tuple(Evidence(url=url, name=name) for name, url in typed.evidence),
        background=background,
    )


def people_in(typed: Typed) -> dict[int, Person]:
    """Return the persons behind the targets that were typed, by the target's number."""
    found = {number: Person(name=row[4], address=row[5]) for number, row in enumerate(typed.targets)}
    return {number: person for number, person in found.items() if person.name or person.address}


def times_in(typed: Typed, now: datetime) -> tuple[datetime, datetime]:
    """Return when it opens, now where nothing is said, and when it closes. Raises Invalid with its field."""
    opens = _moment(typed, "opens", "00:00") if typed.cell("opens_day") else now.replace(microsecond=0)
    if not typed.cell("closes_day"):
        raise Invalid(Sentence("Say when it closes."), field="closes_day")
    return opens, _moment(typed, "closes", _CLOSES_AT)


def audience_in(typed: Typed) -> str:
    """Return for whom it is; the public is what the form begins with."""
    return typed.cell("audience") or Audience.PUBLIC


FIELD_OF: Final[Mapping[str, str]] = {"closesAt": "closes_day", "opensAt": "opens_day", "case": "cases"}
"""What a fault is in, as services call it → the field of the form."""

LABELS: Final[Mapping[str, Sentence]] = {
    "title": Sentence("Title"),
    "demand": Sentence("Demand"),
    "languages": Sentence("Languages"),
    "goal": Sentence("Goal"),
    "hashtags": Sentence("Hashtags"),
    "closes_day": Sentence("Closes on"),
    "opens_day": Sentence("Opens on"),
    "cases": Sentence("The case"),
    "targets": Sentence("Whom it addresses"),
    "asks": Sentence("What people can do"),
    "evidence": Sentence("Evidence"),
    "audience": Sentence("Who can see it"),
}


def _rows(form: Form, *names: str, needs: int = 0) -> list[tuple[str, ...]]:
    """Return the rows in which something is typed in the column `needs`, or with 0 in any."""
    rows = zip(*(form.every(name) for name in names), strict=False)
    typed = [tuple(cell.strip() for cell in row) for row in rows]
    if needs:
        return [row for row in typed if row[needs]]
    return [
        row for row in typed if any(cell for place, cell in enumerate(row) if names[place] != "channel[]")
    ]


def _asks(typed: Typed, language: str) -> tuple[AskTerms, ...]:
    modes = tuple(SigningMode(mode) for mode in typed.modes if mode in tuple(SigningMode))
    found: list[AskTerms] = [SignAsk(modes=modes or (SigningMode.COUNTED,), goal=_number(typed, "goal"))]
    if BoostPledgeAsk.kind in typed.asks:
        found.append(BoostPledgeAsk())
    if WriteToTargetAsk.kind in typed.asks:
        rows = [(tag or language, subject, text) for tag, subject, text in typed.letters]
        found.append(
            WriteToTargetAsk(
                template={tag: text for tag, _, text in rows},
                subject={tag: subject for tag, subject, _ in rows if subject},
            )
        )
    if UnionResolutionAsk.kind in typed.asks:
        found.append(UnionResolutionAsk(goal=_number(typed, "resolution_goal")))
    if SolidarityAsk.kind in typed.asks:
        found.append(SolidarityAsk())
    return tuple(found)


def _number(typed: Typed, name: str) -> int | None:
    text = typed.cell(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Invalid(Sentence("A goal is a number from 1 up."), field="goal")
    return int(text)


def _moment(typed: Typed, name: str, usual: str) -> datetime:
    day, clock = typed.cell(f"{name}_day"), typed.cell(f"{name}_time") or usual
    try:
        return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid(Sentence("A day is written as 2027-01-31."), field=f"{name}_day") from None


def _target(row: tuple[str, ...]) -> Target:
    role, organisation, channel, address, person, person_address = row
    return Target(
        role=role,
        organisation=organisation,
        channel=Channel(channel) if channel in tuple(Channel) else Channel.PUBLIC,
        address=address,
        personal=bool(person or person_address) and not address,
    )


def _target_row(target: Target, person: CallTarget | None) -> tuple[str, ...]:
    named = ("", "") if person is None else (person.name, person.address)
    return (target.role, target.organisation, target.channel.value, target.address, *named)


def _letter_rows(ask: WriteToTargetAsk | None) -> list[tuple[str, ...]]:
    if ask is None:
        return []
    return [(tag, ask.subject.get(tag, ""), text) for tag, text in ask.template.items()]


def kept_in(typed: Typed, call: CampaignCall) -> Typed:
    """Return what was typed with what an open call keeps: opening, audience, pledge."""
    kept = typed_of(call, {})
    pledge = BoostPledgeAsk.kind
    asks = [each for each in typed.asks if each != pledge] + [each for each in kept.asks if each == pledge]
    same = {name: kept.cell(name) for name in ("opens_day", "opens_time", "audience")}
    return replace(typed, cells={**typed.cells, **same}, asks=asks)
