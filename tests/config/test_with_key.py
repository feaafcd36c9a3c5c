"""Changing one key in the text of a configuration leaves everything else as the operator wrote it."""

import tomllib

import pytest

from fediunion.config import with_key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a]\nkey = 1\n", '[a]\nkey = "new"\n'),
        ("[a]\nother = 1\n# what it is for\n# key = 2\n", '[a]\nother = 1\n# what it is for\nkey = "new"\n'),
        ("[a]\nother = 1\n", '[a]\nkey = "new"\nother = 1\n'),
        ("[b]\nkey = 1\n", '[b]\nkey = 1\n\n[a]\nkey = "new"\n'),
        ("[a]\n# mine\n[b]\n# key = 2\n", '[a]\nkey = "new"\n# mine\n[b]\n# key = 2\n'),
        ("", '\n[a]\nkey = "new"\n'),
    ],
)
def test_a_key_is_set_where_it_stands_where_it_is_shown_or_anew(text: str, expected: str) -> None:
    changed = with_key(text, "a", "key", "new")
    assert changed == expected
    assert tomllib.loads(changed)["a"]["key"] == "new"


def test_setting_it_again_changes_nothing() -> None:
    once = with_key("[a]\n# key = 1\n", "a", "key", 'odd "value" \\ with # signs')
    assert with_key(once, "a", "key", 'odd "value" \\ with # signs') == once
    assert tomllib.loads(once)["a"]["key"] == 'odd "value" \\ with # signs'
