"""The languages that a vacancy asks for."""

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.notice import LanguageNeed
from fediunion.union.vacancies.terms.languages import (
    Level,
    level_of,
    read_language,
    read_languages,
    read_level,
)
from tests.union.vacancies.samples import POSTINGS


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("en-gb", "en-GB"),
        ("ZH-hANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("eng", "en"),
        ("fra", "fr"),
        ("English", "en"),
        ("français", "fr"),
        ("FRANCAIS", "fr"),
        ("العربية", "ar"),
        ("Kiswahili", "sw"),
    ],
)
def test_a_language_is_read_as_its_tag(written: str, tag: str) -> None:
    assert read_language(written) == tag


@pytest.mark.parametrize("written", ["", "xx", "qqq", "Klingonese", "en_GB", "e", "en--GB", "x" * 900])
def test_what_is_no_language_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match="no language") as refused:
        read_language(written)
    assert refused.value.field == "language"


def test_levels_are_read_in_words_of_both_scales_and_else_kept() -> None:
    assert [
        read_level(each) for each in ("Fluent", "c1", "Advanced", "UN Level II", "Mother tongue", "")
    ] == [*("fluent", "C1", "fluent", "working", "native", "")]
    assert read_level("some  knowledge") == "some knowledge"
    assert level_of("some knowledge") is None
    assert min(Level, key=lambda level: level.rank).rank == 1
    assert Level.C1.rank == Level.FLUENT.rank > Level.B2.rank == Level.WORKING.rank
    with pytest.raises(Invalid, match="40 characters"):
        read_level("x" * 41)


def test_languages_are_read_from_objects_those_required_first() -> None:
    assert read_languages(
        [
            {"language": "fr", "level": "working", "required": False},
            {"language": "EN", "level": "Fluent", "required": True},
            {"language": "sw"},
        ]
    ) == (
        LanguageNeed(language="en", level="fluent", required=True),
        LanguageNeed(language="sw", level="", required=True),
        LanguageNeed(language="fr", level="working", required=False),
    )


def test_languages_are_read_from_a_text() -> None:
    expected = (
        LanguageNeed(language="en", level="fluent", required=True),
        LanguageNeed(language="fr", level="working", required=False),
    )
    assert read_languages("fr working desirable; en fluent") == expected
    assert read_languages("English fluent required\nfrançais working knowledge desirable\n") == expected
    assert read_languages(" ; ") == ()


def test_a_language_named_twice_counts_once_as_the_stricter() -> None:
    assert read_languages("en basic desirable; en C1; en working") == (
        LanguageNeed(language="en", level="C1"),
    )


def test_the_samples_are_read_as_they_are() -> None:
    for sample in POSTINGS.values():
        given = sample.get("fu:languageRequirements", [])
        read = [
            {"language": each.language, "level": each.level, "required": each.required}
            for each in read_languages(given)
        ]
        assert read == sorted(given, key=lambda each: not each["required"])


@pytest.mark.parametrize(
    "given",
    [[{"language": 5}], [{}], [5], [None], [{"language": "en", "level": ["C1"]}], [""], ["xx"], "xx fluent"],
    ids=["number", "nothing", "no object", "null", "list", "empty", "unknown", "unknown text"],
)
def test_what_names_no_language_is_refused_with_its_field(given: list[dict[str, object]] | str) -> None:
    with pytest.raises(Invalid) as refused:
        read_languages(given)
    assert refused.value.field == "languages"


def test_more_languages_than_a_person_can_know_are_refused() -> None:
    with pytest.raises(Invalid, match="20 languages"):
        read_languages("en;" * 21)
