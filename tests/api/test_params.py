"""Parameters in every form that clients send."""

import pytest

from fediunion.api.errors import BadRequest
from fediunion.api.params import Params, id_in, nested, query_pairs
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import LARGEST_ID


def test_the_names_of_rails_become_lists_and_objects() -> None:
    pairs = query_pairs(
        b"media_ids[]=1&media_ids[]=2&poll%5Boptions%5D%5B%5D=a&poll[options][]=b&poll[expires_in]=300"
        b"&fields_attributes[0][name]=x&fields_attributes[1][name]=y&status=hello"
    )
    assert nested(pairs) == {
        "media_ids": ["1", "2"],
        "poll": {"options": ["a", "b"], "expires_in": "300"},
        "fields_attributes": {"0": {"name": "x"}, "1": {"name": "y"}},
        "status": "hello",
    }


def test_objects_in_a_list_begin_anew_where_a_name_repeats() -> None:
    pairs = [("m[][id]", "1"), ("m[][text]", "a"), ("m[][id]", "2")]
    assert nested(pairs) == {"m": [{"id": "1", "text": "a"}, {"id": "2"}]}


@pytest.mark.parametrize("name", ["a[", "a]", "[]", "a[[]]", "[a]", "", "a[b][c][d][e][f][g]", "a[]b[]"])
def test_a_strange_name_does_no_harm(name: str) -> None:
    assert isinstance(nested([(name, "1"), ("a", "2"), (name, "3")]), dict)


def test_an_object_by_number_is_a_list_in_its_order() -> None:
    params = Params(nested([(f"f[{n}][name]", str(n)) for n in (10, 2, 0)]))
    assert [each.text("name", most=5) for each in params.groups("f", most=4)] == ["0", "2", "10"]


@pytest.mark.parametrize("yes", [True, "true", "TRUE", "1", "on", 1])
def test_what_means_yes(yes: object) -> None:
    assert Params({"flag": yes}).flag("flag")


@pytest.mark.parametrize("no", [False, "false", "0", "off", "", None, 0])
def test_what_means_no(no: object) -> None:
    assert not Params({"flag": no}).flag("flag")


def test_O15_ids_are_numbers_up_to_the_largest() -> None:
    assert Params({"max_id": "5"}).id("max_id") == 5
    assert Params({"max_id": str(2**70)}).id("max_id") == LARGEST_ID
    assert Params({}).id("max_id") is None
    for wrong in ("x", "-1", "1.5", ["1"], {"a": "1"}, True, "１", "9" * 40):
        with pytest.raises(BadRequest):
            Params({"max_id": wrong}).id("max_id")


@pytest.mark.parametrize("text", ["-1", "x", "", "1e3", str(2**63), "٣", None, True, 1.0, [1]])
def test_what_is_no_id_names_nothing(text: object) -> None:
    assert id_in(text) is None


def test_numbers_that_are_enormous_or_none() -> None:
    assert Params({"limit": "1000000000"}).whole_number("limit", 1) == 1_000_000_000
    assert Params({"limit": "9" * 400}).whole_number("limit", 1) == 10**15
    assert Params({"limit": "-inf"}).whole_number("limit", 1) == -(10**15)
    for wrong in ("x", "nan", [1], {"a": 1}):
        with pytest.raises(BadRequest):
            Params({"limit": wrong}).whole_number("limit", 1)


def test_O14_a_text_has_a_length_and_no_nul() -> None:
    assert Params({"a": "x" * 5}).text("a", most=5) == "xxxxx"
    for wrong in ("x" * 6, ["x"], {"b": "x"}, True):
        with pytest.raises(Invalid):
            Params({"a": wrong}).text("a", most=5)


def test_a_single_value_is_a_list_of_one() -> None:
    assert Params({"id": "7"}).ids("id") == [7]
    assert Params({"id": ["7", "x", "7", "8"]}).ids("id") == [7, 8]


def test_O22_too_many_fields_cannot_be_read() -> None:
    with pytest.raises(BadRequest):
        query_pairs(b"&".join(b"a=%d" % number for number in range(10_000)))
