"""Claims of features on general documents, and outgoing activities."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from fediunion.activitypub.parse import parse_activity, parse_object
from fediunion.activitypub.vocab import (
    Create,
    DocumentClaim,
    Follow,
    Note,
    Question,
    activity_document,
    extend_document,
)
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

NOTE = {
    "id": "https://good.example/p/1",
    "type": "Note",
    "attributedTo": "https://good.example/a/1",
    "content": "Hi",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShiftSwap(Note):
    """A Note with a `shift`, for these tests."""

    hours: int


def claims_shift(document: JsonObject) -> bool:
    return "shift" in document


def build_shift_swap(note: Note) -> ShiftSwap:
    hours = note.raw["shift"]
    if not isinstance(hours, int):
        raise BadDocument("A shift is a number of hours.")
    return extend_document(note, ShiftSwap, hours=hours)


CLAIMS = [DocumentClaim(Note, claims_shift, build_shift_swap)]


def test_a_claimed_document_is_read_as_the_more_specific_one() -> None:
    swap = parse_object(NOTE | {"shift": 8}, claims=CLAIMS)
    assert isinstance(swap, ShiftSwap)
    assert (swap.hours, swap.content, swap.id) == (8, "Hi", "https://good.example/p/1")


def test_a_claim_that_fails_leaves_the_plain_document_and_says_why() -> None:
    note = parse_object(NOTE | {"shift": "long"}, claims=CLAIMS)
    assert type(note) is Note
    assert note.claim_refused == "A shift is a number of hours."


def test_a_claim_leaves_other_documents_alone_and_reaches_into_activities() -> None:
    assert type(parse_object(NOTE, claims=CLAIMS)) is Note
    assert type(parse_object(NOTE | {"type": "Question", "shift": 8}, claims=CLAIMS)) is Question
    create = {"id": "https://good.example/c/1", "type": "Create", "actor": "https://good.example/a/1"}
    assert type(parse_activity(create | {"object": NOTE | {"shift": 8}}, claims=CLAIMS).object) is ShiftSwap


def test_an_outgoing_activity_has_arrays_and_reads_back() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    document = activity_document(
        Create,
        "https://us.example/c/1",
        "https://us.example/a/1",
        NOTE,
        ("https://x.example/1",),
        (),
        noon,
        target=None,
    )
    assert document == {
        "id": "https://us.example/c/1",
        "type": "Create",
        "actor": "https://us.example/a/1",
        "published": "2026-11-22T12:00:00Z",
        "to": ["https://x.example/1"],
        "object": NOTE,
    }
    read = parse_activity(document)
    assert (read.to, read.published) == (("https://x.example/1",), noon)
    follow = activity_document(
        "Follow", "https://us.example/f/1", "https://us.example/a/1", "https://x.example/1"
    )
    assert isinstance(parse_activity(follow), Follow)
    assert "to" not in follow


def test_documents_are_frozen() -> None:
    note = parse_object(NOTE)
    with pytest.raises(AttributeError):
        note.id = "https://evil.example/1"  # type: ignore[misc]  # the point of the test
