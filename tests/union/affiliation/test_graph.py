"""Paths between unions: who shares what with whom, and who is above whom."""

import itertools
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import fediunion.cli.demo
from fediunion.union.affiliation.graph import DEFAULTS, MOST_HOPS, Edge, is_above, reach
from fediunion.union.affiliation.models import AffiliationKind, Trust

ALL = set(Trust)
SAMPLES = json.loads(Path(fediunion.cli.demo.__file__).with_name("samples.json").read_text())
SHARED = {Trust.VACANCIES, Trust.CALLS}


def edges(*written: str) -> list[Edge]:
    """Return relations written as "child>parent" (affiliate) or "child kind parent"."""
    made = []
    for each in written:
        child, kind, parent = each.replace(">", " affiliate ").split()
        made.append(Edge(child, parent, kind))
    return made


def trusted(
    known: list[Edge], decided: Mapping[str, frozenset[Trust]] | None = None
) -> dict[str, set[Trust]]:
    """Return what "us" lets each union share."""
    return {union: found.trust for union, found in reach("us", known, (decided or {}).get).items()}


def test_affiliation_leads_up_and_down_and_to_siblings() -> None:
    known = edges("us>above", "sister>above", "above>top", "below>us", "cousin>aunt", "aunt>top")
    assert trusted(known) == dict.fromkeys(["above", "sister", "top", "below", "aunt", "cousin"], ALL)
    assert {union: each.hops for union, each in reach("us", known, lambda _: None).items()} == {
        "above": 1,
        "below": 1,
        "sister": 2,
        "top": 2,
        "aunt": 3,
        "cousin": 4,
    }


@pytest.mark.parametrize("kind", [each for each in AffiliationKind if each is not AffiliationKind.AFFILIATE])
def test_the_other_kinds_concern_their_two_unions_alone(kind: AffiliationKind) -> None:
    known = edges(f"us {kind} other", "child>other", f"third {kind} friend", "us>friend")
    assert trusted(known) == {"other": set(DEFAULTS[kind]), "friend": ALL}


def test_a_sector_shares_vacancies_and_calls_and_an_observer_nothing() -> None:
    known = edges("us sector S", "us region R", "us observer O", "us bilateral B")
    assert trusted(known) == {"S": SHARED, "R": SHARED, "O": set(), "B": ALL}


def test_of_several_relations_with_one_union_each_adds_what_it_lets_share() -> None:
    assert trusted(edges("us observer it", "us sector it")) == {"it": SHARED}
    assert trusted(edges("us observer it", "us>it")) == {"it": ALL}


def test_what_somebody_decided_holds_for_that_union_and_narrows_the_way_behind_it() -> None:
    known = edges("us>above", "sister>above", "us sector S")
    only = {"above": frozenset({Trust.VACANCIES}), "S": frozenset(Trust)}
    assert trusted(known, only) == {"above": {Trust.VACANCIES}, "sister": {Trust.VACANCIES}, "S": ALL}
    assert trusted(known, {"above": frozenset()}) == {"above": set(), "sister": set(), "S": SHARED}
    assert trusted(known, {"sister": frozenset()}) == {"above": ALL, "sister": set(), "S": SHARED}


def test_a_way_past_who_is_distrusted_is_a_way() -> None:
    known = edges("us>bad", "far>bad", "us>good", "far>good")
    assert trusted(known, {"bad": frozenset()})["far"] == ALL


def test_a_decision_about_whom_no_path_leads_to_has_no_effect() -> None:
    assert trusted(edges("us>above"), {"stranger": frozenset(Trust)}) == {"above": ALL}


def test_paths_end_after_so_many_hops() -> None:
    names = ["us", *(f"u{number}" for number in range(1, MOST_HOPS + 3))]
    known = [Edge(child, parent, "affiliate") for child, parent in itertools.pairwise(names)]
    assert set(trusted(known)) == set(names[1 : MOST_HOPS + 1])


@pytest.mark.parametrize(
    ("upper", "lower", "above"),
    [
        ("top", "us", True),
        ("us", "us", True),
        ("us", "top", False),
        ("sister", "us", False),
        ("S", "us", False),
        ("nobody", "us", False),
    ],
)
def test_who_is_above_whom(upper: str, lower: str, above: bool) -> None:
    known = edges("us>mid", "us>other", "mid>top", "other>top", "sister>mid", "us sector S", "top>top")
    assert is_above(upper, lower, known) is above


def test_the_unions_of_the_samples_share_what_their_relations_say() -> None:
    known = [
        Edge(each["child"], each["parent"], each["kind"].partition(":")[0])
        for each in SAMPLES["affiliations"]
        if each["status"] == "active"
    ]

    def seen_by(host: str) -> dict[str, set[Trust]]:
        found = reach(f"{host}.example", known, lambda _: None)
        return {union.removesuffix(".example"): each.trust for union, each in found.items()}

    assert seen_by("ictysu") == {"ccisua": ALL, "nairobisu": ALL, "gftu": ALL}
    assert seen_by("gftu") == {"ccisua": ALL, "ictysu": ALL, "nairobisu": ALL, "uni": set()}
    assert seen_by("prospect-connect") == {"uni": ALL, "cwa": ALL}
    assert seen_by("uni") == {"prospect-connect": ALL, "gftu": set()}
    assert seen_by("cwa") == {"prospect-connect": ALL}
    assert seen_by("usi") == {}
