"""What a query string asks for, in its one spelling, and what is refused in it."""

from datetime import UTC
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediunion.actors.names import check_actor_name
from fediunion.union.vacancies.search.asking import PARAMETERS, BadQuery, read_query
from fediunion.union.vacancies.search.cursor import Position, Sort, read_cursor, write_cursor
from fediunion.union.vacancies.search.features import STATES
from fediunion.union.vacancies.search.query import (
    VacancyQuery,
    canonical,
    query_string,
    search_name,
    toggled,
    without,
)
from fediunion.union.vacancies.terms.contract import ContractType, HardshipClass, JobNetwork
from fediunion.union.vacancies.terms.grades import Band
from tests.union.vacancies.search.shelves import query_of

SPELLINGS = {
    "grade=P3": "grade=P-3",
    "grade=P 3,p-4": "grade=P-3,P-4",
    "grade=P-4&grade=P3&grade=P-4": "grade=P-3,P-4",
    "grade=AD 7": "grade=AD7",
    "band=Professional": "band=professional",
    "country=kenya": "country=KE",
    "country=ke,NL": "country=KE,NL",
    "city=Cox's Bazar": "city=coxs%20bazar",
    "city=COX’S BAZAR": "city=coxs%20bazar",
    "city=Den Haag": "city=the%20hague",
    "network=polnet": "network=POLNET",
    "isco=2611,26": "isco=26",
    "contract_type=Fixed term": "contract_type=fixed-term",
    "language=fr-CA,FR": "language=fr",
    "language=French": "language=fr",
    "employer=Relief  Coordination OFFICE": "employer=relief%20coordination%20office",
    "hardship=e": "hardship=E",
    "remote=1": "remote=true",
    "remote=true,false": "",
    "source=verified,unverified": "",
    "state=open": "",
    "state=all": "state=all",
    "state=withdrawn,filled,closed,open": "state=all",
    "state=filled,closed": "state=closed,filled",
    "closing_within_days=7,14": "closing_within_days=14",
    "posted_after=2026-11-20T00:00:00Z": "posted_after=2026-11-20",
    "posted_after=2026-11-20T12:30:00 03:00": "posted_after=2026-11-20T09:30:00Z",
    "q=Nurse  OFFICER nurse": "q=nurse%20officer%20nurse",
    "q=co-ordination officer": "q=co-ordination%20officer",
    "q=法律官员": "q=法律官员",
    "q=&grade=&country=,": "",
    "sort=posted&limit=100&grade=P-3": "grade=P-3",
}


@pytest.mark.parametrize("typed", SPELLINGS, ids=SPELLINGS.keys())
def test_each_search_has_one_spelling(typed: str) -> None:
    assert canonical(query_of(typed)) == canonical(read_query(parse_qsl(SPELLINGS[typed])))
    assert "&".join(f"{name}={value}" for name, value in parse_qsl(canonical(query_of(typed)))) == (
        "&".join(f"{name}={value}" for name, value in parse_qsl(SPELLINGS[typed]))
    )


def test_parameters_are_sorted_and_escaped_as_an_address_has_them() -> None:
    query = query_of("network=POLNET&grade=P-4,P-3&country=KE&city=Cox's Bazar")
    assert canonical(query) == "city=coxs%20bazar&country=KE&grade=P-3,P-4&network=POLNET"


def test_the_whole_query_has_order_limit_and_place_too() -> None:
    asked = "grade=P-3&sort=posted&limit=5&cursor=" + write_cursor(Sort.POSTED, Position(7, 9))
    query = query_of(asked)
    assert query_string(query) == asked
    assert query.after == Position(7, 9)


def test_every_unknown_parameter_and_value_is_named_and_the_rest_kept() -> None:
    with pytest.raises(BadQuery) as caught:
        query_of("grdae=P-3&grade=P-33,P-3&country=XX&q=%%%&state=gone&limit=0&cursor=zz&language=fr")
    named = [(each.parameter, each.value) for each in caught.value.problems]
    assert named == [
        ("grdae", ""),
        ("grade", "P-33"),
        ("country", "XX"),
        ("q", "%%%"),
        ("state", "gone"),
        ("limit", "0"),
        ("cursor", "zz"),
    ]
    assert caught.value.remaining == VacancyQuery(grade=("P-3",), language=("fr",))
    assert "grdae" in str(caught.value)
    assert "country=XX" in str(caught.value)
    assert caught.value.field == "grdae,grade,country,q,state,limit,cursor"


