"""The bundled list of ISCO-08."""

from collections import Counter

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.terms.isco import LIST, is_prefix, occupation, read_occupation, search
from tests.union.vacancies.samples import POSTINGS


def test_the_list_is_whole() -> None:
    codes = [line.split("\t")[0] for line in LIST.read_text("utf-8").splitlines()]
    assert Counter(map(len, codes)) == {1: 10, 2: 43, 3: 130, 4: 436}
    assert len(set(codes)) == len(codes)
    assert LIST.stat().st_size < 60_000
    for code in codes:
        group = occupation(code)
        assert group is not None
        assert group.title
        assert group.title_fr
        assert all(occupation(parent) for parent in group.parents)


def test_a_code_has_titles_and_the_groups_that_it_is_part_of() -> None:
    lawyers = occupation("2611")
    assert lawyers is not None
    assert (lawyers.title, lawyers.title_fr, lawyers.parents) == ("Lawyers", "Avocats", ("2", "26", "261"))
    assert [lawyers.title_in(each) for each in ("fr", "fr-CA", "en", "ar")] == [
        "Avocats",
        "Avocats",
        "Lawyers",
        "Lawyers",
    ]
    assert occupation("9999") is None
    assert occupation("") is None


def test_the_titles_of_the_samples_are_those_of_the_list() -> None:
    categories = [each for sample in POSTINGS.values() for each in sample.get("occupationalCategory", ())]
    named = {each["codeValue"]: each["name"] for each in categories if each["inCodeSet"] == "ISCO-08"}
    assert len(named) >= 9
    assert {code: group.title for code in named if (group := occupation(code))} == named


def test_a_prefix_is_the_code_of_a_group() -> None:
    assert [is_prefix(each) for each in ("2", "26", "261", "2611")] == [True] * 4
    assert [is_prefix(each) for each in ("", "99", "26a", "26111", "２６")] == [False] * 5


def test_a_search_finds_the_beginnings_of_words_in_both_languages_unit_groups_first() -> None:
    assert [each.code for each in search("lawy")] == ["2611"]
    assert search("avocats")[0].code == "2611"
    assert search("economistes")[0].code == "2631"
    assert [each.code for each in search("261")][:3] == ["2611", "2612", "2619"]
    assert all(len(each.code) == 4 for each in search("professionals", limit=10))
    assert len(search("professionals", limit=10)) == 10
    assert search("") == ()
    assert search("zzzz") == ()


def test_an_occupation_is_read_by_code_or_title_and_else_refused() -> None:
    assert read_occupation(" 2611 ").code == "2611"
    assert read_occupation("Économistes").code == "2631"
    assert read_occupation("Veterinarians").code == "2250"
    with pytest.raises(Invalid) as refused:
        read_occupation("Wizard")
    assert refused.value.field == "isco"
