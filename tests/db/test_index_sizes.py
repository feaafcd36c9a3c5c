"""What one entry of an index takes: PostgreSQL has room for 2,704 bytes, and the unit fails past it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_object
from fediunion.activitypub.values import MAX_URI_BYTES
from fediunion.activitypub.vocab import DocumentClaim, UnknownObject
from fediunion.db import Base, Database
from fediunion.db.migrate import all_tables
from fediunion.union.affiliation.documents import CLAIMS, LONGEST_ID, MOST_LABEL_CHARACTERS
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side
from fediunion.union.campaigns.models import CoSponsor, SponsorState
from fediunion.union.campaigns.sponsors.documents import CLAIM
from fediunion.union.vacancies.json_values import LONGEST_LINE
from fediunion.union.vacancies.service.rows import employer_key, number_key

ROOM = 2_704
BESIDE = 64
"""What an entry has beside its texts: its head, numbers, and a length for each text."""
LONGEST_INBOX, LONGEST_HOST, LONGEST_USER, LONGEST_KEY, LONGEST_WORD = 512, 260, 520, 1_200, 64
LONGEST_IN = {
    "actor": {"username_key": LONGEST_USER, "handle_host": LONGEST_HOST},
    "affiliation": {
        "child_uri": LONGEST_ID,
        "parent_uri": LONGEST_ID,
        "kind": LONGEST_WORD,
        "label": 4 * MOST_LABEL_CHARACTERS,
    },
    "co_sponsor": {"call_uri": LONGEST_ID, "union_uri": LONGEST_ID},
    "inbox_rejection": {"reason": LONGEST_WORD, "host": LONGEST_HOST},
    "job": {"state": LONGEST_WORD, "kind": LONGEST_WORD},
    "passkey_challenge": {"key_hash": LONGEST_WORD, "purpose": LONGEST_WORD},
    "quote_approval": {"kind": LONGEST_WORD, "quoting_uri": MAX_URI_BYTES},
    "sent_to": {"object_uri": MAX_URI_BYTES, "inbox_url": LONGEST_INBOX},
    "union_count": {"host": LONGEST_HOST, "kind": LONGEST_WORD},
    "vacancy": {"employer_key": LONGEST_KEY, "number_key": LONGEST_KEY},
}
_OVER_COLUMNS = (UniqueConstraint, PrimaryKeyConstraint)
NOW = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


def test_no_index_of_several_texts_takes_more_than_there_is_room_for() -> None:
    for table in all_tables().sorted_tables:
        constraints = [each for each in table.constraints if isinstance(each, _OVER_COLUMNS)]
        for columns in (each.columns for each in (*table.indexes, *constraints)):
            texts = [column.name for column in columns if isinstance(column.type, String)]
            if len(texts) > 1:
                assert sum(LONGEST_IN[table.name][text] for text in texts) + BESIDE <= ROOM, table.name


async def test_the_longest_relations_are_stored(database: Database) -> None:
    """Of letters that cannot be packed: PostgreSQL packs what it can before it looks at the size."""
    relation = Affiliation(
        child_uri=_id(1),
        child_host="clerks.example",
        parent_uri=_id(2),
        parent_host="nurses.example",
        kind=AffiliationKind.SECTOR,
        label="".join(chr(0x20000 + number) for number in _numbers(3, MOST_LABEL_CHARACTERS)),
        status=AffiliationStatus.ACTIVE,
        offered_by=Side.CHILD,
        uri=_id(4),
        offer="{}",
        offer_uri=_id(5),
        created_at=NOW,
        updated_at=NOW,
    )
    sponsor = CoSponsor(
        call_uri=_id(6),
        lead_uri=_id(7),
        union_uri=_id(8),
        host="clerks.example",
        state=SponsorState.OFFERED,
        uri=_id(9),
        created_at=NOW,
        updated_at=NOW,
    )

    def store(session: Session, rows: list[Base]) -> None:
        session.add_all(rows)

    await database.write(store, [relation, sponsor])


@pytest.mark.parametrize(("relationship", "claims"), [("fu:affiliateOf", CLAIMS), ("fu:cosponsors", [CLAIM])])
@pytest.mark.parametrize("party", ["subject", "object"])
def test_a_relation_of_longer_ids_is_refused_with_its_reason(
    relationship: str, claims: Sequence[DocumentClaim], party: str
) -> None:
    document = {
        "id": "https://clerks.example/affiliations/1",
        "type": "Relationship",
        "relationship": relationship,
        "subject": _id(1),
        "object": _id(2),
    }
    longer = parse_object({**document, party: f"{_id(1)}x"}, claims=claims)
    assert isinstance(longer, UnknownObject)
    assert longer.claim_refused == "An id in a relation has at most 1,024 bytes."
    assert parse_object(document, claims=claims).claim_refused is None


@pytest.mark.parametrize("character", ["\U00020000", "\u3300", "\ufdfa", "ß", "a"], ids=ascii)
def test_the_longest_names_of_a_job_have_room(character: str) -> None:
    line = character * LONGEST_LINE
    assert all(len(key.encode()) <= LONGEST_KEY for key in (employer_key(line), number_key(line)))


def test_what_names_a_job_is_compared_as_a_whole() -> None:
    assert employer_key("É" * LONGEST_LINE) == "e" * 100 + " " + "e" * 100
    assert employer_key("The  Union") == "the union"
    assert number_key("A/12-ß") == "a 12 ss"


def _numbers(seed: int, count: int) -> list[int]:
    digest = hashlib.shake_256(seed.to_bytes(1, "big")).digest(2 * count)
    return [int.from_bytes(digest[2 * place : 2 * place + 2], "big") // 2 for place in range(count)]


def _id(seed: int) -> str:
    base = "https://clerks.example/"
    letters = "".join(chr(0x21 + number % 0x5D) for number in _numbers(seed, LONGEST_ID))
    letters = "".join(letter if letter.isalnum() else "x" for letter in letters)
    return (base + letters)[:LONGEST_ID]
