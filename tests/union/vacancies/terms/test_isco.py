"""The bundled list of ISCO-08."""

from collections import Counter

from fediunion.union.vacancies.terms.isco import LIST, is_prefix, occupation
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
