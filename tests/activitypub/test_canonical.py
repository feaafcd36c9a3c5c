"""The canonical form is that of RFC 8785, whichever way it is made."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fediunion.activitypub.canonical import canonical_json
from fediunion.activitypub.contexts import CONTEXT

_SCALARS = (
    st.none() | st.booleans() | st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.integers()
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(st.dictionaries(st.text(), _VALUES))
def test_every_document_has_the_form_that_the_standards_library_gives_it(document: dict[str, Any]) -> None:
    try:
        expected = rfc8785.dumps(document)
    except rfc8785.CanonicalizationError:
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical_json(document)
    else:
        assert canonical_json(document) == expected


def test_characters_that_must_be_escaped_are_escaped_as_the_standard_says() -> None:
    text = "".join(map(chr, range(0x100))) + "\u2028\u2029\ufeff\U0001f600"
    assert canonical_json({"text": text}) == rfc8785.dumps({"text": text})


def test_names_that_sort_differently_in_utf_16_are_sorted_as_the_standard_says() -> None:
    document = {"\ufb33": 1, "\U0001f600": 2, "a": 3, "Z": 4, "@": 5, "_": 6}
    assert canonical_json(document) == rfc8785.dumps(document)


def test_our_own_context_has_the_standards_form() -> None:
    assert canonical_json({"@context": CONTEXT}) == rfc8785.dumps({"@context": CONTEXT})


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", object()])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical_json({"value": value})
