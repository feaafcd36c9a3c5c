"""Vacancies as they travel: the members that make a Note tell of one, and how such a Note is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from fediunion.activitypub.vocab import DocumentClaim, Note, extend_document
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.models import VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import plain_terms, posting_of
from fediunion.union.vacancies.reading import read_wire_notice

_MEMBERS: Final = ("vacancy", "fu:vacancy", "https://w3id.org/fediunion/ns#vacancy")
_ENDED: Final = frozenset({"closed", "filled", "withdrawn"})


@dataclass(frozen=True, kw_only=True, slots=True)
class VacancyDocument(Note):
    """A Note that tells of a vacancy: what it says, and how it ended ("filled", "" while it is open)."""

    type_name: ClassVar[str] = "Vacancy"

    notice: Notice
    ended: str = ""


def vacancy_in(document: JsonObject) -> JsonObject | None:
    """Return the JobPosting in a Note, in plain terms; None where there is none."""
    for name in _MEMBERS:
        member = document.get(name)
        if isinstance(member, dict):
            plain: JsonObject = plain_terms(member)
            return plain
    return None


def vacancy_members(notice: Notice, state: VacancyState, *, uri: str, url: str, headline: str) -> JsonObject:
    """Return what makes the Note `uri` tell of a vacancy, beside its words: for programs, and for markets.

    A market of FEP-0837 reads the vacancy as a proposal: work for pay.
    """
    profile = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    proposal = "https://w3id.org/valueflows/ont/vf#Proposal"
    members: JsonObject = {
        "attachment": [
            {"type": "Link", "href": url, "mediaType": "text/html", "name": headline},
            {"type": "Link", "href": uri, "mediaType": profile, "rel": [proposal], "name": headline},
        ],
        "endTime": notice.closes_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "purpose": "request",
        "publishes": _intent(notice, uri),
        "unitBased": (notice.openings or 1) > 1,
        "vacancy": posting_document(notice, state, id=f"{url}#posting"),
    }
    if notice.salary is not None:
        members["reciprocal"] = _pay_intent(notice, uri)
    return members


def _intent(notice: Notice, uri: str) -> JsonObject:
    intent: JsonObject = {"type": "Intent", "id": f"{uri}#primary", "action": "deliverService"}
    esco = next((each.code for each in notice.occupations if each.scheme == "ESCO"), None)
    if esco:
        intent["resourceConformsTo"] = esco
    intent["availableQuantity"] = {"hasUnit": "one", "hasNumericalValue": str(notice.openings or 1)}
    return intent


def _pay_intent(notice: Notice, uri: str) -> JsonObject:
    intent: JsonObject = {"type": "Intent", "id": f"{uri}#reciprocal", "action": "transfer"}
    salary = notice.salary
    amount = None if salary is None else salary.minimum if salary.minimum is not None else salary.maximum
    if amount is not None:
        intent["resourceQuantity"] = {"hasUnit": "one", "hasNumericalValue": f"{amount:f}"}
    return intent


def posting_document(notice: Notice, state: VacancyState, *, id: str) -> JsonObject:
    """Return the `vacancy` member of a Note: as `posting_of`, in terms that its context defines."""
    status = "open" if state in (VacancyState.OPEN, VacancyState.EXTENDED) else state.value
    prefixed = _prefixed(posting_of(notice))
    assert isinstance(prefixed, dict)
    return {"type": prefixed.pop("type"), "id": id, **prefixed, "fu:status": status}


def _prefixed(value: Any) -> Any:
    if isinstance(value, list):
        return [_prefixed(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        _wire_name(name, value): f"sc:{inner}" if name == "@type" else _prefixed(inner)
        for name, inner in value.items()
    }


def _wire_name(name: str, beside: Mapping[str, Any]) -> str:
    """Return a term with its prefix; what has no type of schema.org's own is in our namespace."""
    if name == "@type":
        return "type"
    if ":" in name:
        return name
    return f"sc:{name}" if "@type" in beside else f"fu:{name}"


def _build(note: Note) -> VacancyDocument:
    posting = vacancy_in(note.raw)
    assert posting is not None  # claimed by it
    try:
        notice = read_wire_notice(posting, page=note.url or note.id, published=note.published)
    except Invalid as error:
        raise BadDocument(f"{error.field}: {error}", reason="bad-vacancy") from error
    status = str(posting.get("fu:status", "open")).lower()
    return extend_document(note, VacancyDocument, notice=notice, ended=status if status in _ENDED else "")


CLAIM: Final = DocumentClaim(Note, lambda document: vacancy_in(document) is not None, _build)
