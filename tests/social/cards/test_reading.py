"""What is read of a page's head, and what hostile pages come to."""

import pytest

from fediunion.social.cards.reading import read_head

URL = "https://news.test/story"
PAGE = """<!doctype html><html lang="de"><head><title>Old title</title>
<meta property="og:title" content="Wage deal &amp; more"><meta name='description' content='Short'>
<meta property="og:description" content="Long &lt;b&gt;words&lt;/b&gt;">
<meta content="The News" property="og:site_name"><meta name=author content="Kim">
<meta property="og:image" content="/pictures/1.jpg"><meta property="og:image:alt" content="A hall">
<meta property="article:published_time" content="2026-01-02T03:04:05+01:00">
</head><body><meta property="og:title" content="No"></body></html>"""


def test_a_page_says_what_it_is() -> None:
    head = read_head(PAGE.encode(), "text/html; charset=utf-8", URL)
    assert head.image_url == "https://news.test/pictures/1.jpg"
    assert head.card == {
        "title": "Wage deal & more",
        "description": "Long <b>words</b>",
        "provider_name": "The News",
        "author_name": "Kim",
        "image_description": "A hall",
        "language": "de",
        "published_at": "2026-01-02T02:04:05Z",
    }


def test_without_properties_the_title_is_enough() -> None:
    head = read_head(b"<title>\n Plain  one </title>", "text/html", URL)
    assert (head.card["title"], head.card["description"], head.image_url) == ("Plain one", "", None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PAGE.encode(), "application/json"),
        (PAGE.encode(), "image/png"),
        (PAGE.encode(), ""),
        (b"", "text/html"),
        (b"\x00\xff\xfe", "text/html"),
        (b"<html><body><p>No title</p>", "text/html"),
    ],
)
def test_what_is_no_page_or_has_no_title_has_no_preview(body: bytes, kind: str) -> None:
    assert read_head(body, kind, URL).card == {}


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("iso-8859-1", ""), ("utf-8", '<meta charset="nonsense">'), ("utf-16", "")],
)
def test_letters_are_read_in_the_encoding_that_is_told(encoding: str, declared: str) -> None:
    page = f"{declared}<title>Größe</title>".encode(encoding)
    assert read_head(page, f"text/html; charset={encoding}", URL).card["title"] == "Größe"


@pytest.mark.parametrize("encoding", ["punycode", "PunyCode", "idna", "unicode_escape", "utf-7", "rot13"])
def test_H21_an_encoding_that_no_browser_reads_is_not_used(encoding: str) -> None:
    """Some of Python's take time that grows with the square of a page, in the middle of everything else."""
    page = f'<meta charset="{encoding}"><title>Größe \\u0041 +AGE-</title>'.encode()
    for content_type in (f"text/html; charset={encoding}", "text/html"):
        assert read_head(page, content_type, URL).card["title"] == "Größe \\u0041 +AGE-"


@pytest.mark.parametrize(
    "image", ["javascript:alert(1)", "data:image/png;base64,AA", "http://[", "//", "file:///etc/passwd"]
)
def test_F07_a_picture_is_at_a_web_address_or_there_is_none(image: str) -> None:
    page = f'<title>x</title><meta property="og:image" content="{image}">'
    assert read_head(page.encode(), "text/html", URL).image_url is None


@pytest.mark.parametrize(
    "page",
    [
        b"<title>x</title>" + b"<meta " * 40_000,
        b"<title>x</title><meta " + b"a='" * 80_000,
        b"<title>x</title><meta content=" + b" " * 250_000,
        b"<title>" + b"x" * 260_000,
        b"<title" + b" a" * 130_000,
        b"<title>x</title><html " + b"lang" * 60_000,
    ],
)
def test_H21_a_hostile_page_comes_to_an_end_and_to_bounded_text(page: bytes) -> None:
    head = read_head(page, "text/html", URL)
    assert len(head.card.get("title", "")) <= 300
