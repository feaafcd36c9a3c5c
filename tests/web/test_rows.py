"""Posts as a member is shown them: emoji, and where pictures are cut."""

import pytest

from fediunion.social.media.addresses import MediaAddresses
from fediunion.web.emoji import with_emoji
from fediunion.web.rows import focus_class

ADDRESSES = MediaAddresses("https://us.example", "secret")
BLOB = {"shortcode": "blob", "url": 'https://far.test/blob.png?"><script>'}


def test_emoji_are_pictures_from_here_and_only_in_words() -> None:
    content = '<p>:blob: and :other: <a href="https://x.test/:blob:" title=":blob:">:blob:</a></p>'
    shown = str(with_emoji(content, [BLOB], ADDRESSES))
    assert shown.count('<img class="emoji" src="https://us.example/media/remote/emoji/') == 2
    assert '<a href="https://x.test/:blob:" title=":blob:">' in shown
    assert ":other:" in shown
    assert "far.test" not in shown
    assert "<script>" not in shown


def test_without_emoji_the_words_are_as_they_were() -> None:
    assert str(with_emoji("<p>:blob:</p>", [], ADDRESSES)) == "<p>:blob:</p>"


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (None, None, ""),
        (0.0, 0.0, ""),
        (-1.0, 1.0, "focus-top-start"),
        (1.0, -1.0, "focus-bottom-end"),
        (0.0, 0.9, "focus-top-middle"),
        (-0.5, 0.1, "focus-middle-start"),
    ],
    ids=["none", "middle", "top start", "bottom end", "top", "start"],
)
def test_the_focal_point_is_one_of_nine_places(x: float | None, y: float | None, expected: str) -> None:
    assert focus_class(x, y) == expected