@pytest.mark.parametrize(
    "bad",
    [
        "band=purple",
        "network=FOONET",
        "isco=99999",
        "isco=2x",
        "contract_type=forever",
        "language=klingonese",
        "hardship=Z",
        "non_family=maybe",
        "remote=perhaps",
        "closing_within_days=0",
        "closing_within_days=367",
        "closing_within_days=-1",
        "closing_within_days=७",
        "posted_after=yesterday",
        "posted_after=0001-01-01T00:00:00 14:00",
        "source=jobs.example",
        "sort=salary",
        "limit=101",
        "limit=1e2",
        "city=!!!",
        "employer=" + "x" * 301,
        "q=" + "word " * 21,
        "grade=" + ",".join(["P-3"] * 51),
        "state=draft",
        "page=2",
    ],
    ids=lambda bad: bad[:40],
)
def test_what_is_not_known_is_refused_alone(bad: str) -> None:
    with pytest.raises(BadQuery) as caught:
        query_of(f"{bad}&country=KE")
    (problem,) = caught.value.problems
    assert problem.parameter == bad.partition("=")[0]
    assert caught.value.remaining.country == ("KE",)


def test_a_query_of_thousands_of_parameters_names_some_of_them() -> None:
    with pytest.raises(BadQuery) as caught:
        read_query([(f"x{number}", "1") for number in range(5_000)])
    assert len(caught.value.problems) == 20


def test_what_is_named_shows_no_control_characters() -> None:
    with pytest.raises(BadQuery) as caught:
        read_query([("x\x1b[2J\u202e", "1"), ("grade", "\x00P-9")])
    assert [each.parameter for each in caught.value.problems] == ["x[2J", "grade"]
    assert caught.value.problems[1].value == "P-9"


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "=", "ÿ", "YzEuMQ==garbage", "cDEuMQ", "Yzk5OTk5OTk5OTk5OTk5OTk5OTk5OS4x", "a" * 200],
    ids=lambda text: text[:12] or "empty",
)
def test_a_cursor_of_nothing_or_of_another_order_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        read_cursor(Sort.CLOSING, cursor)


def test_a_value_is_added_and_taken_out_again_from_the_first_page() -> None:
    query = query_of("grade=P-3&cursor=" + write_cursor(Sort.CLOSING, Position(7, 9)))
    more = toggled(query, "grade", "P-4")
    assert (more.grade, more.after) == (("P-3", "P-4"), None)
    assert toggled(more, "grade", "P-3").grade == ("P-4",)
    assert toggled(query_of("state=closed"), "state", "closed") == VacancyQuery()
    assert without(query_of("grade=P-3&state=all&q=x"), "grade", "state", "q") == VacancyQuery()


def test_a_search_has_a_name_that_an_actor_can_have() -> None:
    names = {search_name(canonical(query_of(text))) for text in SPELLINGS.values()}
    assert len(names) == len(set(SPELLINGS.values()))
    for name in names:
        assert check_actor_name(name) == name
        assert len(name) == 14
    assert search_name("country=KE&grade=P-3") == "s-bha2pzwy5nuz"


WORDS = st.lists(st.text(min_size=1, max_size=12), max_size=4).map(" ".join)
ANYTHING = st.fixed_dictionaries(
    {},
    optional={
        "q": WORDS,
        "grade": st.sets(st.sampled_from(["P3", "P-4", "NOB", "AD 7", "FG 4", "USG"])).map(",".join),
        "band": st.sets(st.sampled_from(list(Band))).map(",".join),
        "country": st.sampled_from(["KE", "nl", "France", "KE,CH"]),
        "city": st.text(max_size=20),
        "network": st.sets(st.sampled_from(list(JobNetwork))).map(",".join),
        "isco": st.sampled_from(["2", "26", "261,2", "2611,24"]),
        "contract_type": st.sets(st.sampled_from(list(ContractType))).map(",".join),
        "language": st.sampled_from(["fr", "fr-CA,en", "ar,AR-eg", "zh"]),
        "employer": st.text(max_size=20),
        "hardship": st.sets(st.sampled_from(list(HardshipClass))).map(",".join),
        "remote": st.sampled_from(["true", "false", "true,false"]),
        "source": st.sampled_from(["verified", "unverified"]),
        "state": st.sets(st.sampled_from(STATES)).map(",".join),
        "closing_within_days": st.integers(1, 366).map(str),
        "posted_after": st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
    },
)


@given(ANYTHING)
def test_the_one_spelling_reads_as_the_same_search(parameters: dict[str, str]) -> None:
    try:
        query = read_query(parameters.items())
    except BadQuery as refused:
        query = refused.remaining
    text = canonical(query)
    again = read_query(parse_qsl(text))
    assert again == query
    assert canonical(again) == text


@given(st.lists(st.tuples(st.one_of(st.sampled_from(PARAMETERS), st.text(max_size=9)), st.text(max_size=40))))
def test_nothing_typed_is_an_error_of_another_kind(pairs: list[tuple[str, str]]) -> None:
    try:
        query = read_query(pairs)
    except BadQuery as refused:
        query = refused.remaining
    assert read_query(parse_qsl(query_string(query))) == query
