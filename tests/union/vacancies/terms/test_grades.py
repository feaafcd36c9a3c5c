"""Grades in one spelling each, over all systems of the pattern."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.terms.grades import Band, Grade, is_of_un, normal_grade, read_band
from tests.union.vacancies.samples import POSTINGS

PATTERN = (
    r"(USG|ASG|D-[12]|P-[1-7]|FS-[1-7]|G-[1-7]|NO-[A-E]|S-[1-7]|TC-[1-8]|(I|L)ICA-[1-4]|(N|I)PSA-(1[0-3]|[1-9])"
    r"|UNV|INTERN|AD ?(1[0-6]|[5-9])|AST ?(1[01]|[1-9])|AST/SC ?[1-6]|FG ?(I|II|III|IV)|[ABCL][1-7])"
)
"""The grades that there are, as the vocabulary of vacancies has them."""


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("P-3", "P-3"),
        ("P3", "P-3"),
        ("p 3", "P-3"),
        (" P – 3 ", "P-3"),
        ("P\u22123", "P-3"),
        ("P-03", "P-3"),
        ("Ｐ３", "P-3"),
        ("P\u200b-3", "P-3"),
        ("NOB", "NO-B"),
        ("no-b", "NO-B"),
        ("GS5", "G-5"),
        ("GS-5", "G-5"),
        ("G5", "G-5"),
        ("D1", "D-1"),
        ("FS 5", "FS-5"),
        ("usg", "USG"),
        ("NPSA10", "NPSA-10"),
        ("iica 2", "IICA-2"),
        ("AD 7", "AD7"),
        ("AD7", "AD7"),
        ("AST/SC 2", "AST/SC2"),
        ("FGIV", "FG IV"),
        ("FG 4", "FG IV"),
        ("Intern", "INTERN"),
        ("a2", "A2"),
    ],
)
def test_a_grade_has_one_spelling(written: str, normal: str) -> None:
    grade = normal_grade(written)
    assert grade is not None
    assert (grade.text, grade.matched) == (normal, True)


@given(st.from_regex(PATTERN, fullmatch=True))
def test_every_grade_of_the_pattern_is_matched_and_stays_in_the_pattern(written: str) -> None:
    grade = normal_grade(written)
    assert grade is not None
    assert grade.matched
    assert re.fullmatch(PATTERN, grade.text)
    assert grade.text.replace(" ", "") == written.replace(" ", "")
    assert normal_grade(grade.text) == grade


@given(st.text(max_size=60))
def test_what_is_matched_is_in_the_pattern_and_normalising_twice_changes_nothing(written: str) -> None:
    grade = normal_grade(written)
    if grade is not None:
        assert not grade.matched or re.fullmatch(PATTERN, grade.text)
        assert normal_grade(grade.text) == grade


@pytest.mark.parametrize(
    "written", ["P-8", "P-0", "AD4", "AD17", "NO-F", "L-4", "P-3/P-4", "ICSC-10", "Grade 7"]
)
def test_an_unknown_grade_is_kept_as_written_and_unmatched(written: str) -> None:
    assert normal_grade(written) == Grade(written)


def test_no_grade_is_none_and_a_novel_is_refused_with_its_field() -> None:
    assert normal_grade(" \u200b ") is None
    with pytest.raises(Invalid, match="60 characters") as refused:
        normal_grade("P" * 61, field="grades")
    assert refused.value.field == "grades"


def test_a_grade_knows_its_band_and_its_level_in_it() -> None:
    grades = [normal_grade(each) for each in ("P-2", "P-4", "NO-C", "AD7", "FG III", "ASG", "USG", "UNV")]
    assert [(each.band, each.level) for each in grades if each] == [
        (Band.PROFESSIONAL, 2),
        (Band.PROFESSIONAL, 4),
        (Band.NATIONAL, 3),
        (Band.EU_ADMINISTRATOR, 7),
        (Band.EU_CONTRACT, 3),
        (Band.SENIOR, 1),
        (Band.SENIOR, 2),
        (Band.VOLUNTEER, 1),
    ]


def test_the_grades_of_the_samples_are_matched_where_they_have_one() -> None:
    grades = [normal_grade(str(each.get("fu:grade", ""))) for each in POSTINGS.values()]
    assert {each.text for each in grades if each} == {
        "P-3",
        "P-4",
        "G-5",
        "NO-B",
        "FS-5",
        "P-2",
        "AD7",
        "UNV",
    }
    assert all(each.matched for each in grades if each)


def test_grades_of_the_united_nations_are_told_from_others() -> None:
    assert [is_of_un(each) for each in ("P3", "NO-B", "UNV", "AD7", "A2", "INTERN", "Chief", "")] == [
        *(True, True, True),
        *(False, False, False, False, False),
    ]


def test_a_band_is_read_by_its_name_and_else_refused() -> None:
    assert read_band("General Service") is Band.GENERAL_SERVICE
    with pytest.raises(Invalid) as refused:
        read_band("royal")
    assert refused.value.field == "band"
