"""Vacancies as they travel: a Note that carries a JobPosting is claimed, and read."""

from dataclasses import dataclass
from typing import ClassVar, Final

from fediunion.activitypub.vocab import DocumentClaim, Note, extend_document
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import plain_terms
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
