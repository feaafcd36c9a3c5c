"""How long a text counts."""

import pytest

from fediunion.kit.lengths import CHARACTERS_OF_A_URL, counted_length

URL = "https://news.example/" + "a" * 200


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("héllo", 5),
        (URL, 23),
        ("http://a.b", 23),
        (f"see {URL}.", 4 + 23 + 1),
        (f"({URL}) {URL}", 2 + 23 + 1 + 23),
        ("https:// and https://%%%", 24),
        ("@bob", 4),
        ("@bob@a-very-long-host-name.example", 4),
        ("hello @bob@host.example, @cy@host.example", 6 + 4 + 2 + 3),
        ("@bob@word", 9),
        ("bob@mail.example", 16),
        ("#union", 6),
    ],
)
def test_what_becomes_a_link_counts_as_clients_count_it(text: str, length: int) -> None:
    assert counted_length(text) == length


def test_an_address_counts_what_is_announced() -> None:
    assert counted_length("x" * 50 + " " + URL) == 51 + CHARACTERS_OF_A_URL
