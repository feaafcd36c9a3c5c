"""A JobPosting that is read: what stands in for what is missing, and how faults are told."""

from datetime import UTC, datetime

import pytest

from fediunion.kit.catalogues import translated
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.reading import BadNotice, read_notice, read_wire_notice
from tests.union.vacancies.samples import AS_OF, notice, posting


def test_a_peer_that_does_not_say_when_a_vacancy_was_posted_posted_it_when_the_note_was_written() -> None:
    told, written = posting("V-01", datePosted=None), datetime(2026, 11, 20, tzinfo=UTC)
    assert read_wire_notice(told, page="", published=written).posted_on == written.date()


def test_one_that_says_neither_reads_the_same_on_every_day() -> None:
    told = posting("V-01", datePosted=None)
    assert read_wire_notice(told, page="", published=None).posted_on == notice("V-01").closes_at.date()


def test_every_fault_is_a_sentence_that_can_be_translated() -> None:
    wrong = posting(
        "V-01",
        title="",
        validThrough="someday",
        datePosted="yesterday",
        hiringOrganization={"name": "Relief", "sameAs": "no address"},
        **{"fu:contractType": "for ever", "fu:languageRequirements": [{"language": "klingon"}]},
    )
    with pytest.raises(BadNotice) as refused:
        read_notice(wrong, now=AS_OF)
    faults = refused.value.faults
    assert set(faults) == {
        "title",
        "validThrough",
        "datePosted",
        "hiringOrganization.sameAs",
        "fu:contractType",
        "fu:languageRequirements",
    }
    for field, said in faults.items():
        assert isinstance(said, Sentence), field
        assert translated(said, "fr") != said, field
